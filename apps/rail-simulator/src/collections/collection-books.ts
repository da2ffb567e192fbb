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

export interface ClientMovements {
  /** Paid in by clients, and paid out to payees, until the clearing date and with it. */
  readonly collectedMinor: bigint;
  readonly paidOutMinor: bigint;
  /** Of what was paid out, sent back by payees' banks. */
  readonly returnedMinor: bigint;
  /** What the institution's treasury paid out of client money to accounts of the institution itself. */
  readonly ownPayouts: readonly { readonly payeeAccount: string; readonly amountMinor: bigint }[];
}

/** What changed how much clients are owed, at both houses together. */
export async function clientMovements(pool: pg.Pool, institution: string, given: { until: string; treasuryLine: string }): Promise<ClientMovements> {
  const { rows } = await pool.query<{ collected: string; paidOut: string; returned: string }>(
    `SELECT (SELECT coalesce(sum(amount_minor), 0) FROM rails.collection WHERE institution_id = $1 AND clearing_date <= $2) AS collected,
            (SELECT coalesce(sum(amount_minor), 0) FROM rails.executed_payout WHERE institution_id = $1 AND clearing_date <= $2 AND business_line <> $3) AS "paidOut",
            (SELECT coalesce(sum(r.amount_minor), 0) FROM rails.payout_return AS r JOIN rails.executed_payout AS p USING (serial_number, clearing_house)
              WHERE p.institution_id = $1 AND r.clearing_date <= $2 AND p.business_line <> $3) AS returned`,
    [institution, given.until, given.treasuryLine],
  );
  const own = await pool.query<{ payeeAccount: string; amount: string }>(
    `SELECT payee_account AS "payeeAccount", sum(amount_minor) AS amount FROM rails.executed_payout
      WHERE institution_id = $1 AND clearing_date <= $2 AND business_line = $3 GROUP BY payee_account ORDER BY payee_account`,
    [institution, given.until, given.treasuryLine],
  );
  const [sums] = rows;
  return {
    collectedMinor: BigInt(sums?.collected ?? 0),
    paidOutMinor: BigInt(sums?.paidOut ?? 0),
    returnedMinor: BigInt(sums?.returned ?? 0),
    ownPayouts: own.rows.map(({ payeeAccount, amount }) => ({ payeeAccount, amountMinor: BigInt(amount) })),
  };
}
