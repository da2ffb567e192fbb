import type { BusinessDate } from '@jinku/calendar';

import type { AnswerDetail, CallLimits } from './payout-rail.ts';

/** One movement of an account in the bank's books. */
export interface AccountMovement {
  /** The bank's own; digits, growing, never used twice. */
  readonly movementNumber: string;
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly amountMinor: bigint;
  readonly balanceAfterMinor: bigint;
  readonly counterparty?: string;
  readonly payerReference?: string;
  readonly purpose?: string;
  readonly occurredAt: Date;
}

/** The totals of a business date: of all its movements, not only of one page. */
export interface MovementTotals {
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  readonly count: number;
  /** Nothing more is booked on the date. */
  readonly isClosed: boolean;
}

export interface MovementPage {
  /** SUCCEEDED with movements and totals, or UNKNOWN without. */
  readonly outcome: 'SUCCEEDED' | 'UNKNOWN';
  readonly movements: readonly AccountMovement[];
  readonly totals: MovementTotals | null;
  /** What to ask with for the next page; null when there is none. */
  readonly cursor: string | null;
  readonly detail: AnswerDetail;
}

/** The port to a bank whose movements of a business date are read page by page. Never rejects for what the wire or the bank does. */
export interface MovementRail {
  readMovements(accountNumber: string, businessDate: BusinessDate, cursor?: string | null, limits?: Partial<CallLimits>): Promise<MovementPage>;
}
