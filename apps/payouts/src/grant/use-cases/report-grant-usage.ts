import { Inject, Injectable } from '@nestjs/common';
import { addDays, businessDateOf, type Clock } from '@jinku/calendar';
import { grantUsageReportedV1, type ClearingHouse, type GrantUsageReportedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, Metrics } from '@jinku/service';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import { QueueNeed } from '../domain/queue-need.ts';
import { GrantRepository, type ShardGrant } from '../persistence/grant.repository.ts';

const CLEARING_HOUSE: ClearingHouse = 'NETSUNION';
/** Reading the queue may take one part in so many of the time. */
const READ_SHARE = 20;
/** Successes of older clearing dates do not come any more; what was told of them stands. */
const DATES_TOLD_BACK = 10;

/** Tells quotas what the shards led here have done with their grants and what they need, when it has changed. */
@Injectable()
export class ReportGrantUsage {
  readonly #told = new Map<string, string>();
  readonly #depth;
  #readAgainAt = 0;

  constructor(
    private readonly database: Database,
    private readonly grants: GrantRepository,
    private readonly queue: QueueRepository,
    private readonly need: QueueNeed,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.#depth = metrics.gauge('payout_queue_depth', 'Payouts that wait, by shard.', ['shard']);
  }

  async execute(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    await this.#readNeed(shards);
    const seen = await this.grants.ofShards(this.database, CLEARING_HOUSE, shards);
    if (seen.every((grant) => this.#told.get(grant.grantId) === this.#stateOf(grant))) return;
    const told = await this.database.transaction(async (tx) => {
      const grants = await this.grants.ofShards(tx, CLEARING_HOUSE, shards);
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
      need: formatAmount(this.need.of(grant.shard)),
      consumedByDate: totals
        .filter(({ grantId }) => grantId === grant.grantId)
        .map(({ clearingDate, total, count }) => ({ clearingDate, total: formatAmount(total), count: Number(count) })),
      reportedAt,
    }));
    await this.outbox.addMany(tx, grantUsageReportedV1, reports);
  }

  async #readNeed(shards: readonly number[]): Promise<void> {
    if (performance.now() < this.#readAgainAt) return;
    const startedAt = performance.now();
    const backlog = await this.queue.backlog(this.database);
    this.#readAgainAt = performance.now() + (performance.now() - startedAt) * READ_SHARE;
    this.need.replace(new Map(backlog.map(({ shard, amountMinor }) => [shard, amountMinor])));
    for (const shard of shards) this.#depth.set({ shard: String(shard) }, Number(backlog.find((one) => one.shard === shard)?.count ?? 0n));
  }

  #stateOf(grant: ShardGrant): string {
    return `${grant.movementSequence}/${this.need.of(grant.shard)}`;
  }
}
