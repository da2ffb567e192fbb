import { Injectable } from '@nestjs/common';
import type { Violation } from '@jinku/errors';
import type { Queryable, Tx } from '@jinku/persistence';
import type { EntryKind } from '../../recognition/domain/recognition-rule.ts';
import type { StatementEntry } from '../domain/bank-statement.ts';
import type { Neighbours } from '../domain/check-statement.ts';
import type { StatementState } from '../domain/statement-state.ts';

export interface OriginalFile {
  readonly id: string;
  readonly sha256: Buffer;
  readonly fileName: string;
  readonly content: Buffer;
  readonly source: 'UPLOAD' | 'RAIL';
}

export type StatementFormat = 'CAMT_053' | 'BANK_CSV' | 'MOVEMENTS';

export interface NewStatement {
  readonly id: string;
  readonly fileId: string;
  readonly accountId: string;
  readonly businessDate: string;
  readonly format: StatementFormat;
  readonly state: StatementState;
  readonly figures: { readonly opening: bigint; readonly closing: bigint; readonly creditTotal: bigint; readonly debitTotal: bigint; readonly entryCount: number } | null;
  readonly faults: readonly Violation[];
  readonly at: Date;
}

export interface NewEntry extends StatementEntry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly rule: { readonly id: string; readonly version: number } | null;
}

@Injectable()
export class StatementRepository {
  async findByFile(tx: Tx, sha256: Buffer): Promise<{ id: string; businessDate: string; state: StatementState } | null> {
    const [row] = await tx.query<{ id: string; businessDate: string; state: StatementState }>(
      `SELECT s.id, s.business_date AS "businessDate", s.state FROM statement s JOIN original_file f ON f.id = s.file_id WHERE f.sha256 = $1`,
      [sha256],
    );
    return row ?? null;
  }

  async isKnownFile(tx: Tx, sha256: Buffer): Promise<boolean> {
    return (await tx.query('SELECT FROM original_file WHERE sha256 = $1', [sha256])).length > 0;
  }

  /** Whether a statement of the date counts already, and what stands before and after it. */
  async neighbours(tx: Tx, { accountId, businessDate }: { accountId: string; businessDate: string }): Promise<Neighbours & { readonly isTaken: boolean }> {
    const [row] = await tx.query<{ isTaken: boolean; previousDate: string | null; previousClosing: bigint | null; nextDate: string | null; nextOpening: bigint | null }>(
      `WITH accepted AS (SELECT business_date, opening, closing FROM statement WHERE account_id = $1 AND state = 'ACCEPTED')
       SELECT EXISTS (SELECT FROM accepted WHERE business_date = $2) AS "isTaken", p.business_date AS "previousDate", p.closing AS "previousClosing",
              n.business_date AS "nextDate", n.opening AS "nextOpening"
       FROM (SELECT) one
       LEFT JOIN LATERAL (SELECT * FROM accepted WHERE business_date < $2 ORDER BY business_date DESC LIMIT 1) p ON true
       LEFT JOIN LATERAL (SELECT * FROM accepted WHERE business_date > $2 ORDER BY business_date LIMIT 1) n ON true`,
      [accountId, businessDate],
    );
    return {
      isTaken: row?.isTaken === true,
      previous: row?.previousDate == null || row.previousClosing === null ? null : { businessDate: row.previousDate, closing: row.previousClosing },
      next: row?.nextDate == null || row.nextOpening === null ? null : { businessDate: row.nextDate, opening: row.nextOpening },
    };
  }

  /** Which of the bank's numbers the account has entries of already. */
  async findKnownReferences(tx: Tx, accountId: string, bankReferences: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ bank_reference: string }>(
      'SELECT bank_reference FROM statement_entry WHERE account_id = $1 AND bank_reference = ANY ($2::text[]) ORDER BY bank_reference LIMIT 10',
      [accountId, bankReferences],
    );
    return rows.map((row) => row.bank_reference);
  }

  async insertFile(tx: Tx, { id, sha256, fileName, content, source }: OriginalFile, at: Date): Promise<void> {
    await tx.execute('INSERT INTO original_file (id, sha256, file_name, content, source, received_at) VALUES ($1, $2, $3, $4, $5, $6)', [
      id,
      sha256,
      fileName,
      content,
      source,
      at,
    ]);
  }

  async insert(tx: Tx, { id, fileId, accountId, businessDate, format, state, figures, faults, at }: NewStatement): Promise<void> {
    await tx.execute(
      `INSERT INTO statement (id, file_id, account_id, business_date, format, state, opening, closing, credit_total, debit_total, entry_count, faults, imported_at, accepted_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        ...[id, fileId, accountId, businessDate, format, state],
        ...[figures?.opening ?? null, figures?.closing ?? null, figures?.creditTotal ?? null, figures?.debitTotal ?? null, figures?.entryCount ?? null],
        ...[JSON.stringify(faults), at, state === 'ACCEPTED' ? at : null],
      ],
    );
  }

  /** False when another writer moved the statement first. */
  async move(tx: Tx, id: string, { from, to, faults, at }: { from: StatementState; to: StatementState; faults: readonly Violation[]; at: Date }): Promise<boolean> {
    const moved = await tx.execute('UPDATE statement SET state = $3, faults = $4, accepted_at = $5 WHERE id = $1 AND state = $2', [
      id,
      from,
      to,
      JSON.stringify(faults),
      to === 'ACCEPTED' ? at : null,
    ]);
    return moved === 1;
  }

  async replaceQuarantined(tx: Tx, { accountId, businessDate }: { accountId: string; businessDate: string }): Promise<void> {
    await tx.execute(`UPDATE statement SET state = 'REPLACED' WHERE account_id = $1 AND business_date = $2 AND state = 'QUARANTINED'`, [accountId, businessDate]);
  }

  async insertEntries(tx: Tx, { statementId, accountId, businessDate, entries }: { statementId: string; accountId: string; businessDate: string; entries: readonly NewEntry[] }): Promise<void> {
    await tx.execute(
      `INSERT INTO statement_entry (statement_id, account_id, business_date, entry_number, id, amount, value_date, bank_reference, reference, counterparty_number, counterparty_name,
         purpose, code, kind, rule_id, rule_version)
       SELECT $1, $2, $3, e.* FROM unnest($4::int[], $5::uuid[], $6::bigint[], $7::date[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
         $15::uuid[], $16::int[]) AS e`,
      [
        ...[statementId, accountId, businessDate],
        ...[entries.map((_, index) => index + 1), entries.map((e) => e.id), entries.map((e) => e.amount), entries.map((e) => e.valueDate)],
        ...[entries.map((e) => e.bankReference), entries.map((e) => e.reference), entries.map((e) => e.counterpartyNumber), entries.map((e) => e.counterpartyName)],
        ...[entries.map((e) => e.purpose), entries.map((e) => e.code), entries.map((e) => e.kind), entries.map((e) => e.rule?.id ?? null), entries.map((e) => e.rule?.version ?? null)],
      ],
    );
  }

  /** The business dates up to `until`, of those from `from` on, for which the account has no statement that counts. */
  async missingDates(database: Queryable, { accountId, from, until }: { accountId: string; from: string; until: string }): Promise<string[]> {
    const rows = await database.query<{ day: string }>(
      `SELECT day::date AS day FROM generate_series($2::date, $3::date, interval '1 day') day
       WHERE NOT EXISTS (SELECT FROM statement s WHERE s.account_id = $1 AND s.business_date = day::date AND s.state = 'ACCEPTED') ORDER BY day`,
      [accountId, from, until],
    );
    return rows.map(({ day }) => day);
  }
}
