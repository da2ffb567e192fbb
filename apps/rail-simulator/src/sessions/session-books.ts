import type pg from 'pg';

import { sessionDateAt, sessionStart, type Place } from '../house/house.ts';

/** What a house knows of one of its clearing sessions. The figures of an open one are of the moment. */
export interface Session {
  readonly clearingDate: string;
  readonly state: 'OPEN' | 'CLOSED' | 'SETTLED';
  readonly payoutsMinor: bigint;
  readonly payoutCount: number;
  readonly returnsMinor: bigint;
  readonly receiptsMinor: bigint;
  readonly netMinor: bigint;
  readonly settledAt: Date | null;
}

export interface SessionFigures {
  readonly payoutsMinor: bigint;
  readonly payoutCount: number;
  readonly returnsMinor: bigint;
  readonly receiptsMinor: bigint;
}

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Makes the session that is open now, if it is not there yet. */
export async function openSession(client: Queryable, { clearingHouse, institution }: Place, now: Date): Promise<void> {
  const clearingDate = sessionDateAt(clearingHouse, now);
  await client.query(
    `INSERT INTO rails.clearing_session (clearing_house, institution_id, clearing_date, opened_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [clearingHouse, institution, clearingDate, sessionStart(clearingHouse, clearingDate)],
  );
}

/** The dates that were cut and have no result yet, oldest first. */
export async function datesToClose(client: Queryable, { clearingHouse, institution }: Place, now: Date): Promise<string[]> {
  const { rows } = await client.query<{ date: string }>(
    `SELECT clearing_date::text AS date FROM rails.clearing_session
      WHERE clearing_house = $1 AND institution_id = $2 AND closed_at IS NULL AND clearing_date < $3 ORDER BY clearing_date`,
    [clearingHouse, institution, sessionDateAt(clearingHouse, now)],
  );
  return rows.map(({ date }) => date);
}

/** The dates that have a result and were not settled yet, oldest first. */
export async function datesToSettle(client: Queryable, { clearingHouse, institution }: Place): Promise<string[]> {
  const { rows } = await client.query<{ date: string }>(
    `SELECT clearing_date::text AS date FROM rails.clearing_session
      WHERE clearing_house = $1 AND institution_id = $2 AND closed_at IS NOT NULL AND settled_at IS NULL ORDER BY clearing_date`,
    [clearingHouse, institution],
  );
  return rows.map(({ date }) => date);
}

/** Summed from the books: final once the house has passed the date and what it was writing then is committed. */
export async function figuresOf(client: Queryable, { clearingHouse, institution }: Place, clearingDate: string): Promise<SessionFigures> {
  const { rows } = await client.query<{ payouts: string; count: number; returns: string; receipts: string }>(
    `SELECT p.payouts, p.count, r.returns, c.receipts
       FROM (SELECT coalesce(sum(amount_minor), 0)::text AS payouts, count(*)::int AS count FROM rails.executed_payout
              WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date = $3) AS p,
            (SELECT coalesce(sum(amount_minor), 0)::text AS returns FROM rails.payout_return WHERE clearing_house = $1 AND clearing_date = $3) AS r,
            (SELECT coalesce(sum(amount_minor), 0)::text AS receipts FROM rails.collection
              WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date = $3) AS c`,
    [clearingHouse, institution, clearingDate],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an aggregate has one row');
  return { payoutsMinor: BigInt(row.payouts), payoutCount: row.count, returnsMinor: BigInt(row.returns), receiptsMinor: BigInt(row.receipts) };
}

/** False when it has a result already. `countedMinor` is what of the receipts counts from now on. */
export async function closeSession(
  client: Queryable,
  { clearingHouse, institution }: Place,
  closing: { clearingDate: string; figures: SessionFigures; closedAt: Date; countedMinor: bigint | null },
): Promise<boolean> {
  const { clearingDate, figures, closedAt, countedMinor } = closing;
  const { rowCount } = await client.query(
    `UPDATE rails.clearing_session
        SET closed_at = $4, payouts_minor = $5, payout_count = $6, returns_minor = $7, receipts_minor = $8, counted_minor = coalesce($9, counted_minor)
      WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date = $3 AND closed_at IS NULL`,
    [
      ...[clearingHouse, institution, clearingDate, closedAt, figures.payoutsMinor.toString(), figures.payoutCount],
      ...[figures.returnsMinor.toString(), figures.receiptsMinor.toString(), countedMinor?.toString() ?? null],
    ],
  );
  return rowCount === 1;
}

export interface StoredSession extends Session {
  readonly openedAt: Date;
  /** Of its receipts what counts beside the mapping now. */
  readonly countedMinor: bigint;
}

interface SessionRow {
  readonly date: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly settledAt: Date | null;
  readonly payouts: string;
  readonly count: number;
  readonly returns: string;
  readonly receipts: string;
  readonly counted: string;
}

/** Null when the house has no session of that date. */
export async function findSession(client: Queryable, place: Place, clearingDate: string): Promise<StoredSession | null> {
  const { rows } = await client.query<SessionRow>(
    `SELECT clearing_date::text AS date, opened_at AS "openedAt", closed_at AS "closedAt", settled_at AS "settledAt", coalesce(payouts_minor, 0) AS payouts,
            coalesce(payout_count, 0)::int AS count, coalesce(returns_minor, 0) AS returns, coalesce(receipts_minor, 0) AS receipts, counted_minor AS counted
       FROM rails.clearing_session WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date::text = $3`,
    [place.clearingHouse, place.institution, clearingDate],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const stored = { payoutsMinor: BigInt(row.payouts), payoutCount: row.count, returnsMinor: BigInt(row.returns), receiptsMinor: BigInt(row.receipts) };
  const figures = row.closedAt === null ? await figuresOf(client, place, clearingDate) : stored;
  return {
    clearingDate: row.date,
    state: row.settledAt !== null ? 'SETTLED' : row.closedAt !== null ? 'CLOSED' : 'OPEN',
    ...figures,
    netMinor: figures.receiptsMinor + figures.returnsMinor - figures.payoutsMinor,
    settledAt: row.settledAt,
    openedAt: row.openedAt,
    countedMinor: BigInt(row.counted),
  };
}
