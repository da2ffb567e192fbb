import { addDays, businessDate, isWeekend, type BusinessDate } from './business-date.ts';

/** Whether banks and the central bank settle on a day. `UNKNOWN` when the State Council's notice that decides it is not in the table. */
export const WorkingDayStatus = { WORKING: 'WORKING', NON_WORKING: 'NON_WORKING', UNKNOWN: 'UNKNOWN' } as const;
export type WorkingDayStatus = (typeof WorkingDayStatus)[keyof typeof WorkingDayStatus];

/** One published year as plain data: `MM-DD` of its legal holidays and of its make-up working days (调休). */
export interface HolidayYear {
  readonly year: number;
  readonly holidays: readonly string[];
  readonly makeUpDays: readonly string[];
}

export interface HolidayTable {
  readonly years: ReadonlySet<number>;
  readonly holidays: ReadonlySet<BusinessDate>;
  readonly makeUpDays: ReadonlySet<BusinessDate>;
}

/** Asked about a day whose year is not published: nobody may guess, a wrong working day moves money on the wrong date. */
export class UnpublishedYear extends Error {
  readonly code = 'CALENDAR_YEAR_UNPUBLISHED';

  constructor(readonly date: BusinessDate) {
    super(`the holiday notice that decides ${date} is not in the calendar table`);
    this.name = 'UnpublishedYear';
  }
}

/**
 * The last days of December are decided by the NEXT year's notice: 2018-12-29 (a Saturday) was worked and 2018-12-31 (a Monday) was free,
 * both by the notice for 2019. Until that notice is in the table they are as unknown as the year after.
 */
const DECIDED_BY_NEXT_YEAR_FROM = '12-28';

/** The longest run of days off ever published is ten; a search that goes further has a broken table. */
const DAYS_OFF_IN_A_ROW_MAX = 40;

export function holidayTable(published: readonly HolidayYear[]): HolidayTable {
  const holidays = new Set<BusinessDate>();
  const makeUpDays = new Set<BusinessDate>();
  for (const { year, ...days } of published) {
    for (const day of days.holidays) holidays.add(businessDate(`${year}-${day}`));
    for (const day of days.makeUpDays) makeUpDays.add(makeUpDay(`${year}-${day}`, holidays));
  }
  return { years: new Set(published.map((one) => one.year)), holidays, makeUpDays };
}

export function workingDayStatus(table: HolidayTable, date: BusinessDate): WorkingDayStatus {
  if (table.holidays.has(date)) return 'NON_WORKING';
  if (table.makeUpDays.has(date)) return 'WORKING';
  if (!isDecided(table, date)) return 'UNKNOWN';
  return isWeekend(date) ? 'NON_WORKING' : 'WORKING';
}

/** True or false for a published day; refuses an unknown one. */
export function isWorkingDay(table: HolidayTable, date: BusinessDate): boolean {
  const status = workingDayStatus(table, date);
  if (status === 'UNKNOWN') throw new UnpublishedYear(date);
  return status === 'WORKING';
}

/** The first working day after the date. */
export function nextWorkingDay(table: HolidayTable, date: BusinessDate): BusinessDate {
  return workingDayOnOrAfter(table, addDays(date, 1));
}

/** The last working day before the date. */
export function previousWorkingDay(table: HolidayTable, date: BusinessDate): BusinessDate {
  return workingDayOnOrBefore(table, addDays(date, -1));
}

export function workingDayOnOrAfter(table: HolidayTable, date: BusinessDate): BusinessDate {
  return firstWorkingDay(table, date, 1);
}

export function workingDayOnOrBefore(table: HolidayTable, date: BusinessDate): BusinessDate {
  return firstWorkingDay(table, date, -1);
}

/** T+n: the n-th working day after the date; n = 0 is the date itself when it is one, else the next. */
export function addWorkingDays(table: HolidayTable, date: BusinessDate, count: number): BusinessDate {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError('count of working days must be a whole number from 0 on');
  if (count === 0) return workingDayOnOrAfter(table, date);
  let day = date;
  for (let left = count; left > 0; left -= 1) day = nextWorkingDay(table, day);
  return day;
}

export function lastWorkingDayOfMonth(table: HolidayTable, date: BusinessDate): BusinessDate {
  const [year, month] = date.split('-').map(Number) as [number, number];
  const firstOfNext = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
  return previousWorkingDay(table, businessDate(firstOfNext));
}

function firstWorkingDay(table: HolidayTable, from: BusinessDate, step: 1 | -1): BusinessDate {
  let day = from;
  for (let seen = 0; seen < DAYS_OFF_IN_A_ROW_MAX; seen += 1) {
    if (isWorkingDay(table, day)) return day;
    day = addDays(day, step);
  }
  throw new RangeError(`no working day within ${DAYS_OFF_IN_A_ROW_MAX} days of ${from}: the calendar table is wrong`);
}

function isDecided(table: HolidayTable, date: BusinessDate): boolean {
  const year = Number(date.slice(0, 4));
  if (!table.years.has(year)) return false;
  return date.slice(5) < DECIDED_BY_NEXT_YEAR_FROM || table.years.has(year + 1);
}

function makeUpDay(text: string, holidays: ReadonlySet<BusinessDate>): BusinessDate {
  const date = businessDate(text);
  if (!isWeekend(date)) throw new RangeError(`a make-up working day must fall on a weekend: ${date}`);
  if (holidays.has(date)) throw new RangeError(`${date} cannot be a holiday and a make-up working day`);
  return date;
}
