export {
  addDays,
  businessDate,
  businessDateOf,
  clearingDateOf,
  daysBetween,
  InvalidBusinessDate,
  isBusinessDate,
  isWeekend,
  startOfBusinessDate,
} from './business-date.ts';
export type { BusinessDate, DayCut } from './business-date.ts';
export { CHINA_HOLIDAYS } from './china-holidays.ts';
export { acceleratedClock, systemClock } from './clock.ts';
export type { Acceleration, Clock, SleepingClock } from './clock.ts';
export { FixedClock, ManualClock } from './manual-clock.ts';
export {
  addWorkingDays,
  holidayTable,
  isWorkingDay,
  lastWorkingDayOfMonth,
  nextWorkingDay,
  previousWorkingDay,
  UnpublishedYear,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
  WorkingDayStatus,
  workingDayStatus,
} from './working-days.ts';
export type { HolidayTable, HolidayYear } from './working-days.ts';
