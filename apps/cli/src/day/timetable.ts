import { z } from 'zod';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SHANGHAI = '+08:00';
const PLACE = /^(\+1 )?([01]\d|2[0-3]):([0-5]\d)$/;
const RULE = 'is a time of the day, such as 09:30, or of the day after, such as +1 10:00';

/** A time as the files of the day write it, as minutes since the day began. */
export const timeOfDay = z.string().regex(PLACE, RULE).transform(minuteOf);

/** Minutes from the beginning of the day; a text that is no time is one that a schema has let through wrongly. */
export function minuteOf(text: string): number {
  const [, next, hours, minutes] = PLACE.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) throw new RangeError(`a time of the timetable ${RULE}`);
  return (next === undefined ? 0 : 24 * 60) + Number(hours) * 60 + Number(minutes);
}

/** The instant of a minute of the day. Shanghai has no daylight saving time. */
export function instantOf(date: string, minute: number): Date {
  return new Date(Date.parse(`${date}T00:00:00${SHANGHAI}`) + minute * MINUTE_MS);
}

/** As a story tells it: `09:31`, and `+1 10:00` on the day after. */
export function clockText(date: string, instant: Date): string {
  const sinceStartMs = instant.getTime() - instantOf(date, 0).getTime();
  const isNext = sinceStartMs >= DAY_MS;
  const minutes = Math.floor((sinceStartMs - (isNext ? DAY_MS : 0)) / MINUTE_MS);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return `${isNext ? '+1 ' : '   '}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

export function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

/** What is due at the same or an earlier minute, in the order of its time; what has the same minute keeps its order. */
export function inOrder<T extends { readonly at: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.at - b.at);
}
