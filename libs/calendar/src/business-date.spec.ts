import fc from 'fast-check';

import {
  addDays,
  businessDate,
  businessDateOf,
  clearingDateOf,
  daysBetween,
  isBusinessDate,
  startOfBusinessDate,
} from './business-date.ts';
import type { DayCut } from './business-date.ts';

const instants = fc.date({ min: new Date('1992-01-02T00:00:00Z'), max: new Date('2199-12-30T00:00:00Z'), noInvalidDate: true });
const dayCuts = fc.constantFrom<DayCut>('00:00', '23:00');
const inShanghai = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' });

test('the business date rolls at midnight in Shanghai, which is 16:00 UTC', () => {
  expect(businessDateOf(new Date('2026-11-20T15:59:59.999Z'))).toBe('2026-11-20');
  expect(businessDateOf(new Date('2026-11-20T16:00:00.000Z'))).toBe('2026-11-21');
});

test('the last hour of the evening is already the next clearing date where the day cut is 23:00', () => {
  expect(clearingDateOf(new Date('2026-11-20T14:59:59.999Z'), '23:00')).toBe('2026-11-20');
  expect(clearingDateOf(new Date('2026-11-20T15:00:00.000Z'), '23:00')).toBe('2026-11-21');
  expect(clearingDateOf(new Date('2026-11-20T15:00:00.000Z'), '00:00')).toBe('2026-11-20');
});

test('the year ends for UnionPay an hour before it ends for NetsUnion', () => {
  const lastHour = new Date('2026-12-31T15:30:00Z');

  expect(clearingDateOf(lastHour, '23:00')).toBe('2027-01-01');
  expect(clearingDateOf(lastHour, '00:00')).toBe('2026-12-31');
});

test('a leap day is a business date, and only in a leap year', () => {
  expect(businessDateOf(new Date('2028-02-29T04:00:00Z'))).toBe('2028-02-29');
  expect(addDays(businessDate('2028-02-28'), 1)).toBe('2028-02-29');
  expect(isBusinessDate('2026-02-29')).toBe(false);
  expect(isBusinessDate('2100-02-29')).toBe(false);
  expect(isBusinessDate('2000-02-29')).toBe(true);
});

test.each(['', '2026-2-1', '2026-13-01', '2026-00-10', '2026-11-31', '20261121', '2026-11-21T00:00:00Z', ' 2026-11-21', '2026-11-21\n'])(
  '%j is refused as a business date',
  (text) => {
    expect(isBusinessDate(text)).toBe(false);
    expect(() => businessDate(text)).toThrow(expect.objectContaining({ code: 'INVALID_BUSINESS_DATE' }));
  },
);

test('an instant of the time when China kept summer time is refused rather than dated wrongly', () => {
  expect(() => businessDateOf(new Date('1991-06-01T00:00:00Z'))).toThrow(RangeError);
  expect(() => businessDateOf(new Date(Number.NaN))).toThrow(RangeError);
});

test('with the day cut at midnight the business date is the date on a wall calendar in Shanghai', () => {
  fc.assert(fc.property(instants, (instant) => businessDateOf(instant) === inShanghai.format(instant)));
});

test('each instant lies between the start of its date and the start of the next', () => {
  fc.assert(
    fc.property(instants, dayCuts, (instant, dayCut) => {
      const date = businessDateOf(instant, dayCut);
      return startOfBusinessDate(date, dayCut) <= instant && instant < startOfBusinessDate(addDays(date, 1), dayCut);
    }),
  );
});

test('adding days and counting them are inverse, also over year ends and leap days', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: -2_000, max: 2_000 }), (instant, days) => {
      const from = businessDateOf(instant);
      const to = addDays(from, days);
      return daysBetween({ from, to }) === days && isBusinessDate(to) && (days > 0 ? to > from : to <= from);
    }),
  );
});
