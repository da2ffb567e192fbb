declare const businessDateBrand: unique symbol;

/** A calendar day of the business in Asia/Shanghai, `YYYY-MM-DD`. Text order is date order. */
export type BusinessDate = string & { readonly [businessDateBrand]: true };

/** The wall time in Asia/Shanghai at which a clearing house starts its next date: UnionPay 23:00, NetsUnion and our own books 00:00. */
export type DayCut = '23:00' | '00:00';

/** The text is not a day that exists. */
export class InvalidBusinessDate extends Error {
  readonly code = 'INVALID_BUSINESS_DATE';

  constructor(readonly text: string) {
    super(`not a business date (YYYY-MM-DD): ${JSON.stringify(text.slice(0, 40))}`);
    this.name = 'InvalidBusinessDate';
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHANGHAI_OFFSET_MS = 8 * HOUR_MS;

/** China kept summer time until 1991-09-15; from the next year on the offset is +08:00 without exception. */
const FIXED_OFFSET_SINCE_MS = Date.UTC(1992, 0, 1) - SHANGHAI_OFFSET_MS;

const SHAPE = /^\d{4}-\d{2}-\d{2}$/;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Works on the digits alone: it runs for every answer of a rail, and Date.parse rolls some impossible days over (30 February). */
export function isBusinessDate(text: string): text is BusinessDate {
  if (!SHAPE.test(text)) return false;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeapDay || (day >= 1 && day <= (DAYS_OF_MONTH[month - 1] ?? 0));
}

export function businessDate(text: string): BusinessDate {
  if (!isBusinessDate(text)) throw new InvalidBusinessDate(text);
  return text;
}

/** The business date an instant belongs to. With the day cut 23:00 the last hour of the evening is already the next date. */
export function businessDateOf(instant: Date, dayCut: DayCut = '00:00'): BusinessDate {
  const ms = instant.getTime();
  if (!(ms >= FIXED_OFFSET_SINCE_MS)) throw new RangeError('business dates are defined from 1992-01-01 (Asia/Shanghai) on');
  return textOf(ms + SHANGHAI_OFFSET_MS + headStartMs(dayCut)) as BusinessDate;
}

/** Our provisional clearing date at a house with this day cut; the rail's own answer replaces it. */
export function clearingDateOf(instant: Date, dayCut: DayCut): BusinessDate {
  return businessDateOf(instant, dayCut);
}

/** The first instant of a business date; it ends where the next one starts. */
export function startOfBusinessDate(date: BusinessDate, dayCut: DayCut = '00:00'): Date {
  return new Date(utcMs(date) - SHANGHAI_OFFSET_MS - headStartMs(dayCut));
}

export function addDays(date: BusinessDate, days: number): BusinessDate {
  if (!Number.isSafeInteger(days)) throw new RangeError('days must be a whole number');
  return businessDate(textOf(utcMs(date) + days * DAY_MS));
}

/** Days from one date to another: 1 from today to tomorrow. */
export function daysBetween(range: { from: BusinessDate; to: BusinessDate }): number {
  return (utcMs(range.to) - utcMs(range.from)) / DAY_MS;
}

export function isWeekend(date: BusinessDate): boolean {
  const weekday = new Date(utcMs(date)).getUTCDay();
  return weekday === 0 || weekday === 6;
}

function headStartMs(dayCut: DayCut): number {
  return dayCut === '23:00' ? HOUR_MS : 0;
}

function utcMs(date: BusinessDate): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function textOf(shiftedMs: number): string {
  return new Date(shiftedMs).toISOString().slice(0, 10);
}
