import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import { canonicalJson } from '@jinku/service';
import type { CheckCode, CheckResult, Figures, Verdict } from '../domain/check-result.ts';

export interface CheckPlace {
  readonly check: CheckCode;
  readonly subject: string;
  readonly businessDate: string;
}

export interface LastRun {
  readonly verdict: Verdict;
  readonly inputs: Figures;
  readonly inputsSha256: Buffer;
}

@Injectable()
export class CheckRepository {
  async findLast(database: Queryable, { check, subject, businessDate }: CheckPlace): Promise<LastRun | null> {
    const [run] = await database.query<LastRun>(
      `SELECT verdict, inputs, inputs_sha256 AS "inputsSha256" FROM check_run WHERE business_date = $3 AND check_code = $1 AND subject = $2 ORDER BY id DESC LIMIT 1`,
      [check, subject, businessDate],
    );
    return run ?? null;
  }

  /** Whether the subject was judged for a later date: then what is carried from day to day is that run's to say. */
  async hasLater(tx: Tx, { check, subject, businessDate }: CheckPlace): Promise<boolean> {
    const later = await tx.query(`SELECT FROM check_run WHERE check_code = $1 AND subject = $2 AND business_date > $3 AND verdict <> 'NOT_RUN' LIMIT 1`, [check, subject, businessDate]);
    return later.length > 0;
  }

  /** False when the last run of the place had the same inputs: its verdict stands. */
  async insert(tx: Tx, run: CheckPlace & { readonly id: string; readonly result: CheckResult; readonly at: Date }): Promise<boolean> {
    const { id, check, subject, businessDate, result, at } = run;
    const inputsSha256 = createHash('sha256').update(canonicalJson([result.inputs, result.verdict, result.reason])).digest();
    const last = await this.findLast(tx, run);
    if (last?.inputsSha256.equals(inputsSha256) === true) return false;
    await tx.execute(
      `INSERT INTO check_run (id, check_code, subject, business_date, verdict, reason, left_figures, right_figures, inputs, inputs_sha256, break_count, ran_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[id, check, subject, businessDate, result.verdict, result.reason, JSON.stringify(result.left), JSON.stringify(result.right)],
        ...[JSON.stringify(result.inputs), inputsSha256, result.breakCount, at],
      ],
    );
    return true;
  }

  async insertRequest(tx: Tx, { id, businessDate, at }: { id: string; businessDate: string; at: Date }): Promise<void> {
    await tx.execute('INSERT INTO check_request (id, business_date, requested_at) VALUES ($1, $2, $3)', [id, businessDate, at]);
  }

  async listOpenRequests(database: Queryable): Promise<{ id: string; businessDate: string }[]> {
    return database.query('SELECT id, business_date AS "businessDate" FROM check_request WHERE done_at IS NULL ORDER BY id LIMIT 31');
  }

  async closeRequest(tx: Tx, id: string, at: Date): Promise<void> {
    await tx.execute('UPDATE check_request SET done_at = $2 WHERE id = $1 AND done_at IS NULL', [id, at]);
  }
}
