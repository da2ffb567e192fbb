import type pg from 'pg';

import { clearingDateAt } from '../house-clock.ts';
import type { Bank } from './bank.ts';

export type EntryKind = 'TRANSFER' | 'RETURN' | 'CREDIT' | 'INTEREST' | 'CHARGE';

/** One entry to be booked. `at` is business time. */
export interface EntryToPost {
  readonly accountNumber: string;
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly amountMinor: bigint;
  readonly kind: EntryKind;
  readonly counterpartyAccount: string | null;
  readonly counterpartyName: string | null;
  readonly endToEnd: string | null;
  readonly reference: string | null;
  readonly purpose: string | null;
  readonly at: Date;
}

export interface PostedEntry {
  readonly entryNumber: string;
  readonly balanceAfterMinor: bigint;
}

/** Books an entry in the caller's transaction and locks the account. Null, and nothing is booked, when the account is short or not there. */
export async function postEntry(client: pg.ClientBase, entry: EntryToPost): Promise<PostedEntry | null> {
  const { direction, amountMinor, at } = entry;
  const { rows } = await client.query<{ number: string; balance: string }>(
    `WITH moved AS (
       UPDATE rails.bank_account
          SET balance_minor = balance_minor + $2, earliest_date = greatest(earliest_date, $3::date)
        WHERE account_number = $1 AND balance_minor + $2 >= -overdraft_minor
       RETURNING bank, account_number, balance_minor, earliest_date)
     INSERT INTO rails.bank_entry (bank, account_number, direction, amount_minor, balance_after_minor, kind, counterparty_account,
       counterparty_name, end_to_end, reference, purpose, business_date, occurred_at)
     SELECT bank, account_number, $4, abs($2::bigint), balance_minor, $5, $6, $7, $8, $9, $10, earliest_date, $11 FROM moved
     RETURNING entry_number AS number, balance_after_minor AS balance`,
    [
      ...[entry.accountNumber, (direction === 'CREDIT' ? amountMinor : -amountMinor).toString(), clearingDateAt(at), direction, entry.kind],
      ...[entry.counterpartyAccount, entry.counterpartyName, entry.endToEnd, entry.reference, entry.purpose, at],
    ],
  );
  const [row] = rows;
  return row === undefined ? null : { entryNumber: row.number, balanceAfterMinor: BigInt(row.balance) };
}

export interface BankAccount {
  readonly bank: Bank;
  readonly accountNumber: string;
  readonly accountName: string;
  readonly overdraftMinor: bigint;
  readonly openingMinor: bigint;
  readonly balanceMinor: bigint;
  /** The earliest date on which an entry can still be booked. */
  readonly earliestDate: string;
}

interface StoredAccount extends Pick<BankAccount, 'bank' | 'accountNumber' | 'accountName' | 'earliestDate'> {
  readonly overdraft: string;
  readonly opening: string;
  readonly balance: string;
}

const ACCOUNT_COLUMNS = `bank, account_number AS "accountNumber", account_name AS "accountName", overdraft_minor AS overdraft,
  opening_minor AS opening, balance_minor AS balance, earliest_date::text AS "earliestDate"`;

function accountOf({ overdraft, opening, balance, ...row }: StoredAccount): BankAccount {
  return { ...row, overdraftMinor: BigInt(overdraft), openingMinor: BigInt(opening), balanceMinor: BigInt(balance) };
}

export async function findAccounts(pool: pg.Pool): Promise<BankAccount[]> {
  const { rows } = await pool.query<StoredAccount>(`SELECT ${ACCOUNT_COLUMNS} FROM rails.bank_account ORDER BY bank, account_number`);
  return rows.map(accountOf);
}

export async function findAccount(pool: pg.Pool, bank: Bank, accountNumber: string): Promise<BankAccount | null> {
  const { rows } = await pool.query<StoredAccount>(
    `SELECT ${ACCOUNT_COLUMNS} FROM rails.bank_account WHERE bank = $1 AND account_number = $2`,
    [bank, accountNumber],
  );
  return rows[0] === undefined ? null : accountOf(rows[0]);
}

/** Locked in the order of their numbers, so that transfers in both directions do not wait for each other in a circle. */
export async function lockAccounts(client: pg.ClientBase, accountNumbers: readonly string[]): Promise<Map<string, BankAccount>> {
  const { rows } = await client.query<StoredAccount>(
    `SELECT ${ACCOUNT_COLUMNS} FROM rails.bank_account WHERE account_number = ANY($1) ORDER BY account_number FOR UPDATE`,
    [accountNumbers],
  );
  return new Map(rows.map((row) => [row.accountNumber, accountOf(row)]));
}

export interface AccountOpening {
  readonly bank: Bank;
  readonly accountNumber: string;
  readonly accountName: string;
  readonly overdraftMinor: bigint;
  readonly openingMinor: bigint;
}

/** Opens an account or sets it anew. False when its number is another bank's, or it has entries already and its opening would change. */
export async function setAccount(pool: pg.Pool, account: AccountOpening, at: Date): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO rails.bank_account AS a (bank, account_number, account_name, overdraft_minor, opening_minor, balance_minor, earliest_date)
     VALUES ($1, $2, $3, $4, $5, $5, $6)
     ON CONFLICT (account_number) DO UPDATE
       SET account_name = excluded.account_name, overdraft_minor = excluded.overdraft_minor, opening_minor = excluded.opening_minor,
           balance_minor = a.balance_minor - a.opening_minor + excluded.opening_minor
     WHERE a.bank = excluded.bank AND a.balance_minor - a.opening_minor + excluded.opening_minor >= -excluded.overdraft_minor
       AND (a.opening_minor = excluded.opening_minor
            OR NOT EXISTS (SELECT 1 FROM rails.bank_entry AS e WHERE e.account_number = a.account_number))`,
    [
      ...[account.bank, account.accountNumber, account.accountName, account.overdraftMinor.toString()],
      ...[account.openingMinor.toString(), clearingDateAt(at)],
    ],
  );
  return rowCount === 1;
}
