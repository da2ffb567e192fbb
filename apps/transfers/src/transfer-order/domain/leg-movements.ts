import { LegEffect } from '@jinku/contracts';

export interface LegMovement {
  readonly effect: LegEffect;
  readonly amountMinor: bigint;
}

/** What an order has done so far, each figure signed from our side. */
export interface OrderBalance {
  readonly payerMinor: bigint;
  readonly payeeMinor: bigint;
  /** Left the payer, not yet at the payee. */
  readonly inTransitMinor: bigint;
  /** Paid by a house out of the central reserve; settlement takes it there, inside the net. */
  readonly owedToHouseMinor: bigint;
}

/** Identity I5: whatever an order has done sums to zero over its legs; the difference of an open leg is in transit. */
export function balanceOf(movements: readonly LegMovement[]): OrderBalance {
  const total = (effect: LegEffect): bigint => movements.reduce((sum, one) => (one.effect === effect ? sum + one.amountMinor : sum), 0n);
  const [sent, arrived, paid, cameBack] = [total(LegEffect.SENT), total(LegEffect.ARRIVED), total(LegEffect.PAID_BY_HOUSE), total(LegEffect.CAME_BACK)];
  return { payerMinor: cameBack - sent, payeeMinor: arrived + paid, inTransitMinor: sent - arrived - cameBack, owedToHouseMinor: -paid };
}

export function sumsToZero({ payerMinor, payeeMinor, inTransitMinor, owedToHouseMinor }: OrderBalance): boolean {
  return payerMinor + payeeMinor + inTransitMinor + owedToHouseMinor === 0n;
}
