import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { QuotaRail, RailAnswer } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QUOTAS_CONFIG, RAILS, type QuotasConfig } from '../../config.ts';
import { CollectQuota } from '../../quota/jobs/collect-quota.ts';
import type { QuotaAdjustment } from '../domain/quota-adjustment.ts';
import { AdjustmentRepository } from '../persistence/adjustment.repository.ts';
import { InstructAdjustment } from '../use-cases/instruct-adjustment.ts';
import { RecordAdjustmentOutcome } from '../use-cases/record-adjustment-outcome.ts';

export const ADJUST_BELL = 'quotas.adjust';
const ADJUSTMENTS_PER_RUN_MAX = 50;

/** Sends the adjustments that may leave, each once, and asks about those that have no result. */
@Injectable()
export class AdjustQuota implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly database: Database,
    private readonly adjustments: AdjustmentRepository,
    private readonly instruct: InstructAdjustment,
    private readonly recordOutcome: RecordAdjustmentOutcome,
    private readonly collectQuota: CollectQuota,
    @Inject(RAILS) private readonly rails: readonly QuotaRail[],
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: ADJUST_BELL, sweepEveryMs: this.config.adjustmentPollMs, run: () => this.run() });
  }

  /** The houses side by side: one that does not answer holds up no other's adjustments. */
  async run(): Promise<void> {
    const planned = await this.adjustments.listPlanned(this.database, ADJUSTMENTS_PER_RUN_MAX);
    await this.#atEachHouse(planned, (rail, adjustment) => this.#send(rail, adjustment));
    const due = await this.adjustments.listDue(this.database, { wallNow: new Date(this.clock.wallNow()), limit: ADJUSTMENTS_PER_RUN_MAX });
    await this.#atEachHouse(due, (rail, adjustment) => this.#inquire(rail, adjustment));
  }

  async #atEachHouse(adjustments: readonly QuotaAdjustment[], work: (rail: QuotaRail, adjustment: QuotaAdjustment) => Promise<void>): Promise<void> {
    await Promise.all(
      this.rails.map(async (rail) => {
        for (const adjustment of adjustments.filter(({ clearingHouse }) => clearingHouse === rail.clearingHouse)) await work(rail, adjustment);
      }),
    );
  }

  async #send(rail: QuotaRail, adjustment: QuotaAdjustment): Promise<void> {
    const instruction = await this.instruct.execute(adjustment);
    if (instruction === null) return;
    const answer = await rail.adjustQuota(instruction, { timeoutMs: this.config.callTimeoutMs });
    await this.#record(rail, { serialNumber: instruction.serialNumber, source: 'ANSWER', answer });
  }

  async #inquire(rail: QuotaRail, { serialNumber }: QuotaAdjustment): Promise<void> {
    if (serialNumber === null) return;
    const answer = await rail.inquireQuotaAdjustment(serialNumber, { timeoutMs: this.config.callTimeoutMs });
    await this.#record(rail, { serialNumber, source: 'INQUIRY', answer });
  }

  async #record({ clearingHouse }: QuotaRail, given: { serialNumber: string; source: 'ANSWER' | 'INQUIRY'; answer: RailAnswer }): Promise<void> {
    const { serialNumber, source, answer } = given;
    const { outcome, code, railReference = null, amountMinor = null } = answer;
    await this.database.transaction((tx) => this.recordOutcome.execute(tx, { serialNumber, source, outcome, code, railReference, amountMinor }));
    if (outcome === 'SUCCEEDED') this.collectQuota.ring(clearingHouse);
  }
}
