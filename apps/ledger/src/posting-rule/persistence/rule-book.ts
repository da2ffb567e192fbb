import { Injectable, type OnModuleInit } from '@nestjs/common';
import { invariant } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import type { RuleVersion } from '../domain/posting-rule.ts';
import { POSTING_RULES } from '../domain/posting-rules.ts';
import { faultsOf, versionInForce, type ScheduledRule } from '../domain/rule-schedule.ts';
import { RuleScheduleRepository } from './rule-schedule.repository.ts';

/** The schedule of posting rules, read once: only a migration changes it, and that comes with a start. */
@Injectable()
export class RuleBook implements OnModuleInit {
  #schedule: readonly ScheduledRule[] = [];

  constructor(
    private readonly database: Database,
    private readonly schedules: RuleScheduleRepository,
  ) {}

  /** Refuses to start on a schedule that the code cannot carry out. */
  async onModuleInit(): Promise<void> {
    this.#schedule = await this.schedules.all(this.database);
    const faults = faultsOf(this.#schedule, Object.keys(POSTING_RULES));
    invariant(faults.length === 0, `the posting rules fit their schedule: ${faults.join('; ')}`);
  }

  get schedule(): readonly ScheduledRule[] {
    return this.#schedule;
  }

  readonly versionOf: RuleVersion = (kind, on) => versionInForce(this.#schedule, { kind, on });
}
