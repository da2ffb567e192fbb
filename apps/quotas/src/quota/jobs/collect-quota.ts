import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { QuotaRail } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { Doorbells } from '@jinku/jobs';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { QUOTAS_CONFIG, RAILS, type QuotasConfig } from '../../config.ts';
import { ReadSessions } from '../../session/jobs/read-sessions.ts';
import { QuotaSource } from '../domain/quota.ts';
import { RecordQuotaObservation } from '../use-cases/record-quota-observation.ts';

/** Asks each clearing house by itself for its quota figures, and how its sessions stand. An answer that is not definite changes nothing: the figure grows older on the board. */
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

  /** A bell for each house: one that does not answer keeps no other's figure off the board. */
  onModuleInit(): void {
    for (const rail of this.rails) this.doorbells.register({ name: bellOf(rail.clearingHouse), sweepEveryMs: this.config.pollMs, run: () => this.#collect(rail) });
  }

  /** Asks a house as soon as may be, or all of them. */
  ring(clearingHouse?: ClearingHouse): void {
    for (const rail of this.rails) {
      if (clearingHouse === undefined || rail.clearingHouse === clearingHouse) this.doorbells.ring(bellOf(rail.clearingHouse));
    }
  }

  async run(): Promise<void> {
    await Promise.all(this.rails.map((rail) => this.#collect(rail)));
  }

  async #collect(rail: QuotaRail): Promise<void> {
    const { clearingHouse } = rail;
    const askedAt = this.clock.now();
    const reading = await rail.readQuota({ timeoutMs: this.config.callTimeoutMs });
    if (reading.mappedMinor === null || reading.availableMinor === null || reading.asOf === null) {
      this.log.warn('quota-not-read', { clearingHouse, detail: reading.detail });
      return;
    }
    // In this order: what is known of settlements is at least as new as the figure that may hold them.
    const isSettlementKnown = await this.readSessions.run(clearingHouse);
    await this.recordQuotaObservation.execute({
      isSettlementKnown,
      clearingHouse,
      mapped: reading.mappedMinor,
      railAvailable: reading.availableMinor,
      source: QuotaSource.QUERY,
      asOf: reading.asOf,
      askedAt,
    });
  }
}

function bellOf(clearingHouse: ClearingHouse): string {
  return `quotas.collect.${clearingHouse}`;
}
