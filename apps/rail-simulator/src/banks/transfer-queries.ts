import type pg from 'pg';

import type { Bank } from './bank.ts';
import type { TransferRow } from './transfer-desk.ts';

/** Null for a number that was never taken, and for one that was refused. */
export async function findTransfer(
  pool: pg.Pool,
  bank: Bank,
  serialNumber: string,
): Promise<{ readonly row: TransferRow; readonly returnedAt: Date | null } | null> {
  const { rows } = await pool.query<Omit<TransferRow, 'amountMinor'> & { amount: string; returnedAt: Date | null }>(
    `SELECT serial_number AS "serialNumber", amount_minor AS amount, status, code, bank_reference AS "bankReference",
            concluded_at AS "concludedAt", told_from AS "toldFrom",
            (SELECT p.arrived_at FROM rails.payment_in_flight AS p
              WHERE p.bank = t.bank AND p.serial_number = t.serial_number AND p.kind = 'RETURN') AS "returnedAt"
       FROM rails.bank_transfer AS t WHERE bank = $1 AND serial_number = $2 AND status <> 'REFUSED'`,
    [bank, serialNumber],
  );
  if (rows[0] === undefined) return null;
  const { amount, returnedAt, ...row } = rows[0];
  return { row: { ...row, amountMinor: BigInt(amount) }, returnedAt };
}

export interface FlightFigures {
  readonly count: number;
  readonly amountMinor: bigint;
}

/** What has left one set of books and has not reached the next. */
export async function readInFlight(pool: pg.Pool): Promise<FlightFigures> {
  const { rows } = await pool.query<{ count: number; amount: string }>(
    'SELECT count(*)::int AS count, coalesce(sum(amount_minor), 0) AS amount FROM rails.payment_in_flight WHERE arrived_at IS NULL',
  );
  return { count: rows[0]?.count ?? 0, amountMinor: BigInt(rows[0]?.amount ?? 0) };
}
