import { Injectable } from '@nestjs/common';
import type { Violation } from '@jinku/errors';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { StatementState } from '../domain/statement-state.ts';
import type { StatementFormat } from '../persistence/statement.repository.ts';

export interface StatementView {
  readonly id: string;
  readonly accountId: string;
  readonly businessDate: string;
  readonly format: StatementFormat;
  readonly state: StatementState;
  readonly opening: string | null;
  readonly closing: string | null;
  readonly creditTotal: string | null;
  readonly debitTotal: string | null;
  readonly entryCount: number | null;
  readonly faults: readonly Violation[];
  readonly fileName: string;
  readonly sha256: string;
  readonly source: 'UPLOAD' | 'RAIL';
  readonly importedAt: string;
}

export interface StatementFilter {
  readonly accountId?: string | undefined;
  readonly businessDate?: string | undefined;
  readonly state?: StatementState | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

type Amounts = 'opening' | 'closing' | 'creditTotal' | 'debitTotal';
type Row = Omit<StatementView, Amounts | 'importedAt'> & Record<Amounts, bigint | null> & { importedAt: Date };

const SELECT = `SELECT s.id, s.account_id AS "accountId", s.business_date AS "businessDate", s.format, s.state, s.opening, s.closing, s.credit_total AS "creditTotal",
    s.debit_total AS "debitTotal", s.entry_count AS "entryCount", s.faults, f.file_name AS "fileName", encode(f.sha256, 'hex') AS sha256, f.source, s.imported_at AS "importedAt"
  FROM statement s JOIN original_file f ON f.id = s.file_id`;

@Injectable()
export class ListStatements {
  constructor(private readonly database: Database) {}

  /** The newest first; one row more than asked for tells whether there is another page. */
  async page({ accountId, businessDate, state, after, limit }: StatementFilter): Promise<StatementView[]> {
    const rows = await this.database.query<Row>(
      `${SELECT} WHERE ($1::uuid IS NULL OR s.account_id = $1) AND ($2::date IS NULL OR s.business_date = $2) AND ($3::text IS NULL OR s.state = $3)
         AND ($4::uuid IS NULL OR s.id < $4) ORDER BY s.id DESC LIMIT $5`,
      [accountId ?? null, businessDate ?? null, state ?? null, after ?? null, limit + 1],
    );
    return rows.map(viewOf);
  }

  async find(id: string): Promise<StatementView | null> {
    const [row] = await this.database.query<Row>(`${SELECT} WHERE s.id = $1`, [id]);
    return row === undefined ? null : viewOf(row);
  }

  /** The bytes as they came. */
  async originalOf(id: string): Promise<{ fileName: string; sha256: string; content: Buffer } | null> {
    const [row] = await this.database.query<{ fileName: string; sha256: string; content: Buffer }>(
      `SELECT f.file_name AS "fileName", encode(f.sha256, 'hex') AS sha256, f.content FROM statement s JOIN original_file f ON f.id = s.file_id WHERE s.id = $1`,
      [id],
    );
    return row ?? null;
  }
}

function viewOf(row: Row): StatementView {
  const amount = (minor: bigint | null): string | null => (minor === null ? null : formatAmount(minor));
  const { opening, closing, creditTotal, debitTotal } = row;
  return {
    ...row,
    opening: amount(opening),
    closing: amount(closing),
    creditTotal: amount(creditTotal),
    debitTotal: amount(debitTotal),
    importedAt: row.importedAt.toISOString(),
  };
}
