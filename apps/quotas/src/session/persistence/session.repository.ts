import { Injectable } from '@nestjs/common';
import { businessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import type { Queryable, Tx } from '@jinku/persistence';
import type { ClearingSession, ClearingSessionState, SessionFigures } from '../domain/clearing-session.ts';

export interface StoredSession extends ClearingSession {
  readonly id: string;
  readonly disagreements: number;
  readonly settlementDifference: bigint | null;
}

interface SessionRow {
  id: string;
  clearing_house: ClearingHouse;
  clearing_date: string;
  state: ClearingSessionState;
  payouts: bigint;
  returns: bigint;
  receipts: bigint;
  result_payouts: bigint | null;
  result_returns: bigint | null;
  result_receipts: bigint | null;
  disagreements: number;
  house_settled_at: Date | null;
  is_reflected: boolean;
  settlement_difference: bigint | null;
}

const OF = 'x.clearing_house = s.clearing_house AND x.clearing_date = s.clearing_date';
const SELECT = `SELECT s.id, s.clearing_house, s.clearing_date::text, s.state, s.result_payouts, s.result_returns, s.result_receipts, s.disagreements,
    s.house_settled_at, s.is_reflected, s.settlement_difference,
    (SELECT coalesce(sum(x.consumed_total), 0)::bigint FROM grant_date_total x WHERE ${OF})
      + (SELECT coalesce(sum(x.amount), 0)::bigint FROM session_item x WHERE ${OF} AND x.kind = 'FUND_DOWN') AS payouts,
    (SELECT coalesce(sum(x.amount), 0)::bigint FROM session_item x WHERE ${OF} AND x.kind = 'RETURN') AS returns,
    (SELECT coalesce(sum(x.amount_total), 0)::bigint FROM collection_total x WHERE ${OF}) AS receipts
  FROM clearing_session s`;

/** The caller holds the lock on the house's quota: sessions of a house change one after the other. */
@Injectable()
export class SessionRepository {
  /** Opens the sessions of these dates that are not there yet. */
  async ensure(tx: Tx, clearingHouse: ClearingHouse, dates: readonly string[], at: Date): Promise<void> {
    if (dates.length === 0) return;
    await tx.execute(
      `INSERT INTO clearing_session (id, clearing_house, clearing_date, state, opened_at)
       SELECT id, $1, date, 'OPEN', $4 FROM unnest($2::uuid[], $3::date[]) AS given (id, date) ON CONFLICT (clearing_house, clearing_date) DO NOTHING`,
      [clearingHouse, dates.map(() => uuidv7()), dates, at],
    );
  }

  /** Those that still have something to come, the oldest first. */
  async listUnsettled(database: Queryable, clearingHouse: ClearingHouse): Promise<StoredSession[]> {
    const rows = await database.query<SessionRow>(`${SELECT} WHERE s.clearing_house = $1 AND s.state <> 'SETTLED' ORDER BY s.clearing_date`, [clearingHouse]);
    return rows.map(sessionOf);
  }

  /** Those whose figures count as quota until the mapping holds them. */
  async listUnreflected(database: Queryable, clearingHouse: ClearingHouse): Promise<StoredSession[]> {
    const rows = await database.query<SessionRow>(`${SELECT} WHERE s.clearing_house = $1 AND NOT s.is_reflected ORDER BY s.clearing_date`, [clearingHouse]);
    return rows.map(sessionOf);
  }

  async find(database: Queryable, clearingHouse: ClearingHouse, clearingDate: string): Promise<StoredSession | null> {
    const [row] = await database.query<SessionRow>(`${SELECT} WHERE s.clearing_house = $1 AND s.clearing_date = $2`, [clearingHouse, clearingDate]);
    return row === undefined ? null : sessionOf(row);
  }

  /** The newest first; one row more than asked for tells whether there is another page. */
  async page(database: Queryable, { clearingHouse, after, limit }: { clearingHouse?: ClearingHouse | undefined; after?: string | undefined; limit: number }): Promise<StoredSession[]> {
    const rows = await database.query<SessionRow>(
      `${SELECT} WHERE ($1::text IS NULL OR s.clearing_house = $1) AND ($2::uuid IS NULL OR s.id < $2) ORDER BY s.id DESC LIMIT $3`,
      [clearingHouse ?? null, after ?? null, limit + 1],
    );
    return rows.map(sessionOf);
  }

  /** False when another process moved it first. */
  async move(tx: Tx, { id, state: from }: StoredSession, to: ClearingSessionState, { figures, at }: { figures: SessionFigures; at: Date }): Promise<boolean> {
    const result = to === 'CLOSED' ? null : figures;
    const moved = await tx.execute(
      `UPDATE clearing_session SET state = $3, result_payouts = coalesce($4, result_payouts), result_returns = coalesce($5, result_returns),
         result_receipts = coalesce($6, result_receipts) WHERE id = $1 AND state = $2`,
      [id, from, to, result?.payouts ?? null, result?.returns ?? null, result?.receipts ?? null],
    );
    if (moved !== 1) return false;
    await tx.execute('INSERT INTO clearing_session_event (session_id, state, payouts, returns, receipts, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)', [
      ...[id, to, figures.payouts, figures.returns, figures.receipts],
      at,
    ]);
    return true;
  }

  async noteDisagreement(tx: Tx, id: string): Promise<void> {
    await tx.execute('UPDATE clearing_session SET disagreements = disagreements + 1 WHERE id = $1', [id]);
  }

  async setHouseSettled(tx: Tx, id: string, settledAt: Date): Promise<void> {
    await tx.execute('UPDATE clearing_session SET house_settled_at = $2 WHERE id = $1 AND house_settled_at IS NULL', [id, settledAt]);
  }

  async setReflected(tx: Tx, id: string): Promise<void> {
    await tx.execute('UPDATE clearing_session SET is_reflected = true WHERE id = $1', [id]);
  }

  async setSettlementDifference(tx: Tx, id: string, difference: bigint): Promise<void> {
    await tx.execute('UPDATE clearing_session SET settlement_difference = $2 WHERE id = $1', [id, difference]);
  }

  /** By how much the central reserve moved under this reference; null while no movement is known. */
  async reserveMoved(tx: Tx, payerReference: string): Promise<bigint | null> {
    const [row] = await tx.query<{ amount: bigint | null }>('SELECT sum(amount)::bigint AS amount FROM reserve_movement WHERE payer_reference = $1', [payerReference]);
    return row?.amount ?? null;
  }

  /** Successes that the mapping holds already. */
  async reflectedTotal(tx: Tx, clearingHouse: ClearingHouse): Promise<bigint> {
    const [row] = await tx.query<{ total: bigint }>(
      `SELECT coalesce(sum(t.consumed_total), 0)::bigint + (SELECT coalesce(sum(i.amount), 0)::bigint FROM session_item i JOIN clearing_session r USING (clearing_house, clearing_date)
         WHERE r.clearing_house = $1 AND r.is_reflected AND i.kind = 'FUND_DOWN') AS total
       FROM grant_date_total t JOIN clearing_session s USING (clearing_house, clearing_date) WHERE s.clearing_house = $1 AND s.is_reflected`,
      [clearingHouse],
    );
    return row?.total ?? 0n;
  }

  /**
   * Totals only grow, so what is told late or twice changes nothing. True when the mapping holds one of these dates already: only then the quota has to be
   * counted anew, for successes of the others are off by the grant itself.
   */
  async recordDateTotals(tx: Tx, clearingHouse: ClearingHouse, totals: readonly { grantId: string; clearingDate: string; total: bigint; count: number }[]): Promise<boolean> {
    if (totals.length === 0) return false;
    const reflected = await tx.query(
      `WITH changed AS (
         INSERT INTO grant_date_total AS t (grant_id, clearing_house, clearing_date, consumed_total, payout_count)
         SELECT given.grant_id, $5, given.date, given.total, given.count FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::bigint[]) AS given (grant_id, date, total, count)
           JOIN quota_grant g ON g.id = given.grant_id
         ON CONFLICT (grant_id, clearing_date) DO UPDATE SET consumed_total = excluded.consumed_total, payout_count = excluded.payout_count
           WHERE t.consumed_total < excluded.consumed_total
         RETURNING clearing_date
       )
       SELECT 1 FROM changed JOIN clearing_session s ON s.clearing_house = $5 AND s.clearing_date = changed.clearing_date AND s.is_reflected LIMIT 1`,
      [totals.map((t) => t.grantId), totals.map((t) => t.clearingDate), totals.map((t) => t.total), totals.map((t) => t.count), clearingHouse],
    );
    return reflected.length > 0;
  }

  async insertItem(tx: Tx, item: { kind: 'FUND_DOWN' | 'RETURN'; reference: string; clearingHouse: ClearingHouse; clearingDate: string; amount: bigint; at: Date }): Promise<boolean> {
    const inserted = await tx.execute(
      `INSERT INTO session_item (kind, reference, clearing_house, clearing_date, amount, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (kind, reference) DO NOTHING`,
      [item.kind, item.reference, item.clearingHouse, item.clearingDate, item.amount, item.at],
    );
    return inserted === 1;
  }
}

function sessionOf(row: SessionRow): StoredSession {
  const { result_payouts: payouts, result_returns: returns, result_receipts: receipts } = row;
  return {
    id: row.id,
    clearingHouse: row.clearing_house,
    clearingDate: businessDate(row.clearing_date),
    state: row.state,
    own: { payouts: row.payouts, returns: row.returns, receipts: row.receipts },
    result: payouts === null || returns === null || receipts === null ? null : { payouts, returns, receipts },
    houseSettledAt: row.house_settled_at,
    isReflected: row.is_reflected,
    disagreements: row.disagreements,
    settlementDifference: row.settlement_difference,
  };
}
