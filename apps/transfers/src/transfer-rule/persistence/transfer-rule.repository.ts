import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { PastObservation } from '../domain/dry-run.ts';
import type { TransferRule, TransferRuleContent } from '../domain/transfer-rule.ts';

export interface RuleVersion {
  readonly ruleId: string;
  readonly version: number;
  readonly content: TransferRuleContent;
  readonly approvalId: string;
  readonly makerId: string;
  readonly checkerId: string;
  readonly reason: string;
  readonly inForceAt: Date;
}

export interface RuleRun {
  readonly id: string;
  readonly dueAt: Date | null;
  readonly observationId: string | null;
  readonly projectedMinor: bigint | null;
  readonly decision: 'ORDERED' | 'NOT_ORDERED' | 'MISSED';
  readonly code: string | null;
  readonly orderId: string | null;
  readonly runAt: Date;
}

/** A rule with what its last judgement said. */
export interface JudgedRule extends TransferRule {
  readonly lastCode: string | null;
}

const COLUMNS = `id, version, content, maker_id AS "makerId", next_due_at AS "nextDueAt", last_code AS "lastCode"`;

@Injectable()
export class TransferRuleRepository {
  async find(database: Queryable, id: string): Promise<JudgedRule | null> {
    const [row] = await database.query<JudgedRule>(`SELECT ${COLUMNS} FROM transfer_rule WHERE id = $1`, [id]);
    return row ?? null;
  }

  async lock(tx: Tx, id: string): Promise<JudgedRule | null> {
    const [row] = await tx.query<JudgedRule>(`SELECT ${COLUMNS} FROM transfer_rule WHERE id = $1 FOR UPDATE`, [id]);
    return row ?? null;
  }

  /** The threshold rules over one payer, in one order for all who lock them. */
  async lockThresholdsOf(tx: Tx, payerAccountId: string): Promise<JudgedRule[]> {
    return tx.query<JudgedRule>(`SELECT ${COLUMNS} FROM transfer_rule WHERE payer_account_id = $1 AND trigger_kind = 'THRESHOLD' ORDER BY id FOR UPDATE`, [payerAccountId]);
  }

  async listPayersOfThresholds(database: Queryable): Promise<string[]> {
    const rows = await database.query<{ id: string }>(`SELECT DISTINCT payer_account_id AS id FROM transfer_rule WHERE trigger_kind = 'THRESHOLD' ORDER BY id`);
    return rows.map(({ id }) => id);
  }

  /** Schedules whose time has come, and those whose calendar was not published when it was last worked out. */
  async listDue(database: Queryable, at: Date): Promise<JudgedRule[]> {
    return database.query<JudgedRule>(
      `SELECT ${COLUMNS} FROM transfer_rule WHERE trigger_kind = 'SCHEDULE' AND (next_due_at <= $1 OR next_due_at IS NULL) ORDER BY next_due_at, id`,
      [at],
    );
  }

  async putInForce(tx: Tx, given: RuleVersion & { nextDueAt: Date | null }): Promise<void> {
    const { ruleId, version, content, approvalId, makerId, checkerId, reason, inForceAt } = given;
    await tx.execute(
      `INSERT INTO transfer_rule (id, version, payer_account_id, trigger_kind, content, maker_id, next_due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, payer_account_id = excluded.payer_account_id, trigger_kind = excluded.trigger_kind,
         content = excluded.content, maker_id = excluded.maker_id, next_due_at = excluded.next_due_at, last_code = NULL`,
      [ruleId, version, content.payerAccountId, content.trigger.kind, JSON.stringify(content), makerId, given.nextDueAt],
    );
    await tx.execute(
      `INSERT INTO transfer_rule_version (rule_id, version, content, approval_id, maker_id, checker_id, reason, in_force_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [ruleId, version, JSON.stringify(content), approvalId, makerId, checkerId, reason, inForceAt],
    );
  }

  async recordRun(tx: Tx, rule: TransferRule, run: RuleRun): Promise<void> {
    await tx.execute(
      `INSERT INTO transfer_rule_run (id, rule_id, rule_version, due_at, observation_id, projected, decision, code, order_id, run_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [run.id, rule.id, rule.version, run.dueAt, run.observationId, run.projectedMinor, run.decision, run.code, run.orderId, run.runAt],
    );
  }

  async setLastCode(tx: Tx, ruleId: string, code: string | null): Promise<void> {
    await tx.execute('UPDATE transfer_rule SET last_code = $2 WHERE id = $1', [ruleId, code]);
  }

  async setNextDue(tx: Tx, ruleId: string, nextDueAt: Date | null): Promise<void> {
    await tx.execute('UPDATE transfer_rule SET next_due_at = $2 WHERE id = $1', [ruleId, nextDueAt]);
  }

  async observationsOf(database: Queryable, accountId: string, { from, until, limit }: { from: Date; until: Date; limit: number }): Promise<PastObservation[]> {
    return database.query<PastObservation>(
      `SELECT balance AS "balanceMinor", as_of AS "asOf" FROM position_observation WHERE account_id = $1 AND as_of >= $2 AND as_of < $3 ORDER BY as_of, observation_id LIMIT $4`,
      [accountId, from, until, limit],
    );
  }
}
