import { createRequire } from 'node:module';

import fc from 'fast-check';

import { addDays, businessDate, isWeekend } from './business-date.ts';
import { CHINA_HOLIDAYS } from './china-holidays.ts';
import {
  addWorkingDays,
  holidayTable,
  isWorkingDay,
  lastWorkingDayOfMonth,
  nextWorkingDay,
  previousWorkingDay,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
  workingDayStatus,
} from './working-days.ts';

const china = holidayTable(CHINA_HOLIDAYS);
const day = businessDate;
const unpublished = expect.objectContaining({ code: 'CALENDAR_YEAR_UNPUBLISHED' });
const publishedDays = fc.integer({ min: 0, max: 22 * 365 }).map((days) => addDays(day('2004-01-15'), days));

test('a make-up Saturday is a working day', () => {
  expect(isWeekend(day('2026-02-14'))).toBe(true);
  expect(workingDayStatus(china, day('2026-02-14'))).toBe('WORKING');
  expect(nextWorkingDay(china, day('2026-02-13'))).toBe('2026-02-14');
});

test('a legal holiday on a weekday is not a working day', () => {
  expect(workingDayStatus(china, day('2026-10-01'))).toBe('NON_WORKING');
  expect(nextWorkingDay(china, day('2026-09-30'))).toBe('2026-10-08');
  expect(previousWorkingDay(china, day('2026-10-08'))).toBe('2026-09-30');
});

test('the Spring Festival of 2026 ends with a make-up Saturday after it', () => {
  expect(nextWorkingDay(china, day('2026-02-14'))).toBe('2026-02-24');
  expect(addWorkingDays(china, day('2026-02-27'), 1)).toBe('2026-02-28');
});

test('the notice for the next year moves days of the old year: 2018-12-29 was worked, the Monday after was free', () => {
  expect(workingDayStatus(china, day('2018-12-29'))).toBe('WORKING');
  expect(workingDayStatus(china, day('2018-12-31'))).toBe('NON_WORKING');
  expect(nextWorkingDay(china, day('2018-12-29'))).toBe('2019-01-02');
});

test('a year that is not published is unknown, and so are the last days before it', () => {
  const lastYear = Math.max(...china.years);

  expect(workingDayStatus(china, day(`${lastYear + 1}-03-03`))).toBe('UNKNOWN');
  expect(workingDayStatus(china, day(`${lastYear}-12-28`))).toBe('UNKNOWN');
  expect(workingDayStatus(china, day(`${lastYear}-12-27`))).not.toBe('UNKNOWN');
  expect(workingDayStatus(china, day('2003-06-02'))).toBe('UNKNOWN');
});

test('every search refuses when an unknown day is in its way', () => {
  const beyond = day('2026-12-31');

  expect(() => isWorkingDay(china, beyond)).toThrow(unpublished);
  expect(() => nextWorkingDay(china, beyond)).toThrow(unpublished);
  expect(() => previousWorkingDay(china, day('2027-01-04'))).toThrow(unpublished);
  expect(() => workingDayOnOrBefore(china, beyond)).toThrow(unpublished);
  expect(() => addWorkingDays(china, day('2026-12-20'), 30)).toThrow(unpublished);
  expect(() => lastWorkingDayOfMonth(china, day('2026-12-01'))).toThrow(unpublished);
});

test('the last working day of a month steps back over holidays, weekends and the year end', () => {
  expect(lastWorkingDayOfMonth(china, day('2026-05-15'))).toBe('2026-05-29');
  expect(lastWorkingDayOfMonth(china, day('2024-02-01'))).toBe('2024-02-29');
  expect(lastWorkingDayOfMonth(china, day('2018-12-01'))).toBe('2018-12-29');
});

test('T+0 is the day itself when it is worked, else the next one that is', () => {
  expect(addWorkingDays(china, day('2026-11-20'), 0)).toBe('2026-11-20');
  expect(addWorkingDays(china, day('2026-11-21'), 0)).toBe('2026-11-23');
  expect(() => addWorkingDays(china, day('2026-11-20'), -1)).toThrow(RangeError);
});

test('a table that makes a weekday up, or a day both free and worked, is refused', () => {
  expect(() => holidayTable([{ year: 2026, holidays: [], makeUpDays: ['11-20'] }])).toThrow(RangeError);
  expect(() => holidayTable([{ year: 2026, holidays: ['11-21'], makeUpDays: ['11-21'] }])).toThrow(RangeError);
  expect(() => holidayTable([{ year: 2026, holidays: ['02-30'], makeUpDays: [] }])).toThrow(
    expect.objectContaining({ code: 'INVALID_BUSINESS_DATE' }),
  );
});

test('between a day and its next working day nothing is worked, and going back from there ends on or before it', () => {
  fc.assert(
    fc.property(publishedDays, (date) => {
      const next = nextWorkingDay(china, date);
      for (let between = addDays(date, 1); between < next; between = addDays(between, 1)) {
        if (isWorkingDay(china, between)) return false;
      }
      return isWorkingDay(china, next) && previousWorkingDay(china, next) === workingDayOnOrBefore(china, date);
    }),
  );
});

test('a day on or after a working day is that day, and T+n never goes back', () => {
  fc.assert(
    fc.property(publishedDays, fc.integer({ min: 1, max: 15 }), (date, count) => {
      const from = workingDayOnOrAfter(china, date);
      return workingDayOnOrAfter(china, from) === from && addWorkingDays(china, from, count) > from;
    }),
  );
});

test('the committed table says what the published list says', () => {
  const published = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Record<'holidays' | 'workdays', object>;

  expect([...china.holidays].sort()).toEqual(Object.keys(published.holidays).sort());
  expect([...china.makeUpDays].sort()).toEqual(Object.keys(published.workdays).sort());
});
