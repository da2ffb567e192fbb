import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { QuotaRail, RailAnswer } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QUOTAS_CONFIG, RAILS, type QuotasConfig } from '../../config.ts';
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
    @Inject(RAILS) private readonly rails: readonly QuotaRail[],
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: ADJUST_BELL, sweepEveryMs: this.config.adjustmentPollMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    for (const adjustment of await this.adjustments.listPlanned(this.database, ADJUSTMENTS_PER_RUN_MAX)) await this.#send(adjustment);
    const wallNow = new Date(this.clock.wallNow());
    for (const adjustment of await this.adjustments.listDue(this.database, { wallNow, limit: ADJUSTMENTS_PER_RUN_MAX })) await this.#inquire(adjustment);
  }

  async #send(adjustment: QuotaAdjustment): Promise<void> {
    const rail = this.#railOf(adjustment);
    if (rail === undefined) return;
    const instruction = await this.instruct.execute(adjustment);
    if (instruction === null) return;
    const answer = await rail.adjustQuota(instruction, { timeoutMs: this.config.callTimeoutMs });
    await this.#record(instruction.serialNumber, 'ANSWER', answer);
  }

  async #inquire(adjustment: QuotaAdjustment): Promise<void> {
    const rail = this.#railOf(adjustment);
    if (rail === undefined || adjustment.serialNumber === null) return;
    await this.#record(adjustment.serialNumber, 'INQUIRY', await rail.inquireQuotaAdjustment(adjustment.serialNumber, { timeoutMs: this.config.callTimeoutMs }));
  }

  #railOf({ clearingHouse }: QuotaAdjustment): QuotaRail | undefined {
    return this.rails.find((rail) => rail.clearingHouse === clearingHouse);
  }

  async #record(serialNumber: string, source: 'ANSWER' | 'INQUIRY', answer: RailAnswer): Promise<void> {
    const { outcome, code, railReference = null, amountMinor = null } = answer;
    await this.database.transaction((tx) => this.recordOutcome.execute(tx, { serialNumber, source, outcome, code, railReference, amountMinor }));
    if (outcome === 'SUCCEEDED') this.doorbells.ring('quotas.collect');
  }
}
