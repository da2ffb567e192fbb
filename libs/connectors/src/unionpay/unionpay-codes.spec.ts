import fc from 'fast-check';

import { outcomeOfAdjustment, outcomeOfAdjustmentInquiry, outcomeOfInquiry, outcomeOfSubmit } from './unionpay-codes.ts';

const codes = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map((code) => String(code).padStart(2, '0')),
  fc.constantFrom('A0', '0000', '0101', ''),
  fc.string(),
);

test('only the listed codes fail an order, however many codes the house invents', () => {
  fc.assert(
    fc.property(codes, (code) => (outcomeOfSubmit(code) === 'FAILED') === ['14', '16', '17'].includes(code)),
    { numRuns: 2_000 },
  );
});

test('only 00 is a success, to an order and to an inquiry', () => {
  fc.assert(
    fc.property(codes, (code) => (outcomeOfSubmit(code) === 'SUCCEEDED') === (code === '00') && (outcomeOfInquiry(code) === 'SUCCEEDED') === (code === '00')),
    { numRuns: 2_000 },
  );
});

test('a refused inquiry says nothing about what it asked about', () => {
  for (const code of ['12', '30', '40', '49', '59', '60', '61', 'A0', '05']) {
    expect([outcomeOfInquiry(code), outcomeOfAdjustmentInquiry(code)]).toEqual(['UNKNOWN', 'UNKNOWN']);
  }
});

test("an adjustment fails only by its own code, and that code fails no order; an order's failure fails no adjustment", () => {
  expect([outcomeOfAdjustment('21'), outcomeOfAdjustmentInquiry('21')]).toEqual(['FAILED', 'FAILED']);
  expect([outcomeOfSubmit('21'), outcomeOfInquiry('21'), outcomeOfAdjustment('14'), outcomeOfAdjustmentInquiry('17')]).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
});

test('an order is not found only by an inquiry', () => {
  expect([outcomeOfSubmit('34'), outcomeOfAdjustment('34'), outcomeOfInquiry('34'), outcomeOfAdjustmentInquiry('34')]).toEqual(['UNKNOWN', 'UNKNOWN', 'NOT_FOUND', 'NOT_FOUND']);
});
