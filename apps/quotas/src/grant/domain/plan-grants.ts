import { allocate, sum } from '@jinku/money';
import { effectiveTotal, usedTotal, type Grant } from './grant.ts';

/** A grant is topped up when what it has left falls below this part (1 / n) of its fair share. */
const TOP_UP_BELOW_ONE_IN = 2n;

export interface GrantChange {
  readonly grantId: string;
  readonly epoch: number;
  readonly grantedTotal: bigint;
}

/**
 * Which grants to raise and which to recall. `grantable` is all that may be granted of the house since the grants began: mapped quota plus
 * counted receipts plus what settlements have reflected already. Never grants more than that, counting a recall only once the shard has
 * answered it; recalls only when a shard that needs more cannot be served otherwise, or when more is granted than there is.
 */
export function planGrants(grantable: bigint, grants: readonly Grant[]): GrantChange[] {
  if (grants.length === 0) return [];
  const shares = fairShares(grantable, grants);
  let ungranted = grantable - sum(grants.map(effectiveTotal));
  const changes: GrantChange[] = [];
  let missing = ungranted < 0n ? -ungranted : 0n;
  grants.forEach((grant, index) => {
    const share = shares[index] ?? 0n;
    const left = effectiveTotal(grant) - usedTotal(grant);
    const wants = left * TOP_UP_BELOW_ONE_IN < share || left < grant.need;
    if (!wants || share <= left) {
      // Fund-downs get nothing until they tell a need, and cannot tell one of a grant they have not heard of.
      if (grant.holder === 'TRANSFERS' && grant.epoch === 0) changes.push({ grantId: grant.id, epoch: 1, grantedTotal: 0n });
      return;
    }
    const raise = share - left < ungranted ? share - left : ungranted;
    if (raise > 0n) {
      changes.push({ grantId: grant.id, epoch: grant.epoch + 1, grantedTotal: effectiveTotal(grant) + raise });
      ungranted -= raise;
    }
    if (raise < share - left && left < grant.need) missing += share - left - (raise > 0n ? raise : 0n);
  });
  return missing === 0n ? changes : [...changes, ...recalls(missing, grants, shares, changes)];
}

/**
 * What is left of the house. Fund-downs get what they need, no more: persons asked for each, and a part of one is of no use. Of the rest each payout
 * shard gets what its queue needs, and what is over is split evenly; when it is too little for all, it is split by need.
 */
function fairShares(grantable: bigint, grants: readonly Grant[]): bigint[] {
  let free = grantable - sum(grants.map(usedTotal));
  if (free <= 0n) return grants.map(() => 0n);
  const fundDowns = grants.map(({ holder, need }) => {
    const share = holder !== 'TRANSFERS' ? 0n : need < free ? need : free;
    free -= share;
    return share;
  });
  const shards = grants.filter(({ holder }) => holder === 'PAYOUTS');
  if (shards.length === 0) return fundDowns;
  const needs = shards.map(({ need }) => need);
  const over = free - sum(needs);
  const evenly = over < 0n ? [] : allocate(over, shards.map(() => 1n));
  const split = over < 0n ? allocate(free, needs) : needs.map((need, index) => need + (evenly[index] ?? 0n));
  return grants.map((grant, index) => fundDowns[index] || (split[shards.indexOf(grant)] ?? 0n));
}

function recalls(missing: bigint, grants: readonly Grant[], shares: readonly bigint[], raised: readonly GrantChange[]): GrantChange[] {
  const changes: GrantChange[] = [];
  let left = missing;
  grants.forEach((grant, index) => {
    // One recall at a time: until the shard has answered, another would only guess.
    if (left <= 0n || grant.acceptedEpoch !== grant.epoch || raised.some((change) => change.grantId === grant.id)) return;
    const surplus = effectiveTotal(grant) - usedTotal(grant) - (shares[index] ?? 0n);
    if (surplus <= 0n) return;
    const back = surplus < left ? surplus : left;
    changes.push({ grantId: grant.id, epoch: grant.epoch + 1, grantedTotal: effectiveTotal(grant) - back });
    left -= back;
  });
  return changes;
}
