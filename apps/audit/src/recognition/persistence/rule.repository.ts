import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { RecognitionRule } from '../domain/recognition-rule.ts';

export interface RuleVersion extends RecognitionRule {
  readonly approvedAt: Date;
}

const COLUMNS = `rule_id AS id, version, position, name, kind, condition, is_in_force AS "isInForce", approved_at AS "approvedAt"`;

@Injectable()
export class RuleRepository {
  /** The newest version of each rule, in the order in which they are tried. */
  async listNewest(database: Queryable): Promise<RuleVersion[]> {
    return database.query<RuleVersion>(
      `SELECT * FROM (SELECT DISTINCT ON (rule_id) ${COLUMNS} FROM recognition_rule ORDER BY rule_id, version DESC) newest ORDER BY position, id`,
    );
  }

  async listVersions(database: Queryable, id: string): Promise<RuleVersion[]> {
    return database.query<RuleVersion>(`SELECT ${COLUMNS} FROM recognition_rule WHERE rule_id = $1 ORDER BY version`, [id]);
  }

  /** False when the rule has that version already. */
  async insert(tx: Tx, { id, version, position, name, kind, condition, isInForce, approvedAt }: RuleVersion): Promise<boolean> {
    const inserted = await tx.execute(
      `INSERT INTO recognition_rule (rule_id, version, position, name, kind, condition, is_in_force, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [id, version, position, name, kind, JSON.stringify(condition), isInForce, approvedAt],
    );
    return inserted === 1;
  }
}
