/** Seconds between inquiries about one attempt; the last one repeats, and by then an operator sees it as overdue. */
const LADDER_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 600] as const;
const LAST_RUNG_MS = 600_000;

/** How long after its n-th inquiry (0: after it was sent) an attempt is asked about again. */
export function inquiryDelayMs(inquiryCount: number): number {
  const seconds = LADDER_SECONDS[inquiryCount];
  return seconds === undefined ? LAST_RUNG_MS : seconds * 1_000;
}

/** How long a payout that was definitely not executed waits before its next attempt. */
export function retryDelayMs(attemptNumber: number): number {
  return Math.min(1_000 * 2 ** Math.min(attemptNumber, 9), 300_000);
}

/** When "the house does not know the number" may stand for "it was not executed". */
export interface NotFoundPolicy {
  readonly quietMs: number;
  readonly answers: number;
  readonly spacingMs: number;
}

export interface InquiredAttempt {
  readonly validUntil: Date;
  readonly inquiryCount: number;
  readonly notFoundCount: number;
}

export type NotFoundVerdict =
  | { readonly isConcluded: true }
  | { readonly isConcluded: false; readonly notFoundCount: number; readonly inquireAt: Date };

/**
 * The house never executes a number after its `validUntil`. Until that and a quiet time have passed an answer NOT_FOUND counts nothing: the
 * request may be on its way. After it, several answers in a row, apart in time, conclude.
 */
export function judgeNotFound(attempt: InquiredAttempt, policy: NotFoundPolicy, wallNow: number): NotFoundVerdict {
  const countsFromMs = attempt.validUntil.getTime() + policy.quietMs;
  if (wallNow < countsFromMs) {
    return { isConcluded: false, notFoundCount: 0, inquireAt: new Date(Math.min(wallNow + inquiryDelayMs(attempt.inquiryCount + 1), countsFromMs)) };
  }
  const notFoundCount = attempt.notFoundCount + 1;
  if (notFoundCount >= policy.answers) return { isConcluded: true };
  return { isConcluded: false, notFoundCount, inquireAt: new Date(wallNow + policy.spacingMs) };
}

/** After any other answer that leaves the outcome open. A house that knows the number disagrees with those that did not. */
export function judgeOpen(attempt: InquiredAttempt, knowsNumber: boolean, wallNow: number): { notFoundCount: number; inquireAt: Date } {
  return { notFoundCount: knowsNumber ? 0 : attempt.notFoundCount, inquireAt: new Date(wallNow + inquiryDelayMs(attempt.inquiryCount + 1)) };
}
