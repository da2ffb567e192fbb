import { clearingDateAt } from '../house-clock.ts';

/** The clearing houses that are played side by side, in one set of books. */
export const ClearingHouse = { NETSUNION: 'NETSUNION', UNIONPAY: 'UNIONPAY' } as const;
export type ClearingHouse = (typeof ClearingHouse)[keyof typeof ClearingHouse];

/** Whose payouts and quota: one institution's at one house. */
export interface Place {
  readonly clearingHouse: ClearingHouse;
  readonly institution: string;
}

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** How long before midnight in Shanghai a house begins its next session: UnionPay cuts at 23:00, NetsUnion at 00:00. */
const CUT_BEFORE_MIDNIGHT_MS: Readonly<Record<ClearingHouse, number>> = { NETSUNION: 0, UNIONPAY: 3_600_000 };
const REFERENCE_INITIAL: Readonly<Record<ClearingHouse, string>> = { NETSUNION: 'N', UNIONPAY: 'U' };

/** The session into which the house books what happens at this instant. Shanghai has no daylight saving time. */
export function sessionDateAt(clearingHouse: ClearingHouse, instant: Date): string {
  return clearingDateAt(new Date(instant.getTime() + CUT_BEFORE_MIDNIGHT_MS[clearingHouse]));
}

/** When the session of a date begins; it ends where the next one begins. */
export function sessionStart(clearingHouse: ClearingHouse, clearingDate: string): Date {
  return new Date(Date.parse(clearingDate) - SHANGHAI_OFFSET_MS - CUT_BEFORE_MIDNIGHT_MS[clearingHouse]);
}

/** The instant of a wall time in Shanghai on the day after a date. */
export function nextDayAt(clearingDate: string, minuteOfDay: number): Date {
  return new Date(Date.parse(clearingDate) + DAY_MS - SHANGHAI_OFFSET_MS + minuteOfDay * 60_000);
}

/** The minute of the day in Shanghai. */
export function minuteOfDayAt(instant: Date): number {
  return Math.floor(((instant.getTime() + SHANGHAI_OFFSET_MS) % DAY_MS) / 60_000);
}

export function referenceInitialOf(clearingHouse: ClearingHouse): string {
  return REFERENCE_INITIAL[clearingHouse];
}
