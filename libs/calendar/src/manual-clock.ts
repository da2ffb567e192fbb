import type { SleepingClock } from './clock.ts';

/** For specs: time stands still and nobody waits. */
export class FixedClock implements SleepingClock {
  protected businessMs: number;
  protected wallMs: number;

  constructor(instant: Date | string) {
    this.businessMs = new Date(instant).getTime();
    if (Number.isNaN(this.businessMs)) throw new RangeError('a fixed clock needs an instant');
    this.wallMs = this.businessMs;
  }

  now(): Date {
    return new Date(this.businessMs);
  }

  wallNow(): number {
    return this.wallMs;
  }

  sleep(_wallMs: number, signal?: AbortSignal): Promise<void> {
    return signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve();
  }
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** For specs: time moves only when told to, and wakes whoever slept until then. */
export class ManualClock extends FixedClock {
  private sleepers: Sleeper[] = [];

  /** Moves business and wall time together. */
  advance(ms: number): void {
    this.businessMs += ms;
    this.wallMs += ms;
    this.wakeDue();
  }

  /** Steps business time alone, forward or back, as an operator or a time server does. */
  stepTo(instant: Date | string): void {
    this.businessMs = new Date(instant).getTime();
  }

  override sleep(wallMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { untilMs: this.wallMs + wallMs, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.sleepers = this.sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
      this.wakeDue();
    });
  }

  private wakeDue(): void {
    const due = this.sleepers.filter((one) => one.untilMs <= this.wallMs);
    this.sleepers = this.sleepers.filter((one) => one.untilMs > this.wallMs);
    for (const sleeper of due) sleeper.wake();
  }
}
