import type pg from 'pg';

import type { Place } from '../house/house.ts';

/** What clients paid in over one channel, as the house booked it: a new row each time. */
export interface Collection {
  readonly channel: string;
  readonly clearingDate: string;
  readonly count: number;
  readonly amountMinor: bigint;
}

export async function insertCollection(client: pg.ClientBase, { clearingHouse, institution }: Place, given: { collection: Collection; at: Date }): Promise<void> {
  const { channel, clearingDate, count, amountMinor } = given.collection;
  await client.query(
    `INSERT INTO rails.collection (clearing_house, institution_id, channel, clearing_date, item_count, amount_minor, booked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [clearingHouse, institution, channel, clearingDate, count, amountMinor.toString(), given.at],
  );
}

/** Counts receipts of a session beside the mapping from now on. The caller holds the quota's lock. */
export async function countReceipts(client: pg.ClientBase, { clearingHouse, institution }: Place, amountMinor: bigint): Promise<void> {
  await client.query('UPDATE rails.quota SET receipts_minor = receipts_minor + $3 WHERE clearing_house = $1 AND institution_id = $2', [
    clearingHouse,
    institution,
    amountMinor.toString(),
  ]);
}

export interface CollectionTotal extends Collection {
  readonly clearingHouse: string;
  /** Its session was cut: nothing more can come. */
  readonly isFinal: boolean;
}

/** Totals of each house, channel and date from this date on. */
export async function collectionTotals(pool: pg.Pool, institution: string, fromDate: string): Promise<CollectionTotal[]> {
  const { rows } = await pool.query<Omit<CollectionTotal, 'amountMinor'> & { amount: string }>(
    `SELECT c.clearing_house AS "clearingHouse", c.channel, c.clearing_date::text AS "clearingDate", sum(c.item_count)::int AS count,
            sum(c.amount_minor)::text AS amount, coalesce(s.closed_at IS NOT NULL, false) AS "isFinal"
       FROM rails.collection AS c
       LEFT JOIN rails.clearing_session AS s USING (clearing_house, institution_id, clearing_date)
      WHERE c.institution_id = $1 AND c.clearing_date >= $2
      GROUP BY c.clearing_house, c.channel, c.clearing_date, s.closed_at
      ORDER BY c.clearing_house, c.clearing_date, c.channel`,
    [institution, fromDate],
  );
  return rows.map(({ amount, ...total }) => ({ ...total, amountMinor: BigInt(amount) }));
}
