import { ClearingHouse } from '@jinku/contracts';
import type { Grant } from './domain/grant.ts';

/** A grant that has not begun: nothing granted, nothing used. */
export function aGrant(given: Partial<Grant> = {}): Grant {
  return {
    id: '01993c1e-0000-7000-8000-0000000000a1',
    clearingHouse: ClearingHouse.NETSUNION,
    holder: 'PAYOUTS',
    shard: 0,
    epoch: 0,
    grantedTotal: 0n,
    acceptedEpoch: 0,
    acceptedTotal: 0n,
    consumedTotal: 0n,
    reserved: 0n,
    need: 0n,
    ...given,
  };
}
