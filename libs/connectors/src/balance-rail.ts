import type { AnswerDetail, CallLimits } from './payout-rail.ts';

export interface BalanceReading {
  /** SUCCEEDED with figures, or UNKNOWN without. */
  readonly outcome: 'SUCCEEDED' | 'UNKNOWN';
  /** Below zero only where the account has an overdraft. */
  readonly balanceMinor: bigint | null;
  /** When the bank says it was so, by business time. */
  readonly asOf: Date | null;
  readonly detail: AnswerDetail;
}

/** The port to a bank or the central bank that tells what an account holds. Never rejects for what the wire or the bank does. */
export interface BalanceRail {
  readBalance(accountNumber: string, limits?: Partial<CallLimits>): Promise<BalanceReading>;
}
