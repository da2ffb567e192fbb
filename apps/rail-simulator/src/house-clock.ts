/** The house's own time: the wall's for the wire, business time for the books. */
export interface HouseClock {
  /** Business time: dates the books and the clearing session. */
  now(): Date;
  /** Epoch milliseconds of the machine: signatures, `validUntil`, budgets, delays. */
  wallNow(): number;
}

/** Where business time starts, and how fast it runs. */
export interface ClockSetting {
  readonly rate: number;
  /** At this instant of the wall business time is `business`; null: both are the present when the clock is made. */
  readonly anchor: { readonly business: Date; readonly wall: number } | null;
}

export function houseClock({ rate, anchor }: ClockSetting): HouseClock {
  const wallMs = anchor?.wall ?? Date.now();
  const businessMs = anchor?.business.getTime() ?? wallMs;
  return {
    now: () => new Date(businessMs + Math.floor((Date.now() - wallMs) * rate)),
    wallNow: () => Date.now(),
  };
}

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The date in Shanghai, which has no daylight saving time. */
export function clearingDateAt(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** Whether a text is a day of the calendar. */
export function isDate(text: string): boolean {
  const instant = new Date(text);
  return DATE.test(text) && !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}
