import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { AsideGroup, WaitingPayout } from '../../route/domain/route-choice.ts';
import type { NewPayout } from '../domain/payout.ts';

/** No amount is larger. */
const LARGEST_MINOR = 9_223_372_036_854_775_807n;
/** The smallest are looked for among the first so many. */
const SMALL_AMONG = 1_000;
const COLUMNS = 'payout_id, shard, dispatch_order, amount_minor, latest_by, business_line, bank_code';

/**
 * The waiting payouts of all shards. A payout is QUEUED exactly while it has a row here or among the deferred ones; whoever deletes the row, in
 * the transaction that moves the payout, has it.
 */
@Injectable()
export class QueueRepository {
  async insertMany(tx: Tx, payouts: readonly NewPayout[]): Promise<void> {
    await tx.execute(
      `INSERT INTO queue_entry (${COLUMNS})
       SELECT unnest($1::uuid[]), unnest($2::smallint[]), unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::timestamptz[]), unnest($6::text[]), unnest($7::text[])`,
      [
        payouts.map((p) => p.payoutId),
        payouts.map((p) => p.shard),
        payouts.map((p) => p.dispatchOrder),
        payouts.map((p) => p.amountMinor),
        payouts.map((p) => p.latestBy),
        payouts.map((p) => p.businessLine),
        payouts.map((p) => p.bankCode),
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

  /** The head of a shard's queue, in order, and not locked: `take` finds out what is still there. */
  async head(tx: Tx, given: { shard: number; countMax: number; now: Date }): Promise<WaitingPayout[]> {
    return tx.query(
      `SELECT payout_id AS "payoutId", amount_minor AS "amountMinor", business_line AS "businessLine", bank_code AS "bankCode" FROM queue_entry
       WHERE shard = $1 AND (latest_by IS NULL OR latest_by > $3) ORDER BY shard, dispatch_order, payout_id LIMIT $2`,
      [given.shard, given.countMax, given.now],
    );
  }

  /**
   * Takes these payouts out of the queue, and lets those with `waitsFor` step aside. Answers those that are the caller's now; a row that an operator
   * has just locked is passed over.
   */
  async take(tx: Tx, payoutIds: readonly string[], aside: readonly { payoutId: string; waitsFor: string }[]): Promise<{ taken: string[]; asideCount: number }> {
    const rows = await tx.query<{ payoutId: string; isAside: boolean }>(
      `WITH named AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS n(payout_id, waits_for)),
       gone AS (
         DELETE FROM queue_entry WHERE payout_id = ANY(ARRAY(SELECT payout_id FROM queue_entry WHERE payout_id = ANY($1::uuid[]) FOR UPDATE SKIP LOCKED))
         RETURNING ${COLUMNS}
       ), put AS (
         INSERT INTO deferred_entry (${COLUMNS}, waits_for) SELECT gone.*, n.waits_for FROM gone JOIN named n USING (payout_id) WHERE n.waits_for IS NOT NULL
       )
       SELECT gone.payout_id AS "payoutId", n.waits_for IS NOT NULL AS "isAside" FROM gone JOIN named n USING (payout_id)`,
      [[...payoutIds, ...aside.map(({ payoutId }) => payoutId)], [...payoutIds.map(() => null), ...aside.map(({ waitsFor }) => waitsFor)]],
    );
    const taken = rows.filter(({ isAside }) => !isAside).map(({ payoutId }) => payoutId);
    return { taken, asideCount: rows.length - taken.length };
  }

  /** What the payouts that stepped aside wait for: a few index look-ups, however many they are. */
  async asideGroups(tx: Tx, shard: number): Promise<AsideGroup[]> {
    return tx.query(
      `WITH RECURSIVE g AS (
         (SELECT waits_for, bank_code FROM deferred_entry WHERE shard = $1 AND waits_for IS NOT NULL ORDER BY shard, waits_for, bank_code LIMIT 1)
         UNION ALL
         SELECT n.waits_for, n.bank_code FROM g CROSS JOIN LATERAL (
           SELECT d.waits_for, d.bank_code FROM deferred_entry d
           WHERE d.shard = $1 AND d.waits_for IS NOT NULL AND (d.waits_for, d.bank_code) > (g.waits_for, g.bank_code)
           ORDER BY d.shard, d.waits_for, d.bank_code LIMIT 1) n
       ) SELECT waits_for AS "waitsFor", bank_code AS "bankCode" FROM g`,
      [shard],
    );
  }

  /** Puts the first of a group back at their places, as long as their running sum stays within the free quota; answers how many. */
  async returnAside(tx: Tx, group: AsideGroup & { shard: number; countMax: number; freeMinor: bigint; isSmallOnly: boolean }): Promise<number> {
    return tx.execute(
      `WITH first AS MATERIALIZED (
         SELECT payout_id, dispatch_order, amount_minor FROM deferred_entry WHERE shard = $1 AND waits_for = $2 AND bank_code = $3
         ORDER BY dispatch_order, payout_id LIMIT $4 FOR UPDATE SKIP LOCKED
       ), running AS (
         SELECT payout_id, sum(amount_minor) OVER (ORDER BY ${group.isSmallOnly ? 'amount_minor' : 'dispatch_order'}, payout_id ROWS UNBOUNDED PRECEDING) AS total,
           row_number() OVER (ORDER BY ${group.isSmallOnly ? 'amount_minor' : 'dispatch_order'}, payout_id) AS place FROM first
       ), gone AS (
         DELETE FROM deferred_entry WHERE payout_id = ANY(ARRAY(SELECT payout_id FROM running WHERE total <= $5::bigint AND place <= $6)) RETURNING ${COLUMNS}
       )
       INSERT INTO queue_entry (${COLUMNS}) SELECT * FROM gone`,
      [group.shard, group.waitsFor, group.bankCode, group.isSmallOnly ? SMALL_AMONG : group.countMax, group.freeMinor, group.countMax],
    );
  }

  /** The rules of a bank's routes have changed: whoever stepped aside is looked at again. Null for all banks. */
  async recallAside(tx: Tx, given: { bankCode: string | null; now: Date }): Promise<number> {
    return tx.execute('UPDATE deferred_entry SET waits_for = NULL, due_at = $2 WHERE waits_for IS NOT NULL AND ($1::text IS NULL OR bank_code = $1)', [given.bankCode, given.now]);
  }

  /** In the queue, or aside: what stepped aside comes back with a claim. */
  async hasWaiting(database: Queryable, shard: number): Promise<boolean> {
    const rows = await database.query(
      'SELECT 1 FROM queue_entry WHERE shard = $1 UNION ALL SELECT 1 FROM deferred_entry WHERE shard = $1 AND waits_for IS NOT NULL LIMIT 1',
      [shard],
    );
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
      `INSERT INTO deferred_entry (${COLUMNS}, due_at)
       SELECT ${COLUMNS}, e.due_at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS e(payout_id, due_at) JOIN payout USING (payout_id)`,
      [entries.map((entry) => entry.payoutId), entries.map((entry) => entry.dueAt)],
    );
  }

  async putBack(tx: Tx, payoutId: string): Promise<void> {
    await tx.execute(
      `INSERT INTO queue_entry (${COLUMNS}) SELECT ${COLUMNS} FROM payout WHERE payout_id = $1`,
      [payoutId],
    );
  }

  /** Deferred payouts whose time has come stand in the queue again; answers how many. */
  async undefer(tx: Tx, given: { now: Date; countMax: number }): Promise<number> {
    return tx.execute(
      `WITH due AS (
         DELETE FROM deferred_entry WHERE payout_id = ANY(ARRAY(
           SELECT payout_id FROM deferred_entry WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING ${COLUMNS}
       )
       INSERT INTO queue_entry (${COLUMNS}) SELECT * FROM due`,
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

  /**
   * What waits, deferred or stepped aside or not, by shard, line and payee bank; those above the limit apart. Reads the whole queue, so callers space it by
   * what it cost.
   */
  async backlog(database: Queryable, limitMinor: bigint | null): Promise<BacklogGroup[]> {
    return database.query(
      `WITH waiting AS (
         SELECT payout_id, shard, business_line, bank_code, amount_minor FROM queue_entry
         UNION ALL SELECT payout_id, shard, business_line, bank_code, amount_minor FROM deferred_entry
       ), part AS (
         SELECT shard, business_line, bank_code, count(*) AS count, sum(amount_minor)::bigint AS amount_minor, min(amount_minor) AS smallest_minor,
           min(payout_id::text)::uuid AS oldest_id
         FROM waiting GROUP BY shard, business_line, bank_code, amount_minor > coalesce($1::bigint, ${LARGEST_MINOR})
       )
       SELECT part.shard, part.business_line AS "businessLine", part.bank_code AS "bankCode", count, part.amount_minor AS "amountMinor",
         smallest_minor AS "smallestMinor", p.received_at AS "oldestAt"
       FROM part JOIN payout p ON p.payout_id = oldest_id`,
      [limitMinor],
    );
  }
}

export interface BacklogGroup {
  readonly shard: number;
  readonly businessLine: string;
  readonly bankCode: string;
  readonly count: bigint;
  readonly amountMinor: bigint;
  readonly smallestMinor: bigint;
  readonly oldestAt: Date;
}
