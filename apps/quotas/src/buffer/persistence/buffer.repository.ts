import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { BufferMovementKind } from '../../position/domain/institution-book.ts';

export interface Buffer {
  /** Null until the central reserve was seen: nothing is known of the buffer then. */
  readonly balance: bigint | null;
  /** The reserve's movements until this instant are in the opening balance. */
  readonly openedAsOf: Date | null;
  readonly reserveBalance: bigint | null;
  readonly reserveSource: string | null;
  readonly reserveAsOf: Date | null;
  /** I1: by how much the reserve exceeds what our movements explain, and since when, by wall time. */
  readonly reserveDifference: bigint;
  readonly differsSince: Date | null;
}

export interface BufferMovement {
  readonly kind: BufferMovementKind;
  readonly amount: bigint;
  /** Names what moved it; one movement of a kind for each, for ever. */
  readonly reference: string;
  readonly clearingHouse: ClearingHouse | null;
  readonly movedAt: Date;
}

const COLUMNS = `balance, opened_as_of AS "openedAsOf", reserve_balance AS "reserveBalance", reserve_source AS "reserveSource", reserve_as_of AS "reserveAsOf",
  reserve_difference AS "reserveDifference", differs_since AS "differsSince"`;

@Injectable()
export class BufferRepository {
  /** Locked after the houses' rows, never before. */
  async lock(tx: Tx): Promise<Buffer> {
    const [row] = await tx.query<Buffer>(`SELECT ${COLUMNS} FROM quota_buffer FOR UPDATE`);
    if (row === undefined) throw new Error('the buffer has a row from its migration on');
    return row;
  }

  /** What shifts have brought in from one house and have not asked for at the other yet: in the buffer, but nobody else's. The caller holds the buffer. */
  async heldForShifts(tx: Tx): Promise<bigint> {
    const [row] = await tx.query<{ held: bigint }>(
      `SELECT coalesce(sum(s.amount), 0)::bigint AS held FROM quota_shift s
       JOIN quota_adjustment a ON a.id = CASE s.state WHEN 'INCREASING' THEN s.increase_id ELSE s.decrease_id END
       WHERE s.state IN ('DECREASING', 'INCREASING', 'IN_BUFFER') AND CASE s.state WHEN 'INCREASING' THEN a.state IN ('FAILED', 'CANCELLED') ELSE a.state = 'SUCCEEDED' END`,
    );
    return row?.held ?? 0n;
  }

  async find(database: Queryable): Promise<Buffer> {
    const [row] = await database.query<Buffer>(`SELECT ${COLUMNS} FROM quota_buffer`);
    if (row === undefined) throw new Error('the buffer has a row from its migration on');
    return row;
  }

  /** Moves the buffer once for a kind and reference; nothing before it was opened, for the opening counts what came before. */
  async move(tx: Tx, { kind, amount, reference, clearingHouse, movedAt }: BufferMovement): Promise<void> {
    await this.lock(tx);
    await tx.execute(
      `WITH moved AS (
         INSERT INTO quota_buffer_movement (kind, amount, reference, clearing_house, moved_at, balance_after)
         SELECT $1, $2::bigint, $3, $4, $5, balance + $2::bigint FROM quota_buffer WHERE balance IS NOT NULL
         ON CONFLICT (kind, reference) DO NOTHING RETURNING amount
       )
       UPDATE quota_buffer SET balance = balance + moved.amount FROM moved`,
      [kind, amount, reference, clearingHouse, movedAt],
    );
  }

  async open(tx: Tx, { amount, asOf, movedAt }: { amount: bigint; asOf: Date; movedAt: Date }): Promise<void> {
    await tx.execute('UPDATE quota_buffer SET balance = $1, opened_as_of = $2 WHERE balance IS NULL', [amount, asOf]);
    await tx.execute(
      "INSERT INTO quota_buffer_movement (kind, amount, reference, moved_at, balance_after) VALUES ('OPENING', $1, 'opening', $2, $1)",
      [amount, movedAt],
    );
  }

  async setReserve(tx: Tx, given: { balance: bigint; source: string; asOf: Date }): Promise<void> {
    await tx.execute('UPDATE quota_buffer SET reserve_balance = $1, reserve_source = $2, reserve_as_of = $3', [given.balance, given.source, given.asOf]);
  }

  async setDifference(tx: Tx, { difference, wallNow }: { difference: bigint; wallNow: Date }): Promise<void> {
    await tx.execute('UPDATE quota_buffer SET reserve_difference = $1, differs_since = CASE WHEN $1::bigint = 0 THEN NULL ELSE coalesce(differs_since, $2) END', [difference, wallNow]);
  }

  /** False when this movement of the central reserve is known already. */
  async insertReserveMovement(tx: Tx, given: ReserveMovement): Promise<boolean> {
    const inserted = await tx.execute(
      `INSERT INTO reserve_movement (movement_number, amount, balance_after, payer_reference, purpose, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (movement_number) DO NOTHING`,
      [given.movementNumber, given.amount, given.balanceAfter, given.payerReference, given.purpose, given.occurredAt],
    );
    return inserted === 1;
  }
}

/** One movement of the central reserve as told by the notifying house; `amount` is signed. */
export interface ReserveMovement {
  readonly movementNumber: string;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly payerReference: string | null;
  readonly purpose: string | null;
  readonly occurredAt: Date;
}
