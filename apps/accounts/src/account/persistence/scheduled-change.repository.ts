import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import type { TermsChange } from '../domain/change-account.ts';

/** An approved change that takes effect on a later day. */
export interface ScheduledChange {
  /** The approval's id. */
  readonly id: string;
  readonly accountId: string;
  readonly effectiveOn: string;
  readonly change: TermsChange;
  readonly makerId: string;
  readonly checkerId: string;
  readonly reason: string;
}

@Injectable()
export class ScheduledChangeRepository {
  async insert(tx: Tx, change: ScheduledChange): Promise<void> {
    await tx.execute(
      `INSERT INTO scheduled_change (id, account_id, effective_on, change, maker_id, checker_id, reason, state) VALUES ($1, $2, $3, $4, $5, $6, $7, 'SCHEDULED')`,
      [change.id, change.accountId, change.effectiveOn, JSON.stringify(change.change), change.makerId, change.checkerId, change.reason],
    );
  }

  /** Locks the next change that is due, in the order in which they take effect; one that another replica works on is left to it. */
  async lockDue(tx: Tx, today: string): Promise<ScheduledChange | null> {
    const [row] = await tx.query<ScheduledChange>(
      `SELECT id, account_id AS "accountId", effective_on AS "effectiveOn", change, maker_id AS "makerId", checker_id AS "checkerId", reason
       FROM scheduled_change WHERE state = 'SCHEDULED' AND effective_on <= $1 ORDER BY effective_on, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [today],
    );
    return row ?? null;
  }

  /** `droppedBecause` is the code of the refusal that the change met on its day. */
  async end(tx: Tx, id: string, { endedAt, droppedBecause }: { endedAt: Date; droppedBecause: string | null }): Promise<void> {
    await tx.execute(`UPDATE scheduled_change SET state = $2, ended_at = $3, dropped_because = $4 WHERE id = $1 AND state = 'SCHEDULED'`, [
      id,
      droppedBecause === null ? 'IN_FORCE' : 'DROPPED',
      endedAt,
      droppedBecause,
    ]);
  }
}
