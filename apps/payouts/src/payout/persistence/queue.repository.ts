import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { NewPayout } from '../domain/payout.ts';

/**
 * The waiting payouts of all shards. A payout is QUEUED exactly while it has a row here or among the deferred ones; whoever deletes the row, in
 * the transaction that moves the payout, has it.
 */
@Injectable()
export class QueueRepository {
  async insertMany(tx: Tx, payouts: readonly NewPayout[]): Promise<void> {
    await tx.execute(
      `INSERT INTO queue_entry (payout_id, shard, dispatch_order, amount_minor, latest_by)
       SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bigint[], $5::timestamptz[])`,
      [
        payouts.map((p) => p.payoutId),
        payouts.map((p) => p.shard),
        payouts.map((p) => p.dispatchOrder),
        payouts.map((p) => p.amountMinor),
        payouts.map((p) => p.latestBy),
      ],
    );
  }

  /**
   * Takes the first payouts of a shard, strictly in order, as long as their running sum stays within the free quota: a large one at the head waits for
   * quota and nothing behind it may use up what it waits for. A row that an operator has just locked is passed over.
   */
  async claim(tx: Tx, given: { shard: number; countMax: number; freeMinor: bigint; now: Date }): Promise<string[]> {
    const rows = await tx.query<{ payoutId: string }>(
      `WITH head AS MATERIALIZED (
         SELECT payout_id, dispatch_order, amount_minor FROM queue_entry
         WHERE shard = $1 AND (latest_by IS NULL OR latest_by > $4)
         ORDER BY shard, dispatch_order, payout_id LIMIT $2 FOR UPDATE SKIP LOCKED
       ), running AS (
         SELECT payout_id, sum(amount_minor) OVER (ORDER BY dispatch_order, payout_id ROWS UNBOUNDED PRECEDING) AS total FROM head
       )
       DELETE FROM queue_entry WHERE payout_id = ANY(ARRAY(SELECT payout_id FROM running WHERE total <= $3::bigint)) RETURNING payout_id AS "payoutId"`,
      [given.shard, given.countMax, given.freeMinor, given.now],
    );
    return rows.map((row) => row.payoutId);
  }

  async hasWaiting(database: Queryable, shard: number): Promise<boolean> {
    const rows = await database.query('SELECT 1 FROM queue_entry WHERE shard = $1 LIMIT 1', [shard]);
    return rows.length > 0;
  }

  /** Takes one payout out, wherever it waits; false when it does not wait any more. */
  async remove(tx: Tx, payoutId: string): Promise<boolean> {
    const rows = await tx.query<{ payout_id: string }>(
      `WITH q AS (DELETE FROM queue_entry WHERE payout_id = $1 RETURNING payout_id),
            d AS (DELETE FROM deferred_entry WHERE payout_id = $1 RETURNING payout_id)
       SELECT payout_id FROM q UNION ALL SELECT payout_id FROM d`,
      [payoutId],
    );
    return rows.length > 0;
  }

  /** Puts payouts back at their old place: at once, or after a delay. */
  async defer(tx: Tx, entries: readonly { payoutId: string; dueAt: Date }[]): Promise<void> {
    await tx.execute(
      `INSERT INTO deferred_entry (payout_id, shard, dispatch_order, amount_minor, latest_by, due_at)
       SELECT p.payout_id, p.shard, p.dispatch_order, p.amount_minor, p.latest_by, e.due_at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS e(payout_id, due_at) JOIN payout p ON p.payout_id = e.payout_id`,
      [entries.map((entry) => entry.payoutId), entries.map((entry) => entry.dueAt)],
    );
  }

  async putBack(tx: Tx, payoutId: string): Promise<void> {
    await tx.execute(
      `INSERT INTO queue_entry (payout_id, shard, dispatch_order, amount_minor, latest_by)
       SELECT payout_id, shard, dispatch_order, amount_minor, latest_by FROM payout WHERE payout_id = $1`,
      [payoutId],
    );
  }

  /** Deferred payouts whose time has come stand in the queue again; answers how many. */
  async undefer(tx: Tx, given: { now: Date; countMax: number }): Promise<number> {
    return tx.execute(
      `WITH due AS (
         DELETE FROM deferred_entry WHERE payout_id = ANY(ARRAY(
           SELECT payout_id FROM deferred_entry WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING payout_id, shard, dispatch_order, amount_minor, latest_by
       )
       INSERT INTO queue_entry (payout_id, shard, dispatch_order, amount_minor, latest_by) SELECT * FROM due`,
      [given.now, given.countMax],
    );
  }

  /** Takes out what waited past its latest time. */
  async takeExpired(tx: Tx, given: { now: Date; countMax: number }): Promise<string[]> {
    const rows = await tx.query<{ payoutId: string }>(
      `WITH q AS (DELETE FROM queue_entry WHERE payout_id = ANY(ARRAY(
                    SELECT payout_id FROM queue_entry WHERE latest_by <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING payout_id),
            d AS (DELETE FROM deferred_entry WHERE payout_id = ANY(ARRAY(
                    SELECT payout_id FROM deferred_entry WHERE latest_by <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING payout_id)
       SELECT payout_id AS "payoutId" FROM q UNION ALL SELECT payout_id FROM d`,
      [given.now, given.countMax],
    );
    return rows.map((row) => row.payoutId);
  }

  /** What waits in each shard: count and sum. Reads the whole queue, so callers space it by what it cost. */
  async backlog(database: Queryable): Promise<{ shard: number; count: bigint; amountMinor: bigint }[]> {
    return database.query(
      `SELECT shard, count(*) AS count, sum(amount_minor)::bigint AS "amountMinor"
       FROM (SELECT shard, amount_minor FROM queue_entry UNION ALL SELECT shard, amount_minor FROM deferred_entry) AS waiting GROUP BY shard`,
    );
  }
}
