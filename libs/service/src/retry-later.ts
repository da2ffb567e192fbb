import { GENERAL_REFUSALS, type Refusal } from '@jinku/errors';

/** Cause of a refusal that ends by itself: the header Retry-After comes from here, whichever door it is refused at. */
export class RetryLater extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`may be sent again in ${retryAfterMs} ms`);
    this.name = 'RetryLater';
    this.retryAfterMs = retryAfterMs;
  }

  /** Whole seconds, as the header asks, never too early. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.retryAfterMs / 1_000));
  }
}

/** The caller's own limit, told with the time when it lets the next request in. */
export function tooManyRequests(retryAfterMs: number, why = 'More requests than the rate limit'): Refusal {
  const cause = new RetryLater(retryAfterMs);
  return GENERAL_REFUSALS.TOO_MANY_REQUESTS({ detail: `${why}; try again in ${cause.retryAfterSeconds} s.`, cause });
}
