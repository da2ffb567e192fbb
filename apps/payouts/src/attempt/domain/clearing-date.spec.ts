import { expect, test } from '@jest/globals';
import { clearingDateAt } from './clearing-date.ts';

const BEFORE_UNIONPAYS_CUT = new Date('2026-11-21T14:59:59.999Z');
const AFTER_UNIONPAYS_CUT = new Date('2026-11-21T15:00:00.000Z');
const AFTER_MIDNIGHT = new Date('2026-11-21T16:00:00.000Z');

test('a date that the house names stands, whatever the hour', () => {
  expect(clearingDateAt('UNIONPAY', '2026-11-19', AFTER_UNIONPAYS_CUT)).toBe('2026-11-19');
});

test('without one each house has the date of its own day cut', () => {
  const dates = [BEFORE_UNIONPAYS_CUT, AFTER_UNIONPAYS_CUT, AFTER_MIDNIGHT].map((now) => [clearingDateAt('UNIONPAY', null, now), clearingDateAt('NETSUNION', null, now)]);

  expect(dates).toEqual([
    ['2026-11-21', '2026-11-21'],
    ['2026-11-22', '2026-11-21'],
    ['2026-11-22', '2026-11-22'],
  ]);
});
