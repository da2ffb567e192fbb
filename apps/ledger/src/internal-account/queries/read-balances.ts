import { Injectable } from '@nestjs/common';
import { invariant } from '@jinku/errors';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { balanceOf, type InternalAccount, type Side } from '../domain/internal-account.ts';

export interface Totals {
  readonly debit: bigint;
  readonly credit: bigint;
  readonly pendingDebit: bigint;
  readonly pendingCredit: bigint;
}

interface StatementRow {
  id: string;
  sequence: bigint;
  entry_number: number;
  line_number: number;
  amount: bigint;
  rule: string;
  reference: string;
  value_date: string;
  booked_at: Date;
  running: bigint;
}

/** Where a page of a statement went on from: the batch, the entry and the line read last. */
export interface StatementPlace {
  readonly sequence: bigint;
  readonly entry: number;
  readonly line: number;
}

/** An instant later than every booking: the balance now. */
const END_OF_TIME = 'infinity';

@Injectable()
export class ReadBalances {
  constructor(private readonly database: Database) {}

  /** Totals of the account, or of all accounts under it, after the last batch booked at or before the instant. Holds are told for now only. */
  async totals(account: InternalAccount, asOf: Date | null): Promise<Totals> {
    const [row] = await this.database.query<{ debit: bigint; credit: bigint; pending_debit: bigint; pending_credit: bigint }>(
      `WITH RECURSIVE tree AS (
         SELECT id FROM internal_account WHERE id = $1 UNION ALL SELECT a.id FROM internal_account a JOIN tree t ON a.parent_id = t.id
       ), upto AS MATERIALIZED (
         SELECT coalesce((SELECT sequence FROM journal_batch WHERE booked_at <= $2 ORDER BY booked_at DESC, sequence DESC LIMIT 1), 0) AS sequence
       )
       SELECT coalesce(sum(p.debit_total), 0)::bigint AS debit, coalesce(sum(p.credit_total), 0)::bigint AS credit,
              coalesce(sum(b.pending_debit), 0)::bigint AS pending_debit, coalesce(sum(b.pending_credit), 0)::bigint AS pending_credit
       FROM tree t CROSS JOIN upto
       LEFT JOIN account_balance b ON b.account_id = t.id AND $2 = 'infinity'
       LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = t.id AND p.sequence <= upto.sequence ORDER BY p.sequence DESC LIMIT 1) p ON true`,
      [account.id, asOf ?? END_OF_TIME],
    );
    invariant(row !== undefined, 'a sum has one row');
    return { debit: row.debit, credit: row.credit, pendingDebit: row.pending_debit, pendingCredit: row.pending_credit };
  }

  /** Every account's balance as of an instant. The books hold only entries that sum to zero, so debits equal credits in each unit; it is asserted. */
  async trialBalance(asOf: Date | null): Promise<TrialBalance> {
    const rows = await this.database.query<TrialRow>(
      `WITH upto AS MATERIALIZED (
         SELECT coalesce((SELECT sequence FROM journal_batch WHERE booked_at <= $1 ORDER BY booked_at DESC, sequence DESC LIMIT 1), 0) AS sequence
       )
       SELECT a.code, a.name, a.unit, a.normal_side AS side, coalesce(p.debit_total, 0) AS debit, coalesce(p.credit_total, 0) AS credit
       FROM internal_account a CROSS JOIN upto
       LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = a.id AND p.sequence <= upto.sequence ORDER BY p.sequence DESC LIMIT 1) p ON true
       WHERE NOT a.is_control ORDER BY a.code`,
      [asOf ?? END_OF_TIME],
    );
    return trialBalanceOf(rows);
  }

  /** The account's lines in booking order with the running balance: found through its points, each of which names a batch that touched it. */
  async statement(account: InternalAccount, { from, to, after, limit }: { from: Date; to: Date; after: StatementPlace | null; limit: number }): Promise<StatementRow[]> {
    return this.database.query<StatementRow>(
      `SELECT e.id, r.sequence, r.entry_number, r.line_number, r.amount, e.rule, e.reference, e.value_date, r.booked_at, r.running
       FROM (
         SELECT s.sequence, s.id, s.booked_at, l.entry_number, l.line_number, l.amount,
                (s.before + sum(l.amount) OVER (PARTITION BY s.sequence ORDER BY l.entry_number, l.line_number))::bigint AS running
         FROM (
           SELECT b.sequence, b.id, b.booked_at,
                  coalesce((SELECT q.debit_total - q.credit_total FROM balance_point q WHERE q.account_id = $1 AND q.sequence < p.sequence ORDER BY q.sequence DESC LIMIT 1), 0) AS before
           FROM balance_point p JOIN journal_batch b ON b.sequence = p.sequence
           WHERE p.account_id = $1 AND p.sequence >= $4 AND b.booked_at >= $2 AND b.booked_at < $3 ORDER BY p.sequence LIMIT $7 + 2
         ) s
         JOIN journal_line l ON l.batch_id = s.id AND l.account_id = $1
       ) r
       JOIN journal_entry e ON e.batch_id = r.id AND e.entry_number = r.entry_number
       WHERE (r.sequence, r.entry_number, r.line_number) > ($4, $5, $6)
       ORDER BY r.sequence, r.entry_number, r.line_number LIMIT $7 + 1`,
      [account.id, from, to, after?.sequence ?? 0n, after?.entry ?? 0, after?.line ?? 0, limit],
    );
  }
}

export interface TrialRow {
  code: string;
  name: string;
  unit: string;
  side: Side;
  debit: bigint;
  credit: bigint;
}

export interface TrialBalance {
  readonly lines: TrialBalanceLine[];
  readonly sums: { unit: string; debit: string; credit: string }[];
}

export interface TrialBalanceLine {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly normalSide: Side;
  readonly debitTotal: string;
  readonly creditTotal: string;
  readonly balance: string;
}

/** The lines and sums of accounts' totals, whose two sides are equal in each unit. */
export function trialBalanceOf(rows: readonly TrialRow[]): TrialBalance {
  const units = [...new Set(rows.map((row) => row.unit))].sort();
  const sums = units.map((unit) => {
    const ofUnit = rows.filter((row) => row.unit === unit);
    const debit = ofUnit.reduce((sum, row) => sum + row.debit, 0n);
    const credit = ofUnit.reduce((sum, row) => sum + row.credit, 0n);
    invariant(debit === credit, `the trial balance in ${unit} has equal sides`);
    return { unit, debit: formatAmount(debit), credit: formatAmount(credit) };
  });
  const lines = rows.map((row) => ({
    code: row.code,
    name: row.name,
    unit: row.unit,
    normalSide: row.side,
    debitTotal: formatAmount(row.debit),
    creditTotal: formatAmount(row.credit),
    balance: formatAmount(balanceOf({ normalSide: row.side }, row)),
  }));
  return { lines, sums };
}
