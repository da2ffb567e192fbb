import type pg from 'pg';

import type { EntryKind } from '../banks/bank-entries.ts';
import type { StatementFault } from '../banks/bank-fault-plan.ts';
import { entryReference, type Bank } from '../banks/bank.ts';
import { clearingDateAt } from '../house-clock.ts';

export interface StatementEntry {
  /** As the bank prints the entry's number. */
  readonly bankReference: string;
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly amountMinor: bigint;
  readonly balanceAfterMinor: bigint;
  readonly kind: EntryKind;
  readonly counterpartyAccount: string | null;
  readonly counterpartyName: string | null;
  readonly endToEnd: string | null;
  readonly reference: string | null;
  readonly purpose: string | null;
  readonly occurredAt: Date;
}

/** One business date of one account. */
export interface Statement {
  readonly bank: Bank;
  readonly accountNumber: string;
  readonly accountName: string;
  readonly date: string;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  readonly count: number;
  readonly creditCount: number;
  readonly entries: readonly StatementEntry[];
}

/**
 * Closes the date for good and reads it, in the caller's transaction. Null when the date is not over, or there is no such account: nothing
 * is closed then.
 */
export async function takeStatement(
  client: pg.ClientBase,
  { bank, accountNumber, date, now }: { bank: Bank; accountNumber: string; date: string; now: Date },
): Promise<Statement | null> {
  const { rows } = await client.query<{ name: string; opening: string }>(
    `UPDATE rails.bank_account AS a SET earliest_date = greatest(earliest_date, $3::date + 1)
      WHERE bank = $1 AND account_number = $2 AND $3::date < greatest(earliest_date, $4::date)
      RETURNING account_name AS name,
                coalesce((SELECT e.balance_after_minor FROM rails.bank_entry AS e
                           WHERE e.account_number = a.account_number AND e.business_date < $3 ORDER BY e.entry_number DESC LIMIT 1),
                         opening_minor) AS opening`,
    [bank, accountNumber, date, clearingDateAt(now)],
  );
  const [account] = rows;
  if (account === undefined) return null;
  const entries = await entriesOf(client, { bank, accountNumber, date });
  const totalOf = (direction: string): bigint =>
    entries.filter((entry) => entry.direction === direction).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const [openingMinor, creditMinor, debitMinor] = [BigInt(account.opening), totalOf('CREDIT'), totalOf('DEBIT')];
  const closingMinor = openingMinor + creditMinor - debitMinor;
  if (closingMinor !== (entries.at(-1)?.balanceAfterMinor ?? openingMinor)) throw new Error('the entries of a date do not add up to its balances');
  const creditCount = entries.filter(({ direction }) => direction === 'CREDIT').length;
  const totals = { openingMinor, closingMinor, creditMinor, debitMinor, count: entries.length, creditCount };
  return { bank, accountNumber, accountName: account.name, date, ...totals, entries };
}

async function entriesOf(
  client: pg.ClientBase,
  { bank, accountNumber, date }: { bank: Bank; accountNumber: string; date: string },
): Promise<StatementEntry[]> {
  type Stored = Omit<StatementEntry, 'bankReference' | 'amountMinor' | 'balanceAfterMinor'> & { number: string; amount: string; balance: string };
  const { rows } = await client.query<Stored>(
    `SELECT entry_number AS number, direction, amount_minor AS amount, balance_after_minor AS balance, kind,
            counterparty_account AS "counterpartyAccount", counterparty_name AS "counterpartyName", end_to_end AS "endToEnd", reference,
            purpose, occurred_at AS "occurredAt"
       FROM rails.bank_entry WHERE account_number = $1 AND business_date = $2 ORDER BY entry_number`,
    [accountNumber, date],
  );
  return rows.map(({ number, amount, balance, ...row }) => ({
    ...row,
    bankReference: entryReference(bank, number),
    amountMinor: BigInt(amount),
    balanceAfterMinor: BigInt(balance),
  }));
}

const ONE_YUAN = 100n;

/** The statement as a bank that errs would print it; the books stay as they are. */
export function misprinted(statement: Statement, fault: StatementFault | null): Statement {
  const { entries, creditMinor } = statement;
  const [first] = entries;
  if (fault === 'TOTALS_WRONG') return { ...statement, creditMinor: creditMinor + ONE_YUAN };
  if (first === undefined) return statement;
  if (fault === 'LINE_MISSING') return { ...statement, entries: entries.slice(1) };
  if (fault === 'LINE_DOUBLED') return { ...statement, entries: [first, ...entries] };
  if (fault !== 'LINE_CHANGED') return statement;
  return { ...statement, entries: [{ ...first, amountMinor: first.amountMinor + ONE_YUAN }, ...entries.slice(1)] };
}
