import type { Unit } from '@jinku/money';

export const Side = { DEBIT: 'DEBIT', CREDIT: 'CREDIT' } as const;
export type Side = (typeof Side)[keyof typeof Side];

export interface InternalAccount {
  /** Short, because every line of the journal carries it. */
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly unit: Unit;
  /** The side on which its balance is positive. */
  readonly normalSide: Side;
  readonly parentId: number | null;
  /** A parent: its balance is the sum of its children, nothing posts to it. */
  readonly isControl: boolean;
  readonly state: InternalAccountState;
  readonly balanceMin: bigint | null;
  readonly balanceMax: bigint | null;
  readonly registeredAccountId: string | null;
}

export const InternalAccountState = {
  /** Takes postings within its rules. */
  OPEN: 'OPEN',
  /** Takes no posting until it is opened again. */
  FROZEN: 'FROZEN',
  /** Takes no posting any more; its balance was zero when it was closed. */
  CLOSED: 'CLOSED',
} as const;
export type InternalAccountState = (typeof InternalAccountState)[keyof typeof InternalAccountState];

/** The balance on the account's normal side. */
export function balanceOf(account: Pick<InternalAccount, 'normalSide'>, totals: { debit: bigint; credit: bigint }): bigint {
  return account.normalSide === Side.DEBIT ? totals.debit - totals.credit : totals.credit - totals.debit;
}
