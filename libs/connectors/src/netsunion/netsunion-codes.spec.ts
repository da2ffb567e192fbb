import fc from 'fast-check';

import { isDefinitelyNotExecuted, needsInquiry, OutcomeClass, stopsConnector } from '../outcome-class.ts';
import { outcomeOfInquiry, outcomeOfSubmit } from './netsunion-codes.ts';

const statuses = fc.oneof(fc.constantFrom('SUCCEEDED', 'FAILED', 'ACCEPTED', 'PROCESSING', 'REJECTED', 'NOT_FOUND', ''), fc.string());
const codes = fc.oneof(
  fc.integer({ min: 0, max: 9_999 }).map((code) => String(code).padStart(4, '0')),
  fc.string(),
);

test('only the listed codes fail a payout, however many codes the house invents', () => {
  fc.assert(
    fc.property(statuses, codes, (status, code) => {
      const outcome = outcomeOfSubmit(status, code);
      return outcome !== 'FAILED' || (status === 'FAILED' && ['0101', '0102', '0103'].includes(code));
    }),
    { numRuns: 2_000 },
  );
});

test('only status and code together make a success', () => {
  fc.assert(
    fc.property(statuses, codes, (status, code) => {
      const isSuccess = status === 'SUCCEEDED' && code === '0000';
      return (
        (outcomeOfSubmit(status, code) === 'SUCCEEDED') === isSuccess && (outcomeOfInquiry(status, code) === 'SUCCEEDED') === isSuccess
      );
    }),
    { numRuns: 2_000 },
  );
});

test('an inquiry never turns a rejection of the inquiry into a failure of the payout', () => {
  fc.assert(fc.property(codes, (code) => outcomeOfInquiry('REJECTED', code) === 'UNKNOWN'));
});

test('every outcome class either ends an attempt, asks for an inquiry, or is a return', () => {
  for (const outcome of Object.values(OutcomeClass)) {
    const ends = outcome === 'SUCCEEDED' || isDefinitelyNotExecuted(outcome);
    expect([ends, needsInquiry(outcome), outcome === 'RETURNED'].filter(Boolean)).toHaveLength(1);
  }
});

test('a duplicate number and an unknown outcome never release a reservation', () => {
  expect(
    ['UNKNOWN', 'REJECTED_DUPLICATE', 'NOT_FOUND', 'ACCEPTED'].some((outcome) => isDefinitelyNotExecuted(outcome as OutcomeClass)),
  ).toBe(false);
});

test('our own defects stop the connector', () => {
  expect(Object.values(OutcomeClass).filter(stopsConnector)).toEqual(['REJECTED_FORMAT', 'REJECTED_SIGNATURE']);
});
