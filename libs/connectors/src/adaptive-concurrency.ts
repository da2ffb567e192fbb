export interface ConcurrencyPolicy {
  readonly concurrencyMin: number;
  readonly concurrencyMax: number;
  readonly concurrencyInitial: number;
  /** A round whose median answer took longer lowers the limit. */
  readonly latencyTargetMs: number;
}

/** Added after a good round, so that the climb from 16 to 128 takes about as many rounds as it has eights. */
const INCREASE = 8;
/** Kept after a slow or overloaded round. */
const DECREASE = 0.75;
/** A round has at least so many answers, or one slow answer would decide it. */
const ROUND_MIN = 8;

/**
 * How many requests may be in flight to a rail at once: additive increase while answers are quick, multiplicative decrease when they are
 * slow or the rail is overloaded. Pure: it is told of latencies and asked for its limit.
 */
export class AdaptiveConcurrency {
  readonly #policy: ConcurrencyPolicy;
  #limit: number;
  #inFlight = 0;
  #latencies: number[] = [];
  #overloaded = 0;
  #wasFull = false;
  #waiting: (() => void)[] = [];

  constructor(policy: ConcurrencyPolicy) {
    const { concurrencyMin, concurrencyInitial, concurrencyMax } = policy;
    if (concurrencyMin < 1 || concurrencyMin > concurrencyInitial || concurrencyInitial > concurrencyMax) {
      throw new RangeError('concurrency needs 1 <= min <= initial <= max');
    }
    this.#policy = policy;
    this.#limit = concurrencyInitial;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many more may start now; never below zero, also when the limit has just dropped under what is in flight. */
  get free(): number {
    return Math.max(0, this.limit - this.#inFlight);
  }

  /** Counts one request as in flight. */
  start(): void {
    this.#inFlight += 1;
    if (this.#inFlight >= this.limit) this.#wasFull = true;
  }

  /** `overloaded`: the rail timed out, reset, or said that it is busy. */
  finish({ latencyMs, overloaded }: { latencyMs: number; overloaded: boolean }): void {
    this.#inFlight -= 1;
    if (overloaded) this.#overloaded += 1;
    else this.#latencies.push(latencyMs);
    if (this.#latencies.length + this.#overloaded >= Math.max(ROUND_MIN, this.limit)) this.#endRound();
    this.#wake();
  }

  /** Resolves when at least one more may start. The caller starts it in the same turn of the event loop. */
  whenFree(): Promise<void> {
    return this.free > 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #endRound(): void {
    const { concurrencyMin, concurrencyMax, latencyTargetMs } = this.#policy;
    const answers = this.#latencies.length + this.#overloaded;
    // A lone time-out among hundreds is the instruction's trouble, a tenth of a round is the rail's.
    const isOverloaded = this.#overloaded * 10 >= answers;
    const isSlow = median(this.#latencies) > latencyTargetMs;
    if (isOverloaded || isSlow) this.#limit = Math.max(concurrencyMin, this.#limit * DECREASE);
    // A limit that was never reached has not been tested, so it does not grow.
    else if (this.#wasFull) this.#limit = Math.min(concurrencyMax, this.#limit + INCREASE);
    this.#latencies = [];
    this.#overloaded = 0;
    this.#wasFull = this.#inFlight >= this.limit;
  }

  #wake(): void {
    for (let left = this.free; left > 0 && this.#waiting.length > 0; left -= 1) this.#waiting.shift()?.();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
