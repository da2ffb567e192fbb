import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import { ClosingCheck, type ClosingAnswer, type ClosingAnswers } from '../domain/closing.ts';

/** One closing of one account; an account that was reopened may be closed again, as another closing. */
export interface Closing {
  /** The approval's id. */
  readonly id: string;
  readonly accountId: string;
  /** Where a refusal takes the account back to. */
  readonly priorState: 'ACTIVE' | 'FROZEN';
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: 'CLOSED' | 'REOPENED' | null;
  readonly refusal: string | null;
}

export interface RecordedAnswer {
  readonly check: ClosingCheck;
  readonly answer: ClosingAnswer;
  /** The person who stated it; null when a service or the register answered. */
  readonly statedBy: string | null;
  readonly evidence: string | null;
  readonly answeredAt: Date;
}

const COLUMNS = 'id, account_id AS "accountId", prior_state AS "priorState", started_at AS "startedAt", ended_at AS "endedAt", outcome, refusal';

@Injectable()
export class ClosingRepository {
  async insert(tx: Tx, closing: Pick<Closing, 'id' | 'accountId' | 'priorState' | 'startedAt'>): Promise<void> {
    await tx.execute('INSERT INTO account_closing (id, account_id, prior_state, started_at) VALUES ($1, $2, $3, $4)', [
      closing.id,
      closing.accountId,
      closing.priorState,
      closing.startedAt,
    ]);
  }

  /** The closing that an account in state CLOSING is in. The account's lock covers it. */
  async findOpen(queryable: Queryable, accountId: string): Promise<Closing | null> {
    const [row] = await queryable.query<Closing>(`SELECT ${COLUMNS} FROM account_closing WHERE account_id = $1 AND ended_at IS NULL`, [accountId]);
    return row ?? null;
  }

  /** The last closing, whether it goes on or has ended. */
  async findLast(queryable: Queryable, accountId: string): Promise<Closing | null> {
    const [row] = await queryable.query<Closing>(`SELECT ${COLUMNS} FROM account_closing WHERE account_id = $1 ORDER BY started_at DESC, id DESC LIMIT 1`, [accountId]);
    return row ?? null;
  }

  async end(tx: Tx, id: string, { endedAt, refusal }: { endedAt: Date; refusal: string | null }): Promise<void> {
    await tx.execute('UPDATE account_closing SET ended_at = $2, outcome = $3, refusal = $4 WHERE id = $1 AND ended_at IS NULL', [
      id,
      endedAt,
      refusal === null ? 'CLOSED' : 'REOPENED',
      refusal,
    ]);
  }

  async appendAnswers(tx: Tx, closingId: string, answers: readonly RecordedAnswer[]): Promise<void> {
    await tx.execute(
      `INSERT INTO account_closing_answer (closing_id, sequence, closing_check, answer, stated_by, evidence, answered_at)
       SELECT $1, (SELECT count(*) FROM account_closing_answer WHERE closing_id = $1) + a.position, a.closing_check, a.answer, a.stated_by, a.evidence, a.answered_at
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
         WITH ORDINALITY AS a (closing_check, answer, stated_by, evidence, answered_at, position)`,
      [
        closingId,
        answers.map(({ check }) => check),
        answers.map(({ answer }) => answer),
        answers.map(({ statedBy }) => statedBy),
        answers.map(({ evidence }) => evidence),
        answers.map(({ answeredAt }) => answeredAt),
      ],
    );
  }

  /** All answers in the order in which they came. */
  async listAnswers(queryable: Queryable, closingId: string): Promise<RecordedAnswer[]> {
    return queryable.query<RecordedAnswer>(
      `SELECT closing_check AS "check", answer, stated_by AS "statedBy", evidence, answered_at AS "answeredAt"
       FROM account_closing_answer WHERE closing_id = $1 ORDER BY sequence`,
      [closingId],
    );
  }

  /** The last answer to each check. */
  async currentAnswers(queryable: Queryable, closingId: string): Promise<ClosingAnswers> {
    const answers = await this.listAnswers(queryable, closingId);
    return Object.fromEntries(answers.map(({ check, answer }) => [check, answer])) as ClosingAnswers;
  }
}
