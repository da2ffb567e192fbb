import type { Rate } from '../config.ts';

/** Beyond so many callers the fullest buckets, which belong to those who have been quiet longest, are forgotten. */
const CALLERS_MAX = 50_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** One token bucket per caller, in memory of this process: replicas add up, which a limit against abuse can bear. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one token. Answers 0, or when there is none left after how many milliseconds there is one again. */
  take(caller: string, wallNow: number): number {
    const bucket = this.#bucketOf(caller, wallNow);
    const elapsedMs = Math.max(0, wallNow - bucket.filledAt);
    bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + (elapsedMs * this.#rate.perSecond) / 1_000);
    bucket.filledAt = wallNow;
    if (bucket.tokens < 1) return Math.max(1, Math.round(((1 - bucket.tokens) / this.#rate.perSecond) * 1_000));
    bucket.tokens -= 1;
    return 0;
  }

  #bucketOf(caller: string, wallNow: number): Bucket {
    const known = this.#buckets.get(caller);
    if (known !== undefined) return known;
    if (this.#buckets.size >= CALLERS_MAX) this.#dropFull(wallNow);
    const bucket = { tokens: this.#rate.burst, filledAt: wallNow };
    this.#buckets.set(caller, bucket);
    return bucket;
  }

  /** A bucket that would be full by now says nothing that a new one does not; when none is, the oldest goes. */
  #dropFull(wallNow: number): void {
    const fullAfterMs = (this.#rate.burst / this.#rate.perSecond) * 1_000;
    for (const [caller, bucket] of this.#buckets) {
      if (wallNow - bucket.filledAt >= fullAfterMs) this.#buckets.delete(caller);
    }
    const oldest = this.#buckets.keys().next().value;
    if (this.#buckets.size >= CALLERS_MAX && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
