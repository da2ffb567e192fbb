import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { sum } from '@jinku/money';
import type { Queryable, Tx } from '@jinku/persistence';
import type { AdjustmentDirection, AdjustmentState, QuotaAdjustment } from '../domain/quota-adjustment.ts';

interface AdjustmentRow {
  id: string;
  clearing_house: ClearingHouse;
  direction: AdjustmentDirection;
  amount: bigint;
  state: AdjustmentState;
  serial_number: string | null;
  valid_until: Date | null;
  not_found_answers: number;
}

export interface NewAdjustment {
  readonly id: string;
  readonly clearingHouse: ClearingHouse;
  readonly direction: AdjustmentDirection;
  readonly amount: bigint;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
}

export interface AdjustmentMove {
  readonly from: AdjustmentState;
  readonly to: AdjustmentState;
  readonly nextInquiryAt: Date | null;
  readonly notFoundAnswers: number;
  readonly code: string | null;
  readonly railReference: string | null;
  readonly concludedAt: Date | null;
}

export interface AdjustmentNote {
  readonly state: AdjustmentState;
  readonly source: 'PERSON' | 'SERVICE' | 'ANSWER' | 'NOTICE' | 'INQUIRY';
  readonly outcome: string | null;
  readonly code: string | null;
  readonly at: Date;
}

const COLUMNS = 'id, clearing_house, direction, amount, state, serial_number, valid_until, not_found_answers';

@Injectable()
export class AdjustmentRepository {
  async insert(tx: Tx, given: NewAdjustment): Promise<void> {
    await tx.execute(
      `INSERT INTO quota_adjustment (id, clearing_house, direction, amount, state, reason, requested_by, requested_at)
       VALUES ($1, $2, $3, $4, 'PLANNED', $5, $6, $7)`,
      [given.id, given.clearingHouse, given.direction, given.amount, given.reason, given.requestedBy, given.requestedAt],
    );
  }

  async lock(tx: Tx, id: string): Promise<QuotaAdjustment | null> {
    const [row] = await tx.query<AdjustmentRow>(`SELECT ${COLUMNS} FROM quota_adjustment WHERE id = $1 FOR UPDATE`, [id]);
    return row === undefined ? null : adjustmentOf(row);
  }

  async find(database: Queryable, id: string): Promise<QuotaAdjustment | null> {
    const [row] = await database.query<AdjustmentRow>(`SELECT ${COLUMNS} FROM quota_adjustment WHERE id = $1`, [id]);
    return row === undefined ? null : adjustmentOf(row);
  }

  async houseOf(database: Queryable, id: string): Promise<ClearingHouse | null> {
    const [row] = await database.query<{ clearing_house: ClearingHouse }>('SELECT clearing_house FROM quota_adjustment WHERE id = $1', [id]);
    return row?.clearing_house ?? null;
  }

  async findByNumber(database: Queryable, serialNumber: string): Promise<QuotaAdjustment | null> {
    const [row] = await database.query<AdjustmentRow>(`SELECT ${COLUMNS} FROM quota_adjustment WHERE serial_number = $1`, [serialNumber]);
    return row === undefined ? null : adjustmentOf(row);
  }

  /** The oldest first, so that one that waits for its recall does not overtake another. */
  async listPlanned(database: Queryable, limit: number): Promise<QuotaAdjustment[]> {
    const rows = await database.query<AdjustmentRow>(`SELECT ${COLUMNS} FROM quota_adjustment WHERE state = 'PLANNED' ORDER BY requested_at, id LIMIT $1`, [limit]);
    return rows.map(adjustmentOf);
  }

  async listDue(database: Queryable, given: { wallNow: Date; limit: number }): Promise<QuotaAdjustment[]> {
    const rows = await database.query<AdjustmentRow>(
      `SELECT ${COLUMNS} FROM quota_adjustment WHERE next_inquiry_at <= $1 ORDER BY next_inquiry_at, id LIMIT $2`,
      [given.wallNow, given.limit],
    );
    return rows.map(adjustmentOf);
  }

  /** False when another process instructed it, or a person took it back. */
  async instruct(tx: Tx, id: string, given: { serialNumber: string; validUntil: Date; nextInquiryAt: Date }): Promise<boolean> {
    const moved = await tx.execute(
      `UPDATE quota_adjustment SET state = 'INSTRUCTED', serial_number = $2, valid_until = $3, next_inquiry_at = $4 WHERE id = $1 AND state = 'PLANNED'`,
      [id, given.serialNumber, given.validUntil, given.nextInquiryAt],
    );
    return moved === 1;
  }

  async move(tx: Tx, id: string, { from, to, nextInquiryAt, notFoundAnswers, code, railReference, concludedAt }: AdjustmentMove): Promise<boolean> {
    const moved = await tx.execute(
      `UPDATE quota_adjustment SET state = $3, next_inquiry_at = $4, not_found_answers = $5, code = coalesce($6, code),
         rail_reference = coalesce($7, rail_reference), concluded_at = $8 WHERE id = $1 AND state = $2`,
      [id, from, to, nextInquiryAt, notFoundAnswers, code, railReference, concludedAt],
    );
    return moved === 1;
  }

  /** A figure that was asked for after a success holds it; answers by how much our own successes have moved the mapping with it. */
  async reflect(tx: Tx, clearingHouse: ClearingHouse, askedAt: Date): Promise<bigint> {
    const rows = await tx.query<{ direction: AdjustmentDirection; amount: bigint }>(
      `UPDATE quota_adjustment SET reflected_at = $2 WHERE clearing_house = $1 AND state = 'SUCCEEDED' AND reflected_at IS NULL AND concluded_at <= $2
       RETURNING direction, amount`,
      [clearingHouse, askedAt],
    );
    return sum(rows.map(({ direction, amount }) => (direction === 'INCREASE' ? amount : -amount)));
  }

  /** Whether the house may have changed the mapping for us in a way that no figure has explained yet. */
  async hasUnexplained(tx: Tx, clearingHouse: ClearingHouse): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM quota_adjustment WHERE clearing_house = $1 AND reflected_at IS NULL AND state IN ('INSTRUCTED', 'ACCEPTED', 'UNKNOWN', 'SUCCEEDED') LIMIT 1`,
      [clearingHouse],
    );
    return rows.length > 0;
  }

  async insertEvent(tx: Tx, id: string, note: AdjustmentNote): Promise<void> {
    await tx.execute('INSERT INTO quota_adjustment_event (adjustment_id, state, source, outcome, code, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)', [
      id,
      note.state,
      note.source,
      note.outcome,
      note.code,
      note.at,
    ]);
  }
}

function adjustmentOf(row: AdjustmentRow): QuotaAdjustment {
  return {
    id: row.id,
    clearingHouse: row.clearing_house,
    direction: row.direction,
    amount: row.amount,
    state: row.state,
    serialNumber: row.serial_number,
    validUntil: row.valid_until,
    notFoundAnswers: row.not_found_answers,
  };
}
