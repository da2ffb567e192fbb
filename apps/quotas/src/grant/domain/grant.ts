import type { ClearingHouse } from '@jinku/contracts';

/** Who spends a grant: a payout shard, or the fund-downs of transfers, which have one grant per house. */
export const GrantHolder = { PAYOUTS: 'PAYOUTS', TRANSFERS: 'TRANSFERS' } as const;
export type GrantHolder = (typeof GrantHolder)[keyof typeof GrantHolder];

/**
 * What one holder, such as a payout shard, may spend of one clearing house's quota. All amounts are totals since the grant began, in fen; `reserved` alone is a
 * level. What the shard told last is `accepted…`, `consumedTotal` and `reserved`; what it was told last is `grantedTotal` under `epoch`.
 */
export interface Grant {
  readonly id: string;
  readonly clearingHouse: ClearingHouse;
  readonly holder: GrantHolder;
  readonly shard: number;
  readonly epoch: number;
  readonly grantedTotal: bigint;
  readonly acceptedEpoch: number;
  readonly acceptedTotal: bigint;
  readonly consumedTotal: bigint;
  readonly reserved: bigint;
  /** What the shard's queue would still take. */
  readonly need: bigint;
}

/** What the shard may hold itself to right now: until it has answered the newest epoch, the larger of the two totals. */
export function effectiveTotal(grant: Grant): bigint {
  if (grant.acceptedEpoch === grant.epoch) return grant.acceptedTotal;
  return grant.grantedTotal > grant.acceptedTotal ? grant.grantedTotal : grant.acceptedTotal;
}

export function usedTotal(grant: Grant): bigint {
  return grant.consumedTotal + grant.reserved;
}
