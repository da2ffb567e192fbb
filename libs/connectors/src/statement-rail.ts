import type { BusinessDate } from '@jinku/calendar';

import type { AnswerDetail, CallLimits } from './payout-rail.ts';

export interface StatementFetch {
  /** SUCCEEDED with a file; NOT_FOUND when the bank has none for the date, or not yet; UNKNOWN otherwise. */
  readonly outcome: 'SUCCEEDED' | 'NOT_FOUND' | 'UNKNOWN';
  readonly fileName: string | null;
  /** Exactly as the bank made the file: not read, not converted. */
  readonly bytes: Buffer | null;
  readonly detail: AnswerDetail;
}

/** The port to a bank that gives an account's statement of a business date as a file. Never rejects for what the wire or the bank does. */
export interface StatementRail {
  fetchStatement(accountNumber: string, businessDate: BusinessDate, limits?: Partial<CallLimits>): Promise<StatementFetch>;
}
