import { businessDate } from '@jinku/calendar';
import fc from 'fast-check';

import { formatSerialNumber, SERIAL_NUMBERS_PER_DAY_MAX } from './serial-number.ts';

const format = { institution: 'JINKU001', issuer: 0 };
const date = businessDate('2026-11-21');

test('a serial number is institution, business date, issuer and sequence in 26 characters', () => {
  expect(formatSerialNumber(format, { businessDate: date, sequence: 1 })).toBe('JINKU001202611210000000001');
  expect(formatSerialNumber({ ...format, issuer: 7 }, { businessDate: date, sequence: 999_999_999 })).toBe('JINKU001202611217999999999');
});

test('two places never share a number, and numbers of one issuer and day sort as they were drawn', () => {
  const sequences = fc.integer({ min: 1, max: SERIAL_NUMBERS_PER_DAY_MAX - 1 });
  fc.assert(
    fc.property(sequences, sequences, fc.nat(9), fc.nat(9), (a, b, issuerA, issuerB) => {
      const first = formatSerialNumber({ ...format, issuer: issuerA }, { businessDate: date, sequence: a });
      const second = formatSerialNumber({ ...format, issuer: issuerB }, { businessDate: date, sequence: b });
      const isSame = a === b && issuerA === issuerB;
      return (first === second) === isSame && (issuerA !== issuerB || first < second === a < b);
    }),
  );
});

test.each([0, -1, 1.5, SERIAL_NUMBERS_PER_DAY_MAX, Number.NaN])('the sequence %p is refused', (sequence) => {
  expect(() => formatSerialNumber(format, { businessDate: date, sequence })).toThrow(RangeError);
});

test('an institution or issuer that would change the length is refused', () => {
  expect(() => formatSerialNumber({ ...format, institution: 'JINKU' }, { businessDate: date, sequence: 1 })).toThrow(RangeError);
  expect(() => formatSerialNumber({ ...format, issuer: 10 }, { businessDate: date, sequence: 1 })).toThrow(RangeError);
});
