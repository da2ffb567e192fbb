import { describe, expect, test } from '@jest/globals';
import { CHINA_HOLIDAYS, holidayTable } from '@jinku/calendar';
import { nextDueAt, schedule, type Schedule } from './schedule.ts';

const HOLIDAYS = holidayTable(CHINA_HOLIDAYS);
const MORNING = { times: ['09:30'], onNonWorkingDay: 'KEEP' } as const;

/** Due times, as wall time in Asia/Shanghai. */
function dueTimes(given: Schedule, after: string, count: number): string[] {
  const found: string[] = [];
  let at: Date | null = new Date(`${after}:00+08:00`);
  while (found.length < count) {
    at = nextDueAt(given, at, HOLIDAYS);
    if (at === null) break;
    found.push(new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16));
  }
  return found;
}

test('a daily schedule comes at each of its times, in order, and not at the instant it is asked at', () => {
  expect(dueTimes({ every: 'DAY', times: ['16:00', '09:30'], onNonWorkingDay: 'KEEP' }, '2026-11-20T09:30', 3)).toEqual(['2026-11-20T16:00', '2026-11-21T09:30', '2026-11-21T16:00']);
});

test('a daily schedule that skips free days works on make-up working days', () => {
  // 2026-10-01 to 07 are free, Saturday 2026-10-10 is a make-up working day.
  expect(dueTimes({ every: 'DAY', times: ['09:30'], onNonWorkingDay: 'SKIP' }, '2026-09-29T12:00', 5)).toEqual([
    '2026-09-30T09:30',
    '2026-10-08T09:30',
    '2026-10-09T09:30',
    '2026-10-10T09:30',
    '2026-10-12T09:30',
  ]);
});

describe('working-day adjustment', () => {
  test.each([
    ['KEEP', '2026-11-15T09:30'],
    ['SKIP', '2026-12-15T09:30'],
    ['NEXT', '2026-11-16T09:30'],
    ['PREVIOUS', '2026-11-13T09:30'],
  ] as const)('the 15th on a Sunday with %s comes at %s', (onNonWorkingDay, due) => {
    expect(dueTimes({ every: 'MONTH', day: 15, times: ['09:30'], onNonWorkingDay }, '2026-11-10T00:00', 1)).toEqual([due]);
  });

  test('a day moved over a long holiday lands on the first working day after it, once', () => {
    expect(dueTimes({ every: 'WEEK', weekdays: [4, 5], times: ['09:30'], onNonWorkingDay: 'NEXT' }, '2026-09-30T12:00', 2)).toEqual(['2026-10-08T09:30', '2026-10-09T09:30']);
  });
});

test('weekdays count from Monday', () => {
  expect(dueTimes({ every: 'WEEK', weekdays: [1, 7], ...MORNING, times: ['09:30'] }, '2026-11-20T12:00', 3)).toEqual(['2026-11-22T09:30', '2026-11-23T09:30', '2026-11-29T09:30']);
});

test('a month without the day takes its last one, and the last working day is found over weekends', () => {
  expect(dueTimes({ every: 'MONTH', day: 31, ...MORNING, times: ['09:30'] }, '2026-11-20T12:00', 1)).toEqual(['2026-11-30T09:30']);
  expect(dueTimes({ every: 'MONTH', day: 'LAST_WORKING_DAY', ...MORNING, times: ['09:30'] }, '2026-05-01T00:00', 2)).toEqual(['2026-05-29T09:30', '2026-06-30T09:30']);
});

test('a day whose calendar is not published is not guessed', () => {
  expect(nextDueAt({ every: 'DAY', times: ['09:30'], onNonWorkingDay: 'SKIP' }, new Date('2090-03-01T00:00:00Z'), HOLIDAYS)).toBeNull();
  expect(nextDueAt({ every: 'DAY', times: ['09:30'], onNonWorkingDay: 'KEEP' }, new Date('2090-03-01T00:00:00Z'), HOLIDAYS)).not.toBeNull();
});

test.each([
  { every: 'DAY', times: ['9:30'], onNonWorkingDay: 'KEEP' },
  { every: 'DAY', times: [], onNonWorkingDay: 'KEEP' },
  { every: 'WEEK', weekdays: [8], times: ['09:30'], onNonWorkingDay: 'KEEP' },
  { every: 'MONTH', day: 32, times: ['09:30'], onNonWorkingDay: 'KEEP' },
  { every: 'YEAR', times: ['09:30'], onNonWorkingDay: 'KEEP' },
])('%j is no schedule', (given) => {
  expect(schedule.safeParse(given).success).toBe(false);
});
