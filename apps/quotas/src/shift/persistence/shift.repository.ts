import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { QuotaShift, ShiftState } from '../domain/quota-shift.ts';

const COLUMNS = `id, from_house AS "fromHouse", to_house AS "toHouse", amount, state, decrease_id AS "decreaseId", increase_id AS "increaseId", attempts`;

@Injectable()
export class ShiftRepository {
  async insert(tx: Tx, given: Pick<QuotaShift, 'id' | 'fromHouse' | 'toHouse' | 'amount' | 'decreaseId'> & { reason: string; requestedBy: string; requestedAt: Date }): Promise<void> {
    await tx.execute(
      `INSERT INTO quota_shift (id, from_house, to_house, amount, state, decrease_id, reason, requested_by, requested_at)
       VALUES ($1, $2, $3, $4, 'DECREASING', $5, $6, $7, $8)`,
      [given.id, given.fromHouse, given.toHouse, given.amount, given.decreaseId, given.reason, given.requestedBy, given.requestedAt],
    );
    await this.#insertEvent(tx, given.id, 'DECREASING', given.requestedAt);
  }

  async find(database: Queryable, id: string): Promise<QuotaShift | null> {
    const [row] = await database.query<QuotaShift>(`SELECT ${COLUMNS} FROM quota_shift WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** Null when another process has it in hand. */
  async lockFree(tx: Tx, id: string): Promise<QuotaShift | null> {
    const [row] = await tx.query<QuotaShift>(`SELECT ${COLUMNS} FROM quota_shift WHERE id = $1 FOR UPDATE SKIP LOCKED`, [id]);
    return row ?? null;
  }

  async lock(tx: Tx, id: string): Promise<QuotaShift | null> {
    const [row] = await tx.query<QuotaShift>(`SELECT ${COLUMNS} FROM quota_shift WHERE id = $1 FOR UPDATE`, [id]);
    return row ?? null;
  }

  async isOneInBuffer(database: Queryable): Promise<boolean> {
    return (await database.query("SELECT 1 FROM quota_shift WHERE state = 'IN_BUFFER' LIMIT 1")).length > 0;
  }

  /** Those that something may follow for: an adjustment of theirs has ended, or their next try is due. */
  async listDue(database: Queryable, { wallNow, limit }: { wallNow: Date; limit: number }): Promise<string[]> {
    const rows = await database.query<{ id: string }>(
      `SELECT s.id FROM quota_shift s
       LEFT JOIN quota_adjustment a ON a.id = CASE s.state WHEN 'DECREASING' THEN s.decrease_id ELSE s.increase_id END
       WHERE s.state IN ('DECREASING', 'INCREASING', 'IN_BUFFER')
         AND CASE s.state WHEN 'IN_BUFFER' THEN s.retry_at <= $1 ELSE a.concluded_at IS NOT NULL END
       ORDER BY s.requested_at, s.id LIMIT $2`,
      [wallNow, limit],
    );
    return rows.map(({ id }) => id);
  }

  async move(tx: Tx, { id, state: from }: QuotaShift, to: { state: ShiftState; increaseId: string | null; attempts: number; retryAt: Date | null; at: Date }): Promise<boolean> {
    const moved = await tx.execute('UPDATE quota_shift SET state = $3, increase_id = $4, attempts = $5, retry_at = $6 WHERE id = $1 AND state = $2', [
      id,
      from,
      to.state,
      to.increaseId,
      to.attempts,
      to.retryAt,
    ]);
    if (moved === 1) await this.#insertEvent(tx, id, to.state, to.at);
    return moved === 1;
  }

  async #insertEvent(tx: Tx, id: string, state: ShiftState, at: Date): Promise<void> {
    await tx.execute('INSERT INTO quota_shift_event (shift_id, state, recorded_at) VALUES ($1, $2, $3)', [id, state, at]);
  }
}
