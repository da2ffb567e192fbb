import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { GrantChange } from '../domain/plan-grants.ts';
import type { Grant, GrantHolder } from '../domain/grant.ts';

interface GrantRow {
  id: string;
  clearing_house: ClearingHouse;
  holder: GrantHolder;
  shard: number;
  epoch: number;
  granted_total: bigint;
  accepted_epoch: number;
  accepted_total: bigint;
  consumed_total: bigint;
  reserved: bigint;
  need: bigint;
}

/** What a shard tells of its grant, in totals. */
export interface GrantUsage {
  readonly grantId: string;
  readonly acceptedEpoch: number;
  readonly acceptedTotal: bigint;
  readonly consumedTotal: bigint;
  readonly reserved: bigint;
  readonly need: bigint;
  readonly reportedAt: Date;
}

const COLUMNS = 'id, clearing_house, holder, shard, epoch, granted_total, accepted_epoch, accepted_total, consumed_total, reserved, need';

@Injectable()
export class GrantRepository {
  /** Creates the grants that are missing, at zero. */
  async insertMissing(tx: Tx, clearingHouse: ClearingHouse, { holder, ids }: { holder: GrantHolder; ids: readonly string[] }): Promise<void> {
    await tx.execute(
      `INSERT INTO quota_grant (id, clearing_house, holder, shard)
       SELECT id, $1, $3, shard - 1 FROM unnest($2::uuid[]) WITH ORDINALITY AS given (id, shard)
       ON CONFLICT (clearing_house, holder, shard) DO NOTHING`,
      [clearingHouse, ids, holder],
    );
  }

  async list(database: Queryable, clearingHouse?: ClearingHouse): Promise<Grant[]> {
    const rows = await database.query<GrantRow>(
      `SELECT ${COLUMNS} FROM quota_grant WHERE $1::text IS NULL OR clearing_house = $1 ORDER BY clearing_house, holder, shard`,
      [clearingHouse ?? null],
    );
    return rows.map(grantOf);
  }

  async findHouse(tx: Tx, grantId: string): Promise<ClearingHouse | null> {
    const [row] = await tx.query<{ clearing_house: ClearingHouse }>('SELECT clearing_house FROM quota_grant WHERE id = $1', [grantId]);
    return row?.clearing_house ?? null;
  }

  /** Records the newest epochs; every change is kept as an event. */
  async change(tx: Tx, changes: readonly GrantChange[], at: Date): Promise<void> {
    await tx.execute(
      `WITH changed AS (
         UPDATE quota_grant g SET epoch = c.epoch, granted_total = c.granted_total
         FROM unnest($1::uuid[], $2::int[], $3::bigint[]) AS c (id, epoch, granted_total)
         WHERE g.id = c.id AND g.epoch < c.epoch
         RETURNING g.id, g.epoch, g.granted_total
       )
       INSERT INTO grant_event (grant_id, epoch, granted_total, set_at) SELECT id, epoch, granted_total, $4 FROM changed`,
      [changes.map((c) => c.grantId), changes.map((c) => c.epoch), changes.map((c) => c.grantedTotal), at],
    );
  }

  /** Takes what shards told; totals only grow, so an older report arriving late changes nothing. */
  async recordUsage(tx: Tx, usages: readonly GrantUsage[]): Promise<void> {
    await tx.execute(
      `UPDATE quota_grant g
       SET accepted_epoch = u.epoch, accepted_total = u.accepted_total, consumed_total = u.consumed_total,
           reserved = u.reserved, need = u.need, reported_at = u.reported_at
       FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[])
         AS u (id, epoch, accepted_total, consumed_total, reserved, need, reported_at)
       WHERE g.id = u.id AND u.epoch >= g.accepted_epoch AND u.consumed_total >= g.consumed_total
         AND (g.reported_at IS NULL OR u.reported_at >= g.reported_at)`,
      [
        usages.map((u) => u.grantId),
        usages.map((u) => u.acceptedEpoch),
        usages.map((u) => u.acceptedTotal),
        usages.map((u) => u.consumedTotal),
        usages.map((u) => u.reserved),
        usages.map((u) => u.need),
        usages.map((u) => u.reportedAt),
      ],
    );
  }
}

function grantOf(row: GrantRow): Grant {
  return {
    id: row.id,
    clearingHouse: row.clearing_house,
    holder: row.holder,
    shard: row.shard,
    epoch: row.epoch,
    grantedTotal: row.granted_total,
    acceptedEpoch: row.accepted_epoch,
    acceptedTotal: row.accepted_total,
    consumedTotal: row.consumed_total,
    reserved: row.reserved,
    need: row.need,
  };
}
