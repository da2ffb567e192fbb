import { Injectable } from '@nestjs/common';
import { addDays, startOfBusinessDate, type BusinessDate } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { balanceOf, type InternalAccount, type Side } from '../domain/internal-account.ts';
import { trialBalanceOf, type StatementPlace, type TrialBalance, type TrialRow } from './read-balances.ts';

export interface DayLine {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly normalSide: Side;
  readonly opening: string;
  readonly debit: string;
  readonly credit: string;
  readonly closing: string;
}

interface DayRow {
  code: string;
  name: string;
  unit: string;
  side: Side;
  opening_debit: bigint;
  opening_credit: bigint;
  debit: bigint;
  credit: bigint;
}

export interface ValueDay {
  readonly opening: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
}

export interface ValueDayLine {
  readonly id: string;
  readonly sequence: bigint;
  readonly entry_number: number;
  readonly line_number: number;
  readonly amount: bigint;
  readonly rule: string;
  readonly reference: string;
  readonly description: string | null;
  readonly booked_at: Date;
}

/** An account's lines, found through its points: each names a batch that touched it. */
const LINES_OF_ACCOUNT = `balance_point p JOIN journal_batch b ON b.sequence = p.sequence JOIN journal_line l ON l.batch_id = b.id AND l.account_id = p.account_id
  JOIN journal_entry e ON e.batch_id = l.batch_id AND e.entry_number = l.entry_number`;

/** The books by days: what was booked within a business date, and what is about one by value date. */
@Injectable()
export class ReadBookDays {
  constructor(private readonly database: Database) {}

  /** Every account's balance before the day's first booking, what was booked within it, and the balance after the last. Two look-ups per account. */
  async trialBalance(day: BusinessDate): Promise<{ lines: DayLine[]; sums: { unit: string; debit: string; credit: string }[] }> {
    const rows = await this.database.query<DayRow>(
      `WITH bound AS MATERIALIZED (
         SELECT coalesce((SELECT sequence FROM journal_batch WHERE booked_at < $1 ORDER BY booked_at DESC, sequence DESC LIMIT 1), 0) AS before,
                coalesce((SELECT sequence FROM journal_batch WHERE booked_at < $2 ORDER BY booked_at DESC, sequence DESC LIMIT 1), 0) AS upto
       )
       SELECT a.code, a.name, a.unit, a.normal_side AS side, coalesce(o.debit_total, 0) AS opening_debit, coalesce(o.credit_total, 0) AS opening_credit,
              coalesce(c.debit_total, 0) - coalesce(o.debit_total, 0) AS debit, coalesce(c.credit_total, 0) - coalesce(o.credit_total, 0) AS credit
       FROM internal_account a CROSS JOIN bound
       LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = a.id AND p.sequence <= bound.before ORDER BY p.sequence DESC LIMIT 1) o ON true
       LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = a.id AND p.sequence <= bound.upto ORDER BY p.sequence DESC LIMIT 1) c ON true
       WHERE NOT a.is_control ORDER BY a.code`,
      [startOfBusinessDate(day), startOfBusinessDate(addDays(day, 1))],
    );
    const units = [...new Set(rows.map((row) => row.unit))].sort();
    return { lines: rows.map(dayLine), sums: units.map((unit) => sumOf(unit, rows.filter((row) => row.unit === unit))) };
  }

  /**
   * Every account's balance over all that has a value date of the given one or an earlier one, whenever it was booked: as of the
   * day's end, without what was booked within the day for a later one, and with what was booked for it since. What was booked before
   * the day counts, whatever its value date. Reads the entries since the day began, so it is for the last days.
   */
  async trialBalanceByValueDate(day: BusinessDate): Promise<TrialBalance> {
    const rows = await this.database.query<TrialRow>(
      `WITH upto AS MATERIALIZED (
         SELECT coalesce((SELECT sequence FROM journal_batch WHERE booked_at < $3 ORDER BY booked_at DESC, sequence DESC LIMIT 1), 0) AS sequence
       ), displaced AS MATERIALIZED (
         SELECT l.account_id, coalesce(sum(d.sign * l.amount) FILTER (WHERE l.amount > 0), 0)::bigint AS debit, coalesce(sum(-d.sign * l.amount) FILTER (WHERE l.amount < 0), 0)::bigint AS credit
         FROM (
           SELECT e.batch_id, e.entry_number, CASE WHEN b.booked_at < $3 THEN -1 ELSE 1 END AS sign
           FROM journal_batch b JOIN journal_entry e ON e.batch_id = b.id
           WHERE b.booked_at >= $2 AND (b.booked_at < $3) = (e.value_date > $1)
         ) d
         JOIN journal_line l ON l.batch_id = d.batch_id AND l.entry_number = d.entry_number GROUP BY l.account_id
       )
       SELECT a.code, a.name, a.unit, a.normal_side AS side, coalesce(p.debit_total, 0) + coalesce(d.debit, 0) AS debit, coalesce(p.credit_total, 0) + coalesce(d.credit, 0) AS credit
       FROM internal_account a CROSS JOIN upto LEFT JOIN displaced d ON d.account_id = a.id
       LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = a.id AND p.sequence <= upto.sequence ORDER BY p.sequence DESC LIMIT 1) p ON true
       WHERE NOT a.is_control ORDER BY a.code`,
      [day, startOfBusinessDate(day), startOfBusinessDate(addDays(day, 1))],
    );
    return trialBalanceOf(rows);
  }

  /** An account by value date, late bookings included. It reads all lines of the account, so it is for accounts of few: those linked to the register. */
  async valueDay(account: InternalAccount, valueDate: BusinessDate): Promise<ValueDay> {
    const [row] = await this.database.query<ValueDay>(
      `SELECT coalesce(sum(l.amount) FILTER (WHERE e.value_date < $2), 0)::bigint AS opening, coalesce(sum(l.amount) FILTER (WHERE e.value_date = $2 AND l.amount > 0), 0)::bigint AS debit,
              coalesce(-sum(l.amount) FILTER (WHERE e.value_date = $2 AND l.amount < 0), 0)::bigint AS credit
       FROM ${LINES_OF_ACCOUNT} WHERE p.account_id = $1 AND e.value_date <= $2`,
      [account.id, valueDate],
    );
    invariant(row !== undefined, 'a sum has one row');
    return row;
  }

  /** The lines of a value day in booking order, one more than the limit. */
  async valueDayLines(account: InternalAccount, { valueDate, after, limit }: { valueDate: BusinessDate; after: StatementPlace | null; limit: number }): Promise<ValueDayLine[]> {
    return this.database.query<ValueDayLine>(
      `SELECT e.id, b.sequence, l.entry_number, l.line_number, l.amount, e.rule, e.reference, e.description, b.booked_at
       FROM ${LINES_OF_ACCOUNT}
       WHERE p.account_id = $1 AND e.value_date = $2 AND (b.sequence, l.entry_number, l.line_number) > ($3, $4, $5)
       ORDER BY b.sequence, l.entry_number, l.line_number LIMIT $6 + 1`,
      [account.id, valueDate, after?.sequence ?? 0n, after?.entry ?? 0, after?.line ?? 0, limit],
    );
  }
}

function dayLine(row: DayRow): DayLine {
  const opening = balanceOf({ normalSide: row.side }, { debit: row.opening_debit, credit: row.opening_credit });
  const closing = opening + balanceOf({ normalSide: row.side }, row);
  return {
    code: row.code,
    name: row.name,
    unit: row.unit,
    normalSide: row.side,
    opening: formatAmount(opening),
    debit: formatAmount(row.debit),
    credit: formatAmount(row.credit),
    closing: formatAmount(closing),
  };
}

/** The books hold only entries that sum to zero, so a day's debits equal its credits in each unit, and so do its openings; both are asserted. */
function sumOf(unit: string, rows: readonly DayRow[]): { unit: string; debit: string; credit: string } {
  const [debit, credit] = [rows.reduce((sum, row) => sum + row.debit, 0n), rows.reduce((sum, row) => sum + row.credit, 0n)];
  const opening = rows.reduce((sum, row) => sum + row.opening_debit - row.opening_credit, 0n);
  invariant(debit === credit && opening === 0n, `the trial balance of the day in ${unit} has equal sides`);
  return { unit, debit: formatAmount(debit), credit: formatAmount(credit) };
}
