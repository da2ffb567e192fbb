import { randomUUID } from 'node:crypto';
import type pg from 'pg';

import { clearingDateAt } from '../house-clock.ts';
import { wireAmount } from '../netsunion/amount.ts';

/** The reserve account of books that nobody has set one for. */
export interface ReserveOpening {
  readonly accountNumber: string;
  readonly accountName: string;
  readonly bankCode: string;
  readonly openingMinor: bigint;
}

/** One movement to be booked. `at` is business time. */
export interface ReserveMovement {
  readonly direction: 'CREDIT' | 'DEBIT';
  /** Above zero: nothing moved is no movement. */
  readonly amountMinor: bigint;
  readonly counterparty: string | null;
  readonly purpose: string | null;
  readonly payerReference: string | null;
  readonly at: Date;
}

export interface PostedMovement {
  readonly movementNumber: string;
  readonly balanceAfterMinor: bigint;
}

/** The account does not hold what the movement would take. The transaction that meets it is to be undone. */
export class ReserveShort extends Error {
  constructor({ direction, amountMinor }: ReserveMovement) {
    super(`the central reserve does not hold ${wireAmount(amountMinor)} to ${direction}`);
    this.name = 'ReserveShort';
  }
}

/**
 * Books a movement and writes its notice, in the caller's transaction. Locks the account, so it comes last before the commit; after the
 * commit the notices' sender is to be woken. Rejects with `ReserveShort`.
 */
export async function postReserveMovement(client: pg.ClientBase, movement: ReserveMovement): Promise<PostedMovement> {
  const { direction, amountMinor, counterparty, purpose, payerReference, at } = movement;
  const { rows } = await client.query<{ number: string; balance: string }>(
    `WITH moved AS (
       UPDATE rails.reserve_account
          SET balance_minor = balance_minor + $1, earliest_date = greatest(earliest_date, $2::date)
        WHERE balance_minor + $1 >= 0
       RETURNING balance_minor, earliest_date)
     INSERT INTO rails.reserve_movement (direction, amount_minor, balance_after_minor, counterparty, payer_reference, purpose,
       business_date, occurred_at, told_at)
     SELECT $3, abs($1::bigint), balance_minor, $4, $5, $6, earliest_date, $7, $7 FROM moved
     RETURNING movement_number AS number, balance_after_minor AS balance`,
    [
      ...[(direction === 'CREDIT' ? amountMinor : -amountMinor).toString(), clearingDateAt(at), direction],
      ...[counterparty, payerReference, purpose, at],
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new ReserveShort(movement);
  const posted = { movementNumber: row.number, balanceAfterMinor: BigInt(row.balance) };
  await insertReserveNotice(client, movement, posted);
  return posted;
}

async function insertReserveNotice(client: pg.ClientBase, movement: ReserveMovement, posted: PostedMovement): Promise<void> {
  const { direction, amountMinor, payerReference, purpose, at } = movement;
  const detail = { direction, balanceAfter: wireAmount(posted.balanceAfterMinor), payerReference, purpose };
  await client.query(
    `INSERT INTO rails.notice (notice_id, kind, serial_number, amount_minor, occurred_at, due_at, detail)
     VALUES ($1, 'RESERVE_MOVED', $2, $3, $4, now(), $5)`,
    [randomUUID(), posted.movementNumber, amountMinor.toString(), at, JSON.stringify(detail)],
  );
}

/** Makes the account of new books; leaves one that is there. */
export async function openReserve(pool: pg.Pool, institution: string, opening: ReserveOpening, at: Date): Promise<void> {
  await pool.query(
    `INSERT INTO rails.reserve_account (institution_id, account_number, account_name, bank_code, opening_minor, balance_minor, earliest_date)
     VALUES ($1, $2, $3, $4, $5, $5, $6) ON CONFLICT DO NOTHING`,
    [institution, opening.accountNumber, opening.accountName, opening.bankCode, opening.openingMinor.toString(), clearingDateAt(at)],
  );
}

/** Sets number, name and opening balance. False when the account has moved already: then its opening is history. */
export async function setReserveOpening(pool: pg.Pool, opening: ReserveOpening): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE rails.reserve_account
        SET account_number = $1, account_name = $2, bank_code = $3, opening_minor = $4, balance_minor = balance_minor - opening_minor + $4
      WHERE opening_minor = $4 OR NOT EXISTS (SELECT 1 FROM rails.reserve_movement)`,
    [opening.accountNumber, opening.accountName, opening.bankCode, opening.openingMinor.toString()],
  );
  return rowCount === 1;
}
