import { addDays, businessDateOf, isWorkingDay, lastWorkingDayOfMonth, startOfBusinessDate, UnpublishedYear, workingDayOnOrAfter, workingDayOnOrBefore } from '@jinku/calendar';
import type { BusinessDate, HolidayTable } from '@jinku/calendar';
import { z } from 'zod';

/** What happens to a day of the schedule on which banks do not settle. */
export const NonWorkingDay = {
  /** It stays: the rail works on every day. */
  KEEP: 'KEEP',
  SKIP: 'SKIP',
  NEXT: 'NEXT',
  PREVIOUS: 'PREVIOUS',
} as const;
export type NonWorkingDay = (typeof NonWorkingDay)[keyof typeof NonWorkingDay];

const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'is a time of day in Asia/Shanghai, HH:MM');
const common = {
  times: z.array(timeOfDay).min(1, 'names at least one').max(24, 'names at most 24'),
  onNonWorkingDay: z.enum(NonWorkingDay),
};

export const schedule = z.discriminatedUnion('every', [
  z.strictObject({ every: z.literal('DAY'), ...common }),
  /** 1 is Monday. */
  z.strictObject({ every: z.literal('WEEK'), weekdays: z.array(z.int().min(1).max(7)).min(1, 'names at least one').max(7), ...common }),
  /** A day that a month does not have is its last one. */
  z.strictObject({ every: z.literal('MONTH'), day: z.union([z.int().min(1).max(31), z.literal('LAST_WORKING_DAY')]), ...common }),
]);
export type Schedule = z.output<typeof schedule>;

/** Far enough for a month whose days are all skipped. */
const DAYS_AHEAD_MAX = 400;
/** An adjustment moves a day at most over the longest run of days off. */
const ADJUSTED_DAYS_MAX = 12;
const MINUTE_MS = 60_000;

/** The first time of the schedule after the instant; null when the calendar that decides it is not published yet. */
export function nextDueAt(given: Schedule, after: Date, holidays: HolidayTable): Date | null {
  const today = businessDateOf(after);
  try {
    for (let ahead = 0; ahead <= DAYS_AHEAD_MAX; ahead += 1) {
      const date = addDays(today, ahead);
      if (!fallsOn(given, date, holidays)) continue;
      const due = given.times.map((time) => instantOf(date, time)).filter((at) => at > after).sort((a, b) => a.getTime() - b.getTime());
      if (due[0] !== undefined) return due[0];
    }
    return null;
  } catch (error) {
    if (error instanceof UnpublishedYear) return null;
    throw error;
  }
}

/** Whether the schedule, adjusted to working days, has this date: looks at each day around it that may have been moved here. */
export function fallsOn(given: Schedule, date: BusinessDate, holidays: HolidayTable): boolean {
  if (given.every === 'MONTH' && given.day === 'LAST_WORKING_DAY') return lastWorkingDayOfMonth(holidays, date) === date;
  const { onNonWorkingDay } = given;
  if (onNonWorkingDay === NonWorkingDay.KEEP) return isNamed(given, date);
  if (!isWorkingDay(holidays, date)) return false;
  if (isNamed(given, date)) return true;
  if (onNonWorkingDay === NonWorkingDay.SKIP) return false;
  const step = onNonWorkingDay === NonWorkingDay.NEXT ? -1 : 1;
  const adjusted = onNonWorkingDay === NonWorkingDay.NEXT ? workingDayOnOrAfter : workingDayOnOrBefore;
  for (let day = addDays(date, step), seen = 0; seen < ADJUSTED_DAYS_MAX && !isWorkingDay(holidays, day); day = addDays(day, step), seen += 1) {
    if (isNamed(given, day) && adjusted(holidays, day) === date) return true;
  }
  return false;
}

function isNamed(given: Schedule, date: BusinessDate): boolean {
  switch (given.every) {
    case 'DAY':
      return true;
    case 'WEEK':
      return given.weekdays.includes(weekdayOf(date));
    case 'MONTH':
      return given.day !== 'LAST_WORKING_DAY' && dayOfMonth(date) === Math.min(given.day, lastDayOfMonth(date));
  }
}

function weekdayOf(date: BusinessDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

function dayOfMonth(date: BusinessDate): number {
  return Number(date.slice(8));
}

function lastDayOfMonth(date: BusinessDate): number {
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
}

function instantOf(date: BusinessDate, time: string): Date {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return new Date(startOfBusinessDate(date).getTime() + minutes * MINUTE_MS);
}
