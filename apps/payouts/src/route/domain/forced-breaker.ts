/** The kind under which forces stand among the service's approvals. */
export const FORCE_KIND = 'payouts.force-breaker';

/** A proposal that nobody decided in an hour was made about another hour. */
export const FORCE_OPEN_MS = 3_600_000;

/** A force has an end, so that nobody forgets it. */
export const FORCE_MAX_MS = 7 * 86_400_000;

/** What two persons decide about a breaker. */
export interface ForcedBreaker {
  readonly key: string;
  readonly state: 'OPEN' | 'CLOSED';
  /** Business time. */
  readonly until: string;
}

export function breakerSubject(key: string): string {
  return `breaker:${key}`;
}
