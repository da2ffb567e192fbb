import type { ClearingHouse } from '@jinku/contracts';
import { sum } from '@jinku/money';
import { effectiveTotal, type Grant } from '../../grant/domain/grant.ts';

export const QuotaSource = { NOTICE: 'NOTICE', QUERY: 'QUERY', FILE: 'FILE', MANUAL: 'MANUAL' } as const;
export type QuotaSource = (typeof QuotaSource)[keyof typeof QuotaSource];

/** What is known of the quota at one clearing house; amounts in fen. */
export interface Quota {
  readonly clearingHouse: ClearingHouse;
  /** The earmarked part of the central reserve, as the house last told it. */
  readonly mapped: bigint;
  /** Receipts that count as quota by policy and are not in `mapped` yet. */
  readonly receiptsCounted: bigint;
  /** Successes that settlements have put into `mapped` already. */
  readonly reflectedTotal: bigint;
  /** Decreases asked for and not in `mapped` yet: gone already for all who want quota. */
  readonly pendingDecreases: bigint;
  /** Increases on their way: not available before `mapped` holds them. */
  readonly pendingIncreases: bigint;
  /** What the house itself says is still available. */
  readonly railAvailable: bigint;
  readonly source: QuotaSource;
  readonly asOf: Date;
}

/** All that may be granted since the grants began. */
export function grantable(quota: Quota): bigint {
  return quota.mapped - quota.pendingDecreases + quota.receiptsCounted + quota.reflectedTotal;
}

/** Identity I2, and where the quota is: bookAvailable = granted and free + reserved + ungranted, for any numbers the shards reported. */
export interface QuotaBook {
  readonly bookAvailable: bigint;
  readonly reserved: bigint;
  readonly grantedFree: bigint;
  /** Negative when the house took quota away that the shards had been granted; increases stop until they have given it back. */
  readonly ungranted: bigint;
  /** Quota that payouts may still take: bookAvailable − reserved. */
  readonly free: bigint;
  /** What a decrease may take of it, at least 0: receipts are not in the reserve before their settlement, so a house unmaps none of them. */
  readonly takeable: bigint;
}

export function quotaBook(quota: Quota, grants: readonly Grant[]): QuotaBook {
  const consumed = sum(grants.map((grant) => grant.consumedTotal));
  const reserved = sum(grants.map((grant) => grant.reserved));
  const bookAvailable = grantable(quota) - consumed;
  const grantedFree = sum(grants.map((grant) => effectiveTotal(grant) - grant.consumedTotal - grant.reserved));
  const free = bookAvailable - reserved;
  const unused = bookAvailable - quota.receiptsCounted;
  const takeable = unused < free ? unused : free;
  return { bookAvailable, reserved, grantedFree, ungranted: free - grantedFree, free, takeable: takeable > 0n ? takeable : 0n };
}
