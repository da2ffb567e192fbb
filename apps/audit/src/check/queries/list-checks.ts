import { Injectable } from '@nestjs/common';
import { Database } from '@jinku/persistence';
import { CheckCode, UNFED_CHECKS, type Figures, type Verdict } from '../domain/check-result.ts';

export interface CheckView {
  readonly check: string;
  readonly subject: string | null;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly left: Figures;
  readonly right: Figures;
  readonly inputs: Figures;
  readonly inputsSha256: string | null;
  readonly breakCount: number;
  readonly ranAt: string | null;
}

export interface RunView extends CheckView {
  readonly id: string;
  readonly businessDate: string;
}

const COLUMNS = `id, check_code AS check, subject, business_date AS "businessDate", verdict, reason, left_figures AS left, right_figures AS right, inputs,
  encode(inputs_sha256, 'hex') AS "inputsSha256", break_count AS "breakCount", ran_at AS "ranAt"`;

type Row = Omit<RunView, 'ranAt'> & { ranAt: Date };

@Injectable()
export class ListChecks {
  constructor(private readonly database: Database) {}

  /** The last verdict of every check and subject of the date. A check that never ran, or that nothing is collected for, is there too and says so. */
  async execute(businessDate: string): Promise<CheckView[]> {
    const rows = await this.database.query<Row>(
      `SELECT DISTINCT ON (check_code, subject) ${COLUMNS} FROM check_run WHERE business_date = $1 ORDER BY check_code, subject, id DESC`,
      [businessDate],
    );
    const seen = new Set(rows.map(({ check }) => check));
    const missing = [
      ...Object.values(CheckCode).filter((check) => !seen.has(check)).map((check) => nothing(check, 'NOT_RUN_YET')),
      ...UNFED_CHECKS.map((check) => nothing(check, 'NO_FEED')),
    ];
    return [...rows.map(viewOf), ...missing].sort((a, b) => Number(a.check.slice(1)) - Number(b.check.slice(1)));
  }

  /** Every run that was kept, the newest first; one row more than asked for tells whether there is another page. */
  async runs({ businessDate, check, subject, after, limit }: { businessDate?: string | undefined; check?: CheckCode | undefined; subject?: string | undefined; after?: string | undefined; limit: number }): Promise<RunView[]> {
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM check_run WHERE ($1::date IS NULL OR business_date = $1) AND ($2::text IS NULL OR check_code = $2) AND ($3::text IS NULL OR subject = $3)
         AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
      [businessDate ?? null, check ?? null, subject ?? null, after ?? null, limit + 1],
    );
    return rows.map((row) => ({ ...viewOf(row), id: row.id, businessDate: row.businessDate }));
  }
}

function viewOf({ check, subject, verdict, reason, left, right, inputs, inputsSha256, breakCount, ranAt }: Row): CheckView {
  return { check, subject, verdict, reason, left, right, inputs, inputsSha256, breakCount, ranAt: ranAt.toISOString() };
}

function nothing(check: string, reason: string): CheckView {
  return { check, subject: null, verdict: 'NOT_RUN', reason, left: {}, right: {}, inputs: {}, inputsSha256: null, breakCount: 0, ranAt: null };
}
