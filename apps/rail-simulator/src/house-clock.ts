/** The house's own time: the wall's for the wire, business time for the books. */
export interface HouseClock {
  /** Business time: dates the books and the clearing session. */
  now(): Date;
  /** Epoch milliseconds of the machine: signatures, `validUntil`, budgets, delays. */
  wallNow(): number;
}

/** The business instant that stands at a moment of the wall's: the same in every process of an installation. */
export interface ClockAnchor {
  readonly businessMs: number;
  readonly wallMs: number;
}

/** Business time runs at `rate` from the anchor; without one it starts at the wall's. */
export function houseClock(rate: number, anchor: ClockAnchor | null = null): HouseClock {
  const { businessMs, wallMs } = anchor ?? { businessMs: Date.now(), wallMs: Date.now() };
  return {
    now: () => new Date(businessMs + Math.floor((Date.now() - wallMs) * rate)),
    wallNow: () => Date.now(),
  };
}

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** NetsUnion cuts its session at midnight in Shanghai, which has no daylight saving time. */
export function clearingDateAt(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** Whether a text is a day of the calendar. */
export function isDate(text: string): boolean {
  const instant = new Date(text);
  return DATE.test(text) && !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

const DAY_MS = 86_400_000;

export function dayBefore(date: string): string {
  return new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10);
}
