import { clearingDateAt, houseClock, isDate } from './house-clock.ts';

test('two clocks with one anchor show the same business time, whenever they were made', () => {
  const anchor = { businessMs: Date.parse('2026-11-20T01:00:00Z'), wallMs: Date.now() - 10_000 };
  const [early, late] = [houseClock(3_600, anchor), houseClock(3_600, anchor)];

  expect(Math.abs(early.now().getTime() - late.now().getTime())).toBeLessThan(3_600_000);
  expect(early.now().getTime()).toBeGreaterThanOrEqual(anchor.businessMs + 36_000_000);
});

test('a date is one of the calendar, and it changes at midnight in Shanghai', () => {
  expect(['2026-02-28', '2026-02-29', '2026-2-8', '2026-11-20T00:00:00Z', 'today'].map(isDate)).toEqual([true, false, false, false, false]);
  expect([clearingDateAt(new Date('2026-11-20T15:59:59.999Z')), clearingDateAt(new Date('2026-11-20T16:00:00Z'))]).toEqual(['2026-11-20', '2026-11-21']);
});
