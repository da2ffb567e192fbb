import { Inject, Injectable } from '@nestjs/common';
import { addDays, businessDateOf, type Clock } from '@jinku/calendar';
import { grantUsageReportedV1, type GrantUsageReportedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, Metrics } from '@jinku/service';
import { HouseLines } from '../../attempt/use-cases/house-lines.ts';
import { QueueNeed } from '../domain/queue-need.ts';
import { GrantRepository, type ShardGrant } from '../persistence/grant.repository.ts';
import { ReadBacklog } from './read-backlog.ts';

/** Successes of older clearing dates do not come any more; what was told of them stands. */
const DATES_TOLD_BACK = 10;

/** Tells quotas what the shards led here have done with their grants and what they need, when it has changed. */
@Injectable()
export class ReportGrantUsage {
  readonly #told = new Map<string, string>();
  readonly #depth;

  constructor(
    private readonly database: Database,
    private readonly grants: GrantRepository,
    private readonly backlog: ReadBacklog,
    private readonly need: QueueNeed,
    private readonly lines: HouseLines,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.#depth = metrics.gauge('payout_queue_depth', 'Payouts that wait, by shard.', ['shard']);
  }

  async execute(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    await this.backlog.execute();
    for (const shard of shards) this.#depth.set({ shard: String(shard) }, Number(this.need.countOf(shard)));
    const seen = await this.grants.ofShards(this.database, this.lines.houses, shards);
    if (seen.every((grant) => this.#told.get(grant.grantId) === this.#stateOf(grant))) return;
    const told = await this.database.transaction(async (tx) => {
      const grants = await this.grants.ofShards(tx, this.lines.houses, shards);
      const changed = grants.filter((grant) => this.#told.get(grant.grantId) !== this.#stateOf(grant));
      await this.tell(tx, changed);
      return changed.map((grant) => [grant.grantId, this.#stateOf(grant)] as const);
    });
    for (const [grantId, state] of told) this.#told.set(grantId, state);
  }

  /** Tells these grants as they stand in this transaction. */
  async tell(tx: Tx, grants: readonly ShardGrant[]): Promise<void> {
    const now = this.clock.now();
    const reportedAt = now.toISOString();
    const totals = await this.grants.dateTotals(tx, grants.map(({ grantId }) => grantId), addDays(businessDateOf(now), -DATES_TOLD_BACK));
    const reports: GrantUsageReportedV1[] = grants.map((grant) => ({
      grantId: grant.grantId,
      shard: grant.shard,
      clearingHouse: grant.clearingHouse,
      epoch: Number(grant.epoch),
      grantedTotal: formatAmount(grant.grantedTotal),
      consumedTotal: formatAmount(grant.consumedTotal),
      reserved: formatAmount(grant.reserved),
      need: formatAmount(this.need.of(grant.clearingHouse, grant.shard)),
      consumedByDate: totals
        .filter(({ grantId }) => grantId === grant.grantId)
        .map(({ clearingDate, total, count }) => ({ clearingDate, total: formatAmount(total), count: Number(count) })),
      reportedAt,
    }));
    await this.outbox.addMany(tx, grantUsageReportedV1, reports);
  }

  #stateOf(grant: ShardGrant): string {
    return `${grant.movementSequence}/${this.need.of(grant.clearingHouse, grant.shard)}`;
  }
}
