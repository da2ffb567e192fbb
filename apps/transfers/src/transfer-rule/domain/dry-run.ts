import { businessDateOf, startOfBusinessDate, type BusinessDate, type HolidayTable } from '@jinku/calendar';
import { judgeRule, QUIET_REASONS, type JudgeLimits, type RuleJudgement } from './judge-rule.ts';
import { nextDueAt } from './schedule.ts';
import { scheduleOf, type TransferRuleContent } from './transfer-rule.ts';

export interface PastObservation {
  readonly balanceMinor: bigint;
  readonly asOf: Date;
}

export interface DryRunStep {
  readonly at: Date;
  readonly observedMinor: bigint | null;
  /** What was observed less what the dry run had ordered before. */
  readonly projectedMinor: bigint | null;
  readonly judgement: RuleJudgement;
}

export interface DryRunGiven {
  readonly content: TransferRuleContent;
  /** In the order of their time. */
  readonly observations: readonly PastObservation[];
  /** The first and the last business date. */
  readonly from: BusinessDate;
  readonly until: Date;
  readonly limits: JudgeLimits;
  readonly holidays: HolidayTable;
}

/**
 * What a rule would have done on past days, had what it ordered left at once and nothing else been different. Steps that say the same as the one
 * before, and those that go without saying, are left out.
 */
export function dryRun(given: DryRunGiven): DryRunStep[] {
  const steps: DryRunStep[] = [];
  const movedOn = new Map<string, bigint>();
  let orderedMinor = 0n;
  for (const { at, position } of momentsOf(given)) {
    const businessDate = businessDateOf(at);
    const movedTodayMinor = movedOn.get(businessDate) ?? 0n;
    const seen = position === null ? null : { observedMinor: position.balanceMinor, openOutgoingMinor: orderedMinor, asOf: position.asOf };
    const judgement = judgeRule(given.content, { position: seen, hasOpenOrder: false, lastFailedAt: null, movedTodayMinor, at, businessDate }, given.limits);
    if (isWorthTelling(steps.at(-1)?.judgement, judgement)) {
      const observedMinor = position?.balanceMinor ?? null;
      steps.push({ at, observedMinor, projectedMinor: observedMinor === null ? null : observedMinor - orderedMinor, judgement });
    }
    if (!judgement.isOrdered) continue;
    movedOn.set(businessDate, movedTodayMinor + judgement.amountMinor);
    orderedMinor += judgement.amountMinor;
  }
  return steps;
}

interface Moment {
  readonly at: Date;
  readonly position: PastObservation | null;
}

/** When the rule would have been judged: at each observation, or at each time of its schedule with the last observation before it. */
function momentsOf({ content, observations, from, until, holidays }: DryRunGiven): Moment[] {
  const schedule = scheduleOf(content);
  if (schedule === null) return observations.map((position) => ({ at: position.asOf, position }));
  const moments: Moment[] = [];
  let next = 0;
  let at = nextDueAt(schedule, new Date(startOfBusinessDate(from).getTime() - 1), holidays);
  while (at !== null && at < until) {
    const due = at;
    while (next < observations.length && (observations[next]?.asOf ?? due) <= due) next += 1;
    moments.push({ at: due, position: observations[next - 1] ?? null });
    at = nextDueAt(schedule, due, holidays);
  }
  return moments;
}

function isWorthTelling(last: RuleJudgement | undefined, now: RuleJudgement): boolean {
  if (now.isOrdered) return true;
  const isSame = last !== undefined && !last.isOrdered && last.because === now.because;
  return !isSame && !QUIET_REASONS.includes(now.because);
}
