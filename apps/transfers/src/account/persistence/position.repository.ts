import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Position } from '../domain/position.ts';

export interface Observation {
  readonly observationId: string;
  readonly accountId: string;
  readonly balanceMinor: bigint;
  readonly source: string;
  readonly asOf: Date;
  readonly observedAt: Date;
}

interface PositionRow {
  observation_id: string;
  balance: bigint;
  as_of: Date;
  open_outgoing: bigint;
}

const OPEN_OUTGOING = `(SELECT coalesce(sum(amount), 0)::bigint FROM position_reservation WHERE account_id = $1 AND released_at IS NULL) AS open_outgoing`;

@Injectable()
export class PositionRepository {
  /** Keeps the observation; false when a newer one of the account is known already. Locks the account's position either way. */
  async observe(tx: Tx, given: Observation): Promise<boolean> {
    await tx.execute('INSERT INTO position_observation (observation_id, account_id, balance, as_of) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      given.observationId,
      given.accountId,
      given.balanceMinor,
      given.asOf,
    ]);
    const touched = await tx.execute(
      `INSERT INTO account_position AS known (account_id, observation_id, balance, source, as_of, observed_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (account_id) DO UPDATE SET observation_id = excluded.observation_id, balance = excluded.balance, source = excluded.source,
         as_of = excluded.as_of, observed_at = excluded.observed_at
       WHERE known.as_of <= excluded.as_of`,
      [given.accountId, given.observationId, given.balanceMinor, given.source, given.asOf, given.observedAt],
    );
    if (touched === 0) return false;
    // What had left before the bank was asked is contained in what it answered.
    await tx.execute('UPDATE position_reservation SET released_at = $3 WHERE account_id = $1 AND released_at IS NULL AND left_at <= $2', [
      given.accountId,
      given.asOf,
      given.observedAt,
    ]);
    return true;
  }

  /** The position with its lock: whoever reserves of it comes one after the other. */
  async lock(tx: Tx, accountId: string): Promise<Position | null> {
    await tx.query('SELECT 1 AS locked FROM account_position WHERE account_id = $1 FOR UPDATE', [accountId]);
    // A statement of its own, begun when the lock is held, so that it sees what the last holder reserved.
    return this.find(tx, accountId);
  }

  async find(database: Queryable, accountId: string): Promise<Position | null> {
    const [row] = await database.query<PositionRow>(`SELECT observation_id, balance, as_of, ${OPEN_OUTGOING} FROM account_position WHERE account_id = $1`, [accountId]);
    if (row === undefined) return null;
    return { accountId, observationId: row.observation_id, observedMinor: row.balance, asOf: row.as_of, openOutgoingMinor: row.open_outgoing };
  }

  async reserve(tx: Tx, given: { orderId: string; accountId: string; amountMinor: bigint; at: Date }): Promise<void> {
    await tx.execute('INSERT INTO position_reservation (order_id, account_id, amount, reserved_at) VALUES ($1, $2, $3, $4)', [
      given.orderId,
      given.accountId,
      given.amountMinor,
      given.at,
    ]);
  }

  /** The money has left: the reservation stands until an observation from then on contains it. */
  async markLeft(tx: Tx, orderId: string, at: Date): Promise<void> {
    await tx.execute('UPDATE position_reservation SET left_at = $2 WHERE order_id = $1 AND left_at IS NULL', [orderId, at]);
  }

  /** Nothing will leave, or all of it is back. */
  async release(tx: Tx, orderId: string, at: Date): Promise<void> {
    await tx.execute('UPDATE position_reservation SET released_at = $2 WHERE order_id = $1 AND released_at IS NULL', [orderId, at]);
  }
}
