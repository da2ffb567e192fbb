import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { TRANSFERS_CONFIG, type TransfersConfig } from '../../config.ts';
import { TransferRuleRepository } from '../persistence/transfer-rule.repository.ts';
import { JudgeRules } from '../use-cases/judge-rules.ts';

/** Schedules whose time has come; and thresholds once more, for what a message about a position could not order then, such as after a cool-down. */
@Injectable()
export class RunDueRules implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly database: Database,
    private readonly rules: TransferRuleRepository,
    private readonly judge: JudgeRules,
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'transfers.judge-rules', sweepEveryMs: this.config.ruleSweepMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    for (const rule of await this.rules.listDue(this.database, this.clock.now())) await this.database.transaction((tx) => this.judge.onDue(tx, rule));
    for (const payer of await this.rules.listPayersOfThresholds(this.database)) await this.database.transaction((tx) => this.judge.onPosition(tx, payer));
  }
}
