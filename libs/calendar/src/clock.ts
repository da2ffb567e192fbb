import { setTimeout as wait } from 'node:timers/promises';

/** Business time and wall time. On the accelerated clock of the demo and the tests they run at different rates. */
export interface Clock {
  /** Business time: what an event is dated with. */
  now(): Date;
  /** Epoch milliseconds of the machine: leases, network time-outs, tokens. */
  wallNow(): number;
}

/** A clock one can wait on. */
export interface SleepingClock extends Clock {
  /** Waits in wall time; rejects when the signal is aborted. */
  sleep(wallMs: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time, in both senses. The only reader of the present in the system. */
export const systemClock: SleepingClock = Object.freeze({
  now: () => new Date(),
  wallNow: () => Date.now(),
  sleep: sleepOnTheWall,
});

export interface Acceleration {
  /** The business instant that stands at `anchorWall`. */
  readonly anchorBusiness: Date;
  /** Epoch milliseconds of the machine at that moment. */
  readonly anchorWall: number;
  /** Business milliseconds per wall millisecond, above zero. */
  readonly rate: number;
}

/** Business time = anchor + rate × wall time since the anchor; every process that reads the same anchor sees the same time. */
export function acceleratedClock({ anchorBusiness, anchorWall, rate }: Acceleration, wall: Clock = systemClock): SleepingClock {
  if (!Number.isFinite(rate) || rate <= 0) throw new RangeError('the rate of an accelerated clock must be above zero');
  const anchorMs = anchorBusiness.getTime();
  return Object.freeze({
    now: () => new Date(anchorMs + Math.floor((wall.wallNow() - anchorWall) * rate)),
    wallNow: () => wall.wallNow(),
    sleep: sleepOnTheWall,
  });
}

async function sleepOnTheWall(wallMs: number, signal?: AbortSignal): Promise<void> {
  await wait(wallMs, undefined, signal === undefined ? {} : { signal });
}
