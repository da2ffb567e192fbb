import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';

export interface ShardGrant {
  readonly grantId: string;
  readonly clearingHouse: ClearingHouse;
  readonly shard: number;
  readonly epoch: bigint;
  readonly grantedTotal: bigint;
  readonly consumedTotal: bigint;
  readonly reserved: bigint;
  /** Grows with every change, so a reader knows whether it has told this state. */
  readonly movementSequence: bigint;
}

/** The end of reservations of one grant: `released` leaves the reserved quota, and `consumed` of it is used up for good. */
export interface GrantConclusion {
  readonly grantId: string;
  readonly releasedMinor: bigint;
  readonly consumedMinor: bigint;
  readonly payoutCount: number;
  /** Where the consumed part stands among the house's clearing dates. */
  readonly byDate: ReadonlyMap<string, { readonly consumedMinor: bigint; readonly count: number }>;
}

/** What was consumed on one of the house's clearing dates since the grant began. */
export interface GrantDateTotal {
  readonly grantId: string;
  readonly clearingDate: string;
  readonly total: bigint;
  readonly count: bigint;
}

const COLUMNS = `grant_id AS "grantId", clearing_house AS "clearingHouse", shard, epoch, granted_total AS "grantedTotal", consumed_total AS "consumedTotal",
  reserved, movement_sequence AS "movementSequence"`;
const MOVEMENT_COLUMNS = `grant_id, sequence, kind, reserved_change, consumed_change, payout_count, epoch, granted_after, consumed_after, reserved_after, moved_at`;

@Injectable()
export class GrantRepository {
  /**
   * Takes a new epoch of a grant, or nothing when this or a later one was taken. A recall below what was used already leaves the grant at what was
   * used: the caller reports that figure back.
   */
  async set(tx: Tx, grant: { grantId: string; clearingHouse: ClearingHouse; shard: number; epoch: number; grantedTotal: bigint }, now: Date): Promise<boolean> {
    const rows = await tx.query(
      `WITH g AS (
         INSERT INTO quota_grant AS q (grant_id, clearing_house, shard, epoch, granted_total, movement_sequence) VALUES ($1, $2, $3, $4, $5, 1)
         ON CONFLICT (grant_id) DO UPDATE SET epoch = excluded.epoch, movement_sequence = q.movement_sequence + 1,
           granted_total = greatest(excluded.granted_total, q.consumed_total + q.reserved)
         WHERE q.epoch < excluded.epoch
         RETURNING *
       )
       INSERT INTO grant_movement (${MOVEMENT_COLUMNS})
       SELECT grant_id, movement_sequence, 'SET', 0, 0, 0, epoch, granted_total, consumed_total, reserved, $6 FROM g RETURNING 1`,
      [grant.grantId, grant.clearingHouse, grant.shard, grant.epoch, grant.grantedTotal, now],
    );
    return rows.length === 1;
  }

  /** Reserves the sum of one batch; false when the grant does not have so much left. The contended row: call it last before the commit. */
  async reserve(tx: Tx, given: { grantId: string; amountMinor: bigint; payoutCount: number; now: Date }): Promise<boolean> {
    const count = await tx.execute(
      `WITH g AS (
         UPDATE quota_grant SET reserved = reserved + $2::bigint, movement_sequence = movement_sequence + 1
         WHERE grant_id = $1 AND granted_total - consumed_total - reserved >= $2::bigint RETURNING *
       )
       INSERT INTO grant_movement (${MOVEMENT_COLUMNS})
       SELECT grant_id, movement_sequence, 'RESERVED', $2::bigint, 0, $3, epoch, granted_total, consumed_total, reserved, $4 FROM g`,
      [given.grantId, given.amountMinor, given.payoutCount, given.now],
    );
    return count === 1;
  }

  /** Ends the reservations of a batch, one row a grant, in the order of the ids so that two batches never wait for each other crosswise. */
  async conclude(tx: Tx, conclusions: readonly GrantConclusion[], now: Date): Promise<number> {
    let count = 0;
    for (const conclusion of conclusions.toSorted((a, b) => (a.grantId < b.grantId ? -1 : 1))) {
      count += await tx.execute(
        `WITH g AS (
           UPDATE quota_grant SET reserved = reserved - $2::bigint, consumed_total = consumed_total + $3::bigint, movement_sequence = movement_sequence + 1
           WHERE grant_id = $1 RETURNING *
         ), dated AS (
           -- From g, so that the grant is locked first: two batches never wait for each other crosswise.
           INSERT INTO grant_date_total AS t (grant_id, clearing_date, consumed_total, payout_count)
           SELECT g.grant_id, d.* FROM g, unnest($6::date[], $7::bigint[], $8::bigint[]) AS d
           ON CONFLICT (grant_id, clearing_date) DO UPDATE
             SET consumed_total = t.consumed_total + excluded.consumed_total, payout_count = t.payout_count + excluded.payout_count
         )
         INSERT INTO grant_movement (${MOVEMENT_COLUMNS})
         SELECT grant_id, movement_sequence, 'CONCLUDED', -$2::bigint, $3::bigint, $4, epoch, granted_total, consumed_total, reserved, $5 FROM g`,
        [
          ...[conclusion.grantId, conclusion.releasedMinor, conclusion.consumedMinor, conclusion.payoutCount, now],
          [...conclusion.byDate.keys()],
          [...conclusion.byDate.values()].map(({ consumedMinor }) => consumedMinor),
          [...conclusion.byDate.values()].map(({ count: dated }) => dated),
        ],
      );
    }
    return count;
  }

  async ofShards(database: Queryable, houses: readonly ClearingHouse[], shards: readonly number[]): Promise<ShardGrant[]> {
    return database.query(`SELECT ${COLUMNS} FROM quota_grant WHERE clearing_house = ANY($1::text[]) AND shard = ANY($2::smallint[]) ORDER BY clearing_house, shard`, [houses, shards]);
  }

  /** The clearing dates from `since` on; each grant has a few. */
  async dateTotals(database: Queryable, grantIds: readonly string[], since: string): Promise<GrantDateTotal[]> {
    return database.query(
      `SELECT grant_id AS "grantId", clearing_date::text AS "clearingDate", consumed_total AS total, payout_count AS count
       FROM grant_date_total WHERE grant_id = ANY($1::uuid[]) AND clearing_date >= $2 ORDER BY clearing_date`,
      [grantIds, since],
    );
  }

  async find(database: Queryable, grantId: string): Promise<ShardGrant | null> {
    const [row] = await database.query<ShardGrant>(`SELECT ${COLUMNS} FROM quota_grant WHERE grant_id = $1`, [grantId]);
    return row ?? null;
  }
}
