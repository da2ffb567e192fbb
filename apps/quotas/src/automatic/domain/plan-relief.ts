import type { ClearingHouse } from '@jinku/contracts';
import type { QuotaPolicy } from '../../policy/domain/quota-policy.ts';

/** What a rule knows of one house when it acts; amounts in fen. */
export interface HouseNeed {
  readonly clearingHouse: ClearingHouse;
  readonly mapped: bigint;
  /** Quota that nothing has reserved yet. */
  readonly free: bigint;
  /** What of it may go to the other house: receipts stay. */
  readonly takeable: bigint;
  /** What the backlog would take. */
  readonly need: bigint;
  /** On its way already: increases, and shifts that have not asked for theirs yet. */
  readonly incoming: bigint;
  /** Its figure is old, or does not cover what is reserved: no rule takes from it or gives to it. */
  readonly isFrozen: boolean;
  /** Business time since the last automatic act that served it; null for never. */
  readonly sinceLastActMs: number | null;
}

export interface ReliefSituation {
  readonly houses: readonly HouseNeed[];
  /** Null until the central reserve was seen. */
  readonly buffer: bigint | null;
  /** What rules have moved today. */
  readonly movedToday: bigint;
  readonly policy: Pick<QuotaPolicy, 'houses' | 'minimumBuffer' | 'automaticShift'>;
}

/** What the rule does, with the reason it gives. */
export type Relief =
  | { readonly kind: 'SHIFT'; readonly fromHouse: ClearingHouse; readonly toHouse: ClearingHouse; readonly amount: bigint; readonly reason: string }
  | { readonly kind: 'INCREASE'; readonly toHouse: ClearingHouse; readonly amount: bigint; readonly reason: string }
  | { readonly kind: 'WARNING'; readonly toHouse: ClearingHouse; readonly amount: bigint; readonly reason: string };

/**
 * The one automatic policy: what the backlog of a house needs beyond its free quota comes from the other house, which keeps its floor and its own need,
 * then from the buffer above its minimum; what is still missing is told to an operator.
 */
export function planRelief({ houses, buffer, movedToday, policy }: ReliefSituation): Relief[] {
  const { isOn, coolDownMs, dailyAmountMax } = policy.automaticShift;
  if (!isOn) return [];
  let left = buffer === null ? 0n : atLeastZero(buffer - policy.minimumBuffer);
  let allowed = dailyAmountMax === null ? null : atLeastZero(dailyAmountMax - movedToday);
  const taken = new Map<ClearingHouse, bigint>();
  const acts: Relief[] = [];
  // While the buffer is negative nothing may be increased: a shift would take from one house what the other could not be given.
  const isShiftable = buffer === null || buffer >= 0n;
  for (const house of houses) {
    let missing = house.need - house.free - house.incoming;
    const isCooling = house.sinceLastActMs !== null && house.sinceLastActMs < coolDownMs;
    if (missing <= 0n || house.isFrozen || isCooling) continue;
    const capped = (amount: bigint): bigint => smallest(amount, missing, allowed ?? missing);
    const spend = (amount: bigint): void => {
      missing -= amount;
      if (allowed !== null) allowed -= amount;
    };
    for (const other of houses.filter(({ clearingHouse, isFrozen }) => isShiftable && clearingHouse !== house.clearingHouse && !isFrozen)) {
      const { clearingHouse: fromHouse } = other;
      const spare = smallest(other.free - other.need - policy.houses[fromHouse].floor, other.takeable) - (taken.get(fromHouse) ?? 0n);
      const amount = capped(spare);
      if (amount <= 0n) continue;
      taken.set(fromHouse, (taken.get(fromHouse) ?? 0n) + amount);
      acts.push({ kind: 'SHIFT', fromHouse, toHouse: house.clearingHouse, amount, reason: 'The backlog needs more than the free quota; the other house has it to spare.' });
      spend(amount);
    }
    const fromBuffer = capped(left);
    if (fromBuffer > 0n) {
      left -= fromBuffer;
      acts.push({ kind: 'INCREASE', toHouse: house.clearingHouse, amount: fromBuffer, reason: 'The backlog needs more than the free quota; the buffer has it above its minimum.' });
      spend(fromBuffer);
    }
    if (missing > 0n) acts.push({ kind: 'WARNING', toHouse: house.clearingHouse, amount: missing, reason: 'The backlog needs more than the free quota, and neither the other house nor the buffer may give it.' });
  }
  return acts;
}

function atLeastZero(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

function smallest(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((least, amount) => (amount < least ? amount : least));
}
