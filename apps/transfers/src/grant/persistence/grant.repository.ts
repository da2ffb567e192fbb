import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';

/** What fund-downs may spend of one house's quota, in totals since the grant began; `reserved` alone is a level. */
export interface Grant {
  readonly grantId: string;
  readonly clearingHouse: ClearingHouse;
  readonly epoch: number;
  readonly grantedMinor: bigint;
  readonly consumedMinor: bigint;
  readonly reservedMinor: bigint;
  /** What fund-downs that wait would still take. */
  readonly needMinor: bigint;
}

export interface GrantOrder {
  readonly grantId: string;
  readonly clearingHouse: ClearingHouse;
  readonly epoch: number;
  readonly grantedMinor: bigint;
}

@Injectable()
export class GrantRepository {
  /** Takes a new epoch, or nothing when this or a later one was taken. A recall below what was used leaves the grant at what was used. */
  async set(tx: Tx, { grantId, clearingHouse, epoch, grantedMinor }: GrantOrder): Promise<boolean> {
    const touched = await tx.execute(
      `INSERT INTO quota_grant AS known (grant_id, clearing_house, epoch, granted_total) VALUES ($1, $2, $3, $4)
       ON CONFLICT (grant_id) DO UPDATE SET epoch = excluded.epoch, granted_total = greatest(excluded.granted_total, known.consumed_total + known.reserved)
       WHERE known.epoch < excluded.epoch`,
      [grantId, clearingHouse, epoch, grantedMinor],
    );
    return touched === 1;
  }

  /** False while the grant does not have so much left. */
  async reserve(tx: Tx, clearingHouse: ClearingHouse, amountMinor: bigint): Promise<boolean> {
    const touched = await tx.execute(
      'UPDATE quota_grant SET reserved = reserved + $2 WHERE clearing_house = $1 AND granted_total - consumed_total - reserved >= $2::bigint',
      [clearingHouse, amountMinor],
    );
    return touched === 1;
  }

  /** The reserved quota is used up for good. */
  async consume(tx: Tx, clearingHouse: ClearingHouse, amountMinor: bigint): Promise<void> {
    await tx.execute('UPDATE quota_grant SET reserved = reserved - $2, consumed_total = consumed_total + $2 WHERE clearing_house = $1', [clearingHouse, amountMinor]);
  }

  /** The reserved quota was not used. */
  async release(tx: Tx, clearingHouse: ClearingHouse, amountMinor: bigint): Promise<void> {
    await tx.execute('UPDATE quota_grant SET reserved = reserved - $2 WHERE clearing_house = $1', [clearingHouse, amountMinor]);
  }

  /** As it is told: under its lock, so that reports leave in the order of what they say. */
  async lock(tx: Tx, clearingHouse: ClearingHouse): Promise<Grant | null> {
    const [row] = await tx.query<Grant>(
      `SELECT grant_id AS "grantId", clearing_house AS "clearingHouse", epoch, granted_total AS "grantedMinor", consumed_total AS "consumedMinor",
         reserved AS "reservedMinor",
         (SELECT coalesce(sum(l.amount), 0)::bigint FROM transfer_leg l JOIN transfer_order o ON o.id = l.order_id
          WHERE l.state = 'PLANNED' AND o.state = 'RUNNING' AND o.means = 'NETSUNION_PAYOUT') AS "needMinor"
       FROM quota_grant g WHERE clearing_house = $1 FOR UPDATE OF g`,
      [clearingHouse],
    );
    return row ?? null;
  }
}
