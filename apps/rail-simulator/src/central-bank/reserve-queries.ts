import type pg from 'pg';

import { clearingDateAt } from '../house-clock.ts';

export interface ReserveAccount {
  readonly accountNumber: string;
  readonly accountName: string;
  readonly bankCode: string;
  readonly openingMinor: bigint;
  readonly balanceMinor: bigint;
}

export async function readReserve(pool: Pick<pg.Pool, 'query'>): Promise<ReserveAccount> {
  const { rows } = await pool.query<Omit<ReserveAccount, 'openingMinor' | 'balanceMinor'> & { opening: string; balance: string }>(
    `SELECT account_number AS "accountNumber", account_name AS "accountName", bank_code AS "bankCode", opening_minor AS opening,
            balance_minor AS balance FROM rails.reserve_account`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the central bank has no reserve account');
  const { accountNumber, accountName, bankCode } = row;
  return { accountNumber, accountName, bankCode, openingMinor: BigInt(row.opening), balanceMinor: BigInt(row.balance) };
}

export interface BookedMovement {
  readonly movementNumber: string;
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly amountMinor: bigint;
  readonly balanceAfterMinor: bigint;
  readonly counterparty: string | null;
  readonly payerReference: string | null;
  readonly purpose: string | null;
  readonly occurredAt: Date;
}

/** The movements of one business date after a movement number, in the order of booking. */
export async function pageOfMovements(
  client: pg.ClientBase,
  { date, after, limit }: { date: string; after: string; limit: number },
): Promise<BookedMovement[]> {
  const { rows } = await client.query<Omit<BookedMovement, 'amountMinor' | 'balanceAfterMinor'> & { amount: string; balance: string }>(
    `SELECT movement_number::text AS "movementNumber", direction, amount_minor AS amount, balance_after_minor AS balance, counterparty,
            payer_reference AS "payerReference", purpose, occurred_at AS "occurredAt"
       FROM rails.reserve_movement WHERE business_date = $1 AND movement_number > $2 ORDER BY movement_number LIMIT $3`,
    [date, after, limit],
  );
  return rows.map(({ amount, balance, ...row }) => ({ ...row, amountMinor: BigInt(amount), balanceAfterMinor: BigInt(balance) }));
}

export interface DateTotals {
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  readonly count: number;
  readonly isClosed: boolean;
}

/** Null when `accountNumber` is not the reserve account's. */
export async function totalsOf(
  client: pg.ClientBase,
  { accountNumber, date, now }: { accountNumber: string; date: string; now: Date },
): Promise<DateTotals | null> {
  const { rows } = await client.query<{ opening: string; credit: string; debit: string; count: number; isClosed: boolean }>(
    `SELECT coalesce((SELECT m.balance_after_minor FROM rails.reserve_movement AS m WHERE m.business_date < $2 ORDER BY m.movement_number DESC LIMIT 1),
                     a.opening_minor) AS opening,
            coalesce(t.credit, 0) AS credit, coalesce(t.debit, 0) AS debit, t.count, $2::date < greatest(a.earliest_date, $3::date) AS "isClosed"
       FROM rails.reserve_account AS a,
            (SELECT sum(amount_minor) FILTER (WHERE direction = 'CREDIT') AS credit, sum(amount_minor) FILTER (WHERE direction = 'DEBIT') AS debit,
                    count(*)::int AS count FROM rails.reserve_movement WHERE business_date = $2) AS t
      WHERE a.account_number = $1`,
    [accountNumber, date, clearingDateAt(now)],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const [openingMinor, creditMinor, debitMinor] = [BigInt(row.opening), BigInt(row.credit), BigInt(row.debit)];
  const closingMinor = openingMinor + creditMinor - debitMinor;
  return { openingMinor, closingMinor, creditMinor, debitMinor, count: row.count, isClosed: row.isClosed };
}
