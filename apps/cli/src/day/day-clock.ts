import { acceleratedClock, type SleepingClock } from '@jinku/calendar';
import type { Variables } from '../stack/environment.ts';
import { clockText, instantOf } from './timetable.ts';

const MINUTE_MS = 60_000;

export interface DayClockOptions {
  readonly date: string;
  /** The minute of the day at which it stands when it begins. */
  readonly startsAt: number;
  readonly rate: number;
}

/** The accelerated business clock of the day: one anchor for the runner and every process. */
export class DayClock {
  readonly #date: string;
  readonly #clock: SleepingClock;
  readonly #rate: number;
  readonly variables: Variables;

  constructor({ date, startsAt, rate }: DayClockOptions, anchorWall: number) {
    const anchorBusiness = instantOf(date, startsAt);
    this.#date = date;
    this.#rate = rate;
    this.#clock = acceleratedClock({ anchorBusiness, anchorWall, rate });
    this.variables = { JINKU_CLOCK_RATE: String(rate), JINKU_CLOCK_ANCHOR_BUSINESS: anchorBusiness.toISOString(), JINKU_CLOCK_ANCHOR_WALL: String(anchorWall) };
  }

  now(): Date {
    return this.#clock.now();
  }

  /** The present as the story tells it. */
  text(): string {
    return clockText(this.#date, this.#clock.now());
  }

  /** The minute of the day that has come last. */
  minute(): number {
    return Math.floor((this.#clock.now().getTime() - instantOf(this.#date, 0).getTime()) / MINUTE_MS);
  }

  /** Waits until a minute of the day has come; one that has passed is not waited for. */
  async until(minute: number, signal?: AbortSignal): Promise<void> {
    const leftMs = instantOf(this.#date, minute).getTime() - this.#clock.now().getTime();
    if (leftMs > 0) await this.#clock.sleep(Math.ceil(leftMs / this.#rate), signal);
  }
}
