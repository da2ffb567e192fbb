import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { QuotaRail } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { QUOTAS_CONFIG, RAILS, type QuotasConfig } from '../../config.ts';
import { ReadSessions } from '../../session/jobs/read-sessions.ts';
import { QuotaSource } from '../domain/quota.ts';
import { RecordQuotaObservation } from '../use-cases/record-quota-observation.ts';

/** Asks each clearing house for its quota figures, and how its sessions stand. An answer that is not definite changes nothing: the figure grows older on the board. */
@Injectable()
export class CollectQuota implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly recordQuotaObservation: RecordQuotaObservation,
    private readonly readSessions: ReadSessions,
    @Inject(RAILS) private readonly rails: readonly QuotaRail[],
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'quotas.collect', sweepEveryMs: this.config.pollMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    for (const rail of this.rails) {
      const askedAt = this.clock.now();
      const reading = await rail.readQuota();
      if (reading.mappedMinor === null || reading.availableMinor === null || reading.asOf === null) {
        this.log.warn('quota-not-read', { clearingHouse: rail.clearingHouse, detail: reading.detail });
        continue;
      }
      // In this order: what is known of settlements is at least as new as the figure that may hold them.
      const isSettlementKnown = await this.readSessions.run(rail.clearingHouse);
      await this.recordQuotaObservation.execute({
        isSettlementKnown,
        clearingHouse: rail.clearingHouse,
        mapped: reading.mappedMinor,
        railAvailable: reading.availableMinor,
        source: QuotaSource.QUERY,
        asOf: reading.asOf,
        askedAt,
      });
    }
  }
}
