import type { Position } from '../../account/domain/position.ts';
import { isTooOld, projectedMinor } from '../../account/domain/position.ts';
import { retainedAmount } from './retained-amount.ts';
import { isInForce, termsOf, type TransferRuleContent } from './transfer-rule.ts';

/** What a judgement may come to but an order; a refusal of the order itself has the code of that refusal. */
export type NotOrderedBecause =
  | 'NOT_IN_FORCE'
  | 'ORDER_OPEN'
  | 'COOLING_DOWN'
  | 'POSITION_UNKNOWN'
  | 'POSITION_TOO_OLD'
  | 'BELOW_CEILING'
  | 'RETAINED_AMOUNT'
  | 'BELOW_MINIMUM'
  | 'DAILY_CAP';

export type RuleJudgement = { readonly isOrdered: true; readonly amountMinor: bigint } | { readonly isOrdered: false; readonly because: NotOrderedBecause };

export interface JudgedOn {
  readonly position: Pick<Position, 'observedMinor' | 'openOutgoingMinor' | 'asOf'> | null;
  readonly hasOpenOrder: boolean;
  readonly movedTodayMinor: bigint;
  readonly lastFailedAt: Date | null;
  readonly at: Date;
  readonly businessDate: string;
}

export interface JudgeLimits {
  readonly positionAgeMaxMs: number;
  readonly ruleCoolDownMs: number;
}

/** What goes without saying: it is not put on record at each observation. */
export const QUIET_REASONS: readonly string[] = ['NOT_IN_FORCE', 'ORDER_OPEN', 'BELOW_CEILING'] satisfies readonly NotOrderedBecause[];

/** Whether a rule orders now, and how much. */
export function judgeRule(content: TransferRuleContent, on: JudgedOn, limits: JudgeLimits): RuleJudgement {
  if (!isInForce(content, on.businessDate)) return not('NOT_IN_FORCE');
  if (on.hasOpenOrder) return not('ORDER_OPEN');
  if (on.lastFailedAt !== null && on.at.getTime() - on.lastFailedAt.getTime() < limits.ruleCoolDownMs) return not('COOLING_DOWN');
  const terms = termsOf(content);
  const { movedTodayMinor, position } = on;
  // A fixed amount that nothing is to be retained beside, such as fee income out of the reserve, asks for no position.
  if (terms.fixedMinor !== null && terms.payerCeilingMinor === null && terms.retainMinor === 0n) {
    return retainedAmount(terms, { projectedMinor: terms.fixedMinor, movedTodayMinor });
  }
  if (position === null) return not('POSITION_UNKNOWN');
  if (isTooOld(position, { at: on.at, ageMaxMs: limits.positionAgeMaxMs })) return not('POSITION_TOO_OLD');
  return retainedAmount(terms, { projectedMinor: projectedMinor(position), movedTodayMinor });
}

function not(because: NotOrderedBecause): RuleJudgement {
  return { isOrdered: false, because };
}
