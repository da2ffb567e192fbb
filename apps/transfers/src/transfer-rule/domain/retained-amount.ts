import { divideFloor } from '@jinku/money';

/** What a rule lets leave. Amounts are fen. */
export interface RetainedAmountTerms {
  /** With a threshold: nothing leaves while the payer holds less. */
  readonly payerCeilingMinor: bigint | null;
  /** What the payer keeps, whatever happens (预留金额, `payerFloor`). */
  readonly retainMinor: bigint;
  /** Null: everything above the retained amount. */
  readonly fixedMinor: bigint | null;
  /** An order below it is not made. */
  readonly minimumMinor: bigint;
  readonly maximumMinor: bigint | null;
  /** A variable amount is a multiple of it, rounded down. */
  readonly roundingUnitMinor: bigint;
  /** What all orders of the rule may move on one business date. */
  readonly dailyCapMinor: bigint | null;
}

export type RetainedAmount =
  | { readonly isOrdered: true; readonly amountMinor: bigint }
  | { readonly isOrdered: false; readonly because: 'BELOW_CEILING' | 'RETAINED_AMOUNT' | 'BELOW_MINIMUM' | 'DAILY_CAP' };

/**
 * The retained-amount rule: how much leaves a payer that is projected to hold `projectedMinor`, when `movedTodayMinor` of the rule has been ordered on this
 * business date. What stays is never below the retained amount.
 */
export function retainedAmount(terms: RetainedAmountTerms, held: { projectedMinor: bigint; movedTodayMinor: bigint }): RetainedAmount {
  if (terms.payerCeilingMinor !== null && held.projectedMinor < terms.payerCeilingMinor) return { isOrdered: false, because: 'BELOW_CEILING' };
  const mayLeave = held.projectedMinor - terms.retainMinor;
  if (mayLeave <= 0n) return { isOrdered: false, because: 'RETAINED_AMOUNT' };
  const capLeft = terms.dailyCapMinor === null ? null : terms.dailyCapMinor - held.movedTodayMinor;
  return terms.fixedMinor === null ? everythingAbove(terms, { mayLeave, capLeft }) : fixed(terms.fixedMinor, { mayLeave, capLeft });
}

/** A fixed amount leaves whole or not at all. */
function fixed(amountMinor: bigint, { mayLeave, capLeft }: { mayLeave: bigint; capLeft: bigint | null }): RetainedAmount {
  if (amountMinor > mayLeave) return { isOrdered: false, because: 'RETAINED_AMOUNT' };
  if (capLeft !== null && amountMinor > capLeft) return { isOrdered: false, because: 'DAILY_CAP' };
  return { isOrdered: true, amountMinor };
}

function everythingAbove(terms: RetainedAmountTerms, { mayLeave, capLeft }: { mayLeave: bigint; capLeft: bigint | null }): RetainedAmount {
  const { maximumMinor, minimumMinor, roundingUnitMinor } = terms;
  if (capLeft !== null && capLeft < minimumMinor) return { isOrdered: false, because: 'DAILY_CAP' };
  const upTo = [mayLeave, maximumMinor, capLeft].filter((limit) => limit !== null).reduce((least, limit) => (limit < least ? limit : least));
  const amountMinor = divideFloor(upTo, 1n, roundingUnitMinor) * roundingUnitMinor;
  if (amountMinor < minimumMinor || amountMinor <= 0n) return { isOrdered: false, because: 'BELOW_MINIMUM' };
  return { isOrdered: true, amountMinor };
}
