import { z } from 'zod';

const dateSchema = z.string().regex(/^\d{4}-\d\d-\d\d$/);

/** When HVPS takes payments. Without lists every weekday is a working day; the lists say where that is not so. */
export const hvpsCalendarSchema = z.strictObject({
  mode: z.enum(['BY_CALENDAR', 'OPEN', 'CLOSED']).default('BY_CALENDAR'),
  holidays: z.array(dateSchema).max(1_000).default([]),
  /** Saturdays and Sundays on which one works (调休). */
  makeUpDays: z.array(dateSchema).max(1_000).default([]),
});
export type HvpsCalendar = z.infer<typeof hvpsCalendarSchema>;

export const WEEKDAYS_ONLY: HvpsCalendar = { mode: 'BY_CALENDAR', holidays: [], makeUpDays: [] };

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const CLOSES_MINUTE = 17 * 60 + 30;
const OPENS_MINUTE = 19 * 60;

/** Open on a working day until 17:30, and from 19:00 of the day before one. */
export function isHvpsOpen(calendar: HvpsCalendar, at: Date): boolean {
  if (calendar.mode !== 'BY_CALENDAR') return calendar.mode === 'OPEN';
  const localMs = at.getTime() + SHANGHAI_OFFSET_MS;
  const minute = Math.floor((localMs % DAY_MS) / MINUTE_MS);
  if (minute < CLOSES_MINUTE) return isWorkingDay(calendar, localMs);
  return minute >= OPENS_MINUTE && isWorkingDay(calendar, localMs + DAY_MS);
}

function isWorkingDay({ holidays, makeUpDays }: HvpsCalendar, localMs: number): boolean {
  const local = new Date(localMs);
  const date = local.toISOString().slice(0, 10);
  if (makeUpDays.includes(date)) return true;
  const weekday = local.getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(date);
}
