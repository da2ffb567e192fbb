import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Earmark } from '../../position/domain/institution-book.ts';
import type { Quota, QuotaSource } from '../domain/quota.ts';

interface QuotaRow {
  clearing_house: ClearingHouse;
  mapped: bigint;
  receipts_counted: bigint;
  reflected_total: bigint;
  pending_decreases: bigint;
  pending_increases: bigint;
  rail_available: bigint;
  source: QuotaSource;
  as_of: Date;
}

export interface QuotaObservation {
  readonly id: string;
  readonly clearingHouse: ClearingHouse;
  readonly mapped: bigint;
  readonly railAvailable: bigint;
  readonly source: QuotaSource;
  readonly asOf: Date;
  /** Our own clock when the figure was asked for. */
  readonly askedAt: Date;
}

const PENDING = "FROM quota_adjustment a WHERE a.clearing_house = quota.clearing_house AND a.state NOT IN ('FAILED', 'CANCELLED') AND a.reflected_at IS NULL";
const COLUMNS = `clearing_house, mapped, receipts_counted, reflected_total, rail_available, source, as_of,
  (SELECT coalesce(sum(a.amount), 0)::bigint ${PENDING} AND a.direction = 'DECREASE') AS pending_decreases,
  (SELECT coalesce(sum(a.amount), 0)::bigint ${PENDING} AND a.direction = 'INCREASE') AS pending_increases`;

@Injectable()
export class QuotaRepository {
  /**
   * Locks the house's row: whoever changes a house's quota, grants or adjustments goes one after the other. The adjustments are read in a
   * statement of their own: one that waited for the lock would see them as they were before it.
   */
  async lock(tx: Tx, clearingHouse: ClearingHouse): Promise<Quota | null> {
    await tx.query('SELECT 1 FROM quota WHERE clearing_house = $1 FOR UPDATE', [clearingHouse]);
    const [row] = await tx.query<QuotaRow>(`SELECT ${COLUMNS} FROM quota WHERE clearing_house = $1`, [clearingHouse]);
    return row === undefined ? null : quotaOf(row);
  }

  async list(database: Queryable): Promise<Quota[]> {
    const rows = await database.query<QuotaRow>(`SELECT ${COLUMNS} FROM quota ORDER BY clearing_house`);
    return rows.map(quotaOf);
  }

  async insertObservation(tx: Tx, observation: QuotaObservation, recordedAt: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO quota_observation (id, clearing_house, mapped, rail_available, source, as_of, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [observation.id, observation.clearingHouse, observation.mapped, observation.railAvailable, observation.source, observation.asOf, recordedAt],
    );
  }

  async upsert(tx: Tx, observation: QuotaObservation): Promise<void> {
    await tx.execute(
      `INSERT INTO quota (clearing_house, mapped, mapped_explained, rail_available, source, as_of) VALUES ($1, $2, $2, $3, $4, $5)
       ON CONFLICT (clearing_house) DO UPDATE
         SET mapped = excluded.mapped, rail_available = excluded.rail_available, source = excluded.source, as_of = excluded.as_of`,
      [observation.clearingHouse, observation.mapped, observation.railAvailable, observation.source, observation.asOf],
    );
  }

  /** The mapping that our own adjustments and the moves booked against the buffer explain. */
  async explained(tx: Tx, clearingHouse: ClearingHouse): Promise<bigint> {
    const [row] = await tx.query<{ explained: bigint }>('SELECT mapped_explained AS explained FROM quota WHERE clearing_house = $1', [clearingHouse]);
    return row?.explained ?? 0n;
  }

  async setExplained(tx: Tx, clearingHouse: ClearingHouse, explained: bigint): Promise<void> {
    await tx.execute('UPDATE quota SET mapped_explained = $2 WHERE clearing_house = $1', [clearingHouse, explained]);
  }

  /** What of the sessions is quota, and what the mapping holds already. */
  async setCounted(tx: Tx, clearingHouse: ClearingHouse, { receiptsCounted, reflectedTotal }: { receiptsCounted: bigint; reflectedTotal: bigint }): Promise<void> {
    await tx.execute('UPDATE quota SET receipts_counted = $2, reflected_total = $3 WHERE clearing_house = $1', [clearingHouse, receiptsCounted, reflectedTotal]);
  }

  /** A settlement that moves the mapping by policy. */
  async moveMapped(tx: Tx, clearingHouse: ClearingHouse, moved: bigint): Promise<void> {
    await tx.execute('UPDATE quota SET mapped = mapped + $2, mapped_explained = mapped_explained + $2 WHERE clearing_house = $1', [clearingHouse, moved]);
  }

  /** What each house holds of the central reserve: decreases it has carried out are off already, increases are on their way. */
  async earmarks(database: Queryable): Promise<Earmark[]> {
    return database.query<Earmark>(
      `SELECT mapped_explained - (SELECT coalesce(sum(a.amount), 0)::bigint ${PENDING} AND a.direction = 'DECREASE' AND a.state = 'SUCCEEDED') AS mapped,
         (SELECT coalesce(sum(a.amount), 0)::bigint ${PENDING} AND a.direction = 'INCREASE') AS "pendingIncreases" FROM quota`,
    );
  }
}

function quotaOf(row: QuotaRow): Quota {
  return {
    clearingHouse: row.clearing_house,
    mapped: row.mapped,
    receiptsCounted: row.receipts_counted,
    reflectedTotal: row.reflected_total,
    pendingDecreases: row.pending_decreases,
    pendingIncreases: row.pending_increases,
    railAvailable: row.rail_available,
    source: row.source,
    asOf: row.as_of,
  };
}
