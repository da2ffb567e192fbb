import type { ClearingHouse } from '@jinku/contracts';

/** A line of business, such as WITHDRAWAL, DISBURSEMENT, SETTLEMENT: data of the institution. */
export interface BusinessLine {
  readonly code: string;
  readonly name: string;
  /** 0 to 9; a step goes before others by a minute of waiting. */
  readonly priority: number;
  readonly perItemLimitMinor: bigint;
  /** Within so long a second payout of one amount to one payee is held: 0 for never, null for the institution's setting. */
  readonly duplicateWindowSeconds: number | null;
  /** The house its payouts go to first; null for the first one configured. */
  readonly primaryHouse: ClearingHouse | null;
}

export const MerchantState = { ACTIVE: 'ACTIVE', SUSPENDED: 'SUSPENDED' } as const;
export type MerchantState = (typeof MerchantState)[keyof typeof MerchantState];

export interface Merchant {
  readonly merchantId: string;
  readonly name: string;
  readonly state: MerchantState;
  readonly priority: number;
  /** As its business line's, for which null stands. */
  readonly duplicateWindowSeconds: number | null;
}

export const PayeeBankState = {
  OPEN: 'OPEN',
  /** Takes no new payouts; those on their way go on. */
  CLOSED: 'CLOSED',
} as const;
export type PayeeBankState = (typeof PayeeBankState)[keyof typeof PayeeBankState];

/** A bank payees may have their accounts at, by its 12-digit code (联行号). */
export interface PayeeBank {
  readonly bankCode: string;
  readonly name: string;
  readonly state: PayeeBankState;
}

/** What the rules of admission need to know of the requests of one batch. */
export interface Register {
  readonly merchants: ReadonlyMap<string, Merchant>;
  readonly businessLines: ReadonlyMap<string, BusinessLine>;
  /** Those of them that are known and open, each with the largest payout that any house takes to it: null for any, zero when none reaches it. */
  readonly banks: ReadonlyMap<string, bigint | null>;
}
