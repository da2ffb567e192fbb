import { Injectable } from '@nestjs/common';
import type { BusinessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import type { Queryable, Tx } from '@jinku/persistence';

export const AutomaticActKind = {
  /** Quota goes from one house to the other. */
  SHIFT: 'SHIFT',
  /** Quota comes out of the buffer. */
  INCREASE: 'INCREASE',
  /** The policy that came into force maps a house for the first time. */
  INITIAL_MAPPING: 'INITIAL_MAPPING',
  /** The buffer is negative: a person should decrease. */
  DECREASE_PROPOSED: 'DECREASE_PROPOSED',
  /** Nothing may be done by rule. */
  WARNING: 'WARNING',
} as const;
export type AutomaticActKind = (typeof AutomaticActKind)[keyof typeof AutomaticActKind];

export interface AutomaticAct {
  readonly kind: AutomaticActKind;
  readonly fromHouse: ClearingHouse | null;
  readonly toHouse: ClearingHouse | null;
  readonly amount: bigint;
  readonly reason: string;
  readonly subjectId: string | null;
}

export interface RecordedAct extends AutomaticAct {
  readonly id: string;
  readonly actedAt: Date;
}

const COLUMNS = `id, kind, from_house AS "fromHouse", to_house AS "toHouse", amount, reason, subject_id AS "subjectId", acted_at AS "actedAt"`;

@Injectable()
export class AutomaticActRepository {
  async insert(tx: Tx, act: AutomaticAct, { policyVersion, on, at }: { policyVersion: number; on: BusinessDate; at: Date }): Promise<void> {
    await tx.execute(
      `INSERT INTO automatic_act (id, kind, from_house, to_house, amount, reason, policy_version, subject_id, acted_on, acted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [uuidv7(), act.kind, act.fromHouse, act.toHouse, act.amount, act.reason, policyVersion, act.subjectId, on, at],
    );
  }

  /** The last act of each kind and house served. */
  async listLast(tx: Tx): Promise<RecordedAct[]> {
    return tx.query(`SELECT DISTINCT ON (kind, to_house) ${COLUMNS} FROM automatic_act ORDER BY kind, to_house, id DESC`);
  }

  async movedOn(tx: Tx, on: BusinessDate): Promise<bigint> {
    const [row] = await tx.query<{ amount: bigint }>("SELECT coalesce(sum(amount), 0)::bigint AS amount FROM automatic_act WHERE acted_on = $1 AND kind IN ('SHIFT', 'INCREASE')", [on]);
    return row?.amount ?? 0n;
  }

  async hasMapped(tx: Tx, policyVersion: number, clearingHouse: ClearingHouse): Promise<boolean> {
    const rows = await tx.query("SELECT 1 FROM automatic_act WHERE kind = 'INITIAL_MAPPING' AND policy_version = $1 AND to_house = $2", [policyVersion, clearingHouse]);
    return rows.length > 0;
  }

  /** Shifts on their way to a house whose increase is not asked for yet. */
  async shiftsTo(tx: Tx, clearingHouse: ClearingHouse): Promise<bigint> {
    const [row] = await tx.query<{ amount: bigint }>("SELECT coalesce(sum(amount), 0)::bigint AS amount FROM quota_shift WHERE to_house = $1 AND state IN ('DECREASING', 'IN_BUFFER')", [
      clearingHouse,
    ]);
    return row?.amount ?? 0n;
  }

  /** The newest first; one row more than asked for tells whether there is another page. */
  async page(database: Queryable, { after, limit }: { after?: string | undefined; limit: number }): Promise<RecordedAct[]> {
    return database.query(`SELECT ${COLUMNS} FROM automatic_act WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`, [after ?? null, limit + 1]);
  }
}
