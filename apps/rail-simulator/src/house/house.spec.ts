import { minuteOfDayAt, nextDayAt, sessionDateAt, sessionStart } from './house.ts';

test('UnionPay cuts at 23:00 in Shanghai, NetsUnion at midnight, to the millisecond', () => {
  const before = new Date('2026-11-21T14:59:59.999Z');
  const cut = new Date('2026-11-21T15:00:00.000Z');
  const midnight = new Date('2026-11-21T16:00:00.000Z');

  expect([before, cut, midnight].map((at) => sessionDateAt('UNIONPAY', at))).toEqual(['2026-11-21', '2026-11-22', '2026-11-22']);
  expect([before, cut, midnight].map((at) => sessionDateAt('NETSUNION', at))).toEqual(['2026-11-21', '2026-11-21', '2026-11-22']);
  expect(sessionStart('UNIONPAY', '2026-11-22')).toEqual(cut);
  expect(sessionStart('NETSUNION', '2026-11-22')).toEqual(midnight);
});

test('a wall time of the next day is one in Shanghai, across the end of a month', () => {
  expect(nextDayAt('2026-11-30', 10 * 60 + 30)).toEqual(new Date('2026-12-01T02:30:00.000Z'));
  expect(minuteOfDayAt(new Date('2026-12-01T02:30:59.999Z'))).toBe(10 * 60 + 30);
});
