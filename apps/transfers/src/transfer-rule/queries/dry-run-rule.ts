import { Inject, Injectable } from '@nestjs/common';
import { addDays, daysBetween, startOfBusinessDate, type BusinessDate, type Clock } from '@jinku/calendar';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { HOLIDAYS, TRANSFERS_CONFIG, type TransfersConfig } from '../../config.ts';
import { dryRun, type DryRunStep } from '../domain/dry-run.ts';
import { RULE_REFUSALS } from '../domain/rule-refusals.ts';
import type { TransferRuleContent } from '../domain/transfer-rule.ts';
import { TransferRuleRepository } from '../persistence/transfer-rule.repository.ts';

const DRY_RUN_DAYS_MAX = 31;
/** More than an observation every second minute of all days. */
const OBSERVATIONS_MAX = 50_000;
const STEPS_MAX = 1_000;

export interface DryRunView {
  readonly observations: number;
  readonly orders: number;
  readonly ordered: string;
  /** False: there is more than is looked at, or shown. */
  readonly isComplete: boolean;
  readonly steps: readonly {
    readonly at: string;
    readonly observed: string | null;
    readonly projected: string | null;
    readonly amount: string | null;
    readonly code: string | null;
  }[];
}

/** What a rule would have done on past days, on the positions that were observed then. Nothing is written. */
@Injectable()
export class DryRunRule {
  constructor(
    private readonly database: Database,
    private readonly rules: TransferRuleRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
  ) {}

  async execute(content: TransferRuleContent, { from, to }: { from: BusinessDate; to: BusinessDate }): Promise<DryRunView> {
    const now = this.clock.now();
    const days = daysBetween({ from, to }) + 1;
    if (days < 1 || days > DRY_RUN_DAYS_MAX || startOfBusinessDate(to) > now) {
      throw RULE_REFUSALS.DRY_RUN_TOO_LONG({ violations: [{ field: 'to', rule: `is a day that has begun, from 0 to ${DRY_RUN_DAYS_MAX - 1} days after from` }] });
    }
    const end = startOfBusinessDate(addDays(to, 1));
    // What was observed at this very moment is past as well.
    const until = end > now ? new Date(now.getTime() + 1) : end;
    const observations = await this.rules.observationsOf(this.database, content.payerAccountId, { from: startOfBusinessDate(from), until, limit: OBSERVATIONS_MAX });
    const steps = dryRun({ content, observations, from, until, limits: this.config, holidays: HOLIDAYS });
    const ordered = steps.flatMap(({ judgement }) => (judgement.isOrdered ? [judgement.amountMinor] : []));
    return {
      observations: observations.length,
      orders: ordered.length,
      ordered: formatAmount(ordered.reduce((total, amount) => total + amount, 0n)),
      isComplete: observations.length < OBSERVATIONS_MAX && steps.length <= STEPS_MAX,
      steps: steps.slice(0, STEPS_MAX).map(stepView),
    };
  }
}

function stepView({ at, observedMinor, projectedMinor, judgement }: DryRunStep): DryRunView['steps'][number] {
  return {
    at: at.toISOString(),
    observed: observedMinor === null ? null : formatAmount(observedMinor),
    projected: projectedMinor === null ? null : formatAmount(projectedMinor),
    amount: judgement.isOrdered ? formatAmount(judgement.amountMinor) : null,
    code: judgement.isOrdered ? null : judgement.because,
  };
}
