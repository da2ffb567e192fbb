import type { AttemptConclusion } from '@jinku/contracts';

/** The kind under which resolutions stand among the service's approvals. */
export const RESOLUTION_KIND = 'payouts.resolve-attempt';

/** A proposal that nobody decided in a day was made on evidence of yesterday. */
export const RESOLUTION_OPEN_MS = 86_400_000;

/** The note on a proposal that the rail's own definite answer made void. */
export const OVERTAKEN_NOTE = 'The rail answered first.';

/** What two persons decide about an attempt whose outcome the rail does not tell. */
export interface Resolution {
  readonly payoutId: string;
  readonly serialNumber: string;
  readonly conclusion: AttemptConclusion;
  /** Where the outcome is known from, such as a letter of the house. */
  readonly evidence: string;
}

export function resolutionSubject(payoutId: string): string {
  return `payout:${payoutId}`;
}
