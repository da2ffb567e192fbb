import { Injectable } from '@nestjs/common';
import type { LegEffect } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { LegInstruction, TransferLeg } from '../domain/transfer-order.ts';
import type { TransferLegState } from '../domain/transfer-leg-state.ts';

const LEG_COLUMNS = `l.order_id AS "orderId", l.leg_number AS "legNumber", l.state, l.amount AS "amountMinor"`;
const INSTRUCTION_COLUMNS = `serial_number AS "serialNumber", order_id AS "orderId", leg_number AS "legNumber", amount AS "amountMinor", instructed_at AS "instructedAt", valid_until AS "validUntil",
  inquiries, not_found_answers AS "notFoundAnswers", conclusion`;

export interface NewInstruction {
  readonly serialNumber: string;
  readonly instructedAt: Date;
  readonly validUntil: Date;
  readonly nextInquiryAt: Date;
}

export interface InstructionNote {
  readonly nextInquiryAt: Date | null;
  readonly inquiries: number;
  readonly notFoundAnswers: number;
  readonly code: string | null;
  readonly railReference: string | null;
  readonly conclusion: LegInstruction['conclusion'];
}

export interface LegNote {
  readonly serialNumber: string | null;
  readonly source: 'SERVICE' | 'PERSON' | 'ANSWER' | 'NOTICE' | 'INQUIRY';
  readonly outcome: string | null;
  readonly code: string | null;
  readonly at: Date;
}

export interface Movement {
  readonly movementId: string;
  readonly serialNumber: string;
  readonly effect: LegEffect;
  readonly accountId: string;
  readonly valueDate: string;
  readonly settledAt: Date;
}

@Injectable()
export class TransferLegRepository {
  async insert(tx: Tx, leg: Omit<TransferLeg, 'state'>, at: Date): Promise<void> {
    await tx.execute(`INSERT INTO transfer_leg (order_id, leg_number, state, amount, planned_at) VALUES ($1, $2, 'PLANNED', $3, $4)`, [
      leg.orderId,
      leg.legNumber,
      leg.amountMinor,
      at,
    ]);
    await this.#noteLeg(tx, leg, { state: 'PLANNED', serialNumber: null, source: 'SERVICE', outcome: null, code: null, at });
  }

  /** The legs of an order whose lock the caller holds. */
  async ofOrder(tx: Tx, orderId: string): Promise<TransferLeg[]> {
    return tx.query<TransferLeg>(`SELECT ${LEG_COLUMNS} FROM transfer_leg l WHERE order_id = $1 ORDER BY leg_number`, [orderId]);
  }

  /** Legs that may leave, the oldest of each means first: fund-downs that wait for quota hold up no sweep. */
  async listPlanned(database: Queryable, limitPerMeans: number): Promise<TransferLeg[]> {
    return database.query<TransferLeg>(
      `SELECT "orderId", "legNumber", state, "amountMinor" FROM (
         SELECT ${LEG_COLUMNS}, row_number() OVER (PARTITION BY o.means ORDER BY l.planned_at, l.order_id) AS place
         FROM transfer_leg l JOIN transfer_order o ON o.id = l.order_id WHERE l.state = 'PLANNED' AND o.state = 'RUNNING'
       ) AS planned WHERE place <= $1 ORDER BY place`,
      [limitPerMeans],
    );
  }

  async move(tx: Tx, leg: TransferLeg, to: TransferLegState, note: LegNote): Promise<void> {
    await tx.execute('UPDATE transfer_leg SET state = $4 WHERE order_id = $1 AND leg_number = $2 AND state = $3', [leg.orderId, leg.legNumber, leg.state, to]);
    await this.#noteLeg(tx, leg, { ...note, state: to });
  }

  /** The database refuses a second number while the first may have moved money. */
  async instruct(tx: Tx, leg: TransferLeg, { serialNumber, instructedAt, validUntil, nextInquiryAt }: NewInstruction): Promise<void> {
    await tx.execute(
      `INSERT INTO leg_instruction (serial_number, order_id, leg_number, amount, instructed_at, valid_until, next_inquiry_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [serialNumber, leg.orderId, leg.legNumber, leg.amountMinor, instructedAt, validUntil, nextInquiryAt],
    );
  }

  async isInTransit(database: Queryable, { orderId, legNumber }: Pick<TransferLeg, 'orderId' | 'legNumber'>): Promise<boolean> {
    const rows = await database.query(`SELECT 1 FROM transfer_leg WHERE order_id = $1 AND leg_number = $2 AND state = 'IN_TRANSIT'`, [orderId, legNumber]);
    return rows.length > 0;
  }

  async findInstruction(database: Queryable, serialNumber: string): Promise<LegInstruction | null> {
    const [row] = await database.query<LegInstruction>(`SELECT ${INSTRUCTION_COLUMNS} FROM leg_instruction WHERE serial_number = $1`, [serialNumber]);
    return row ?? null;
  }

  async listDue(database: Queryable, { wallNow, limit }: { wallNow: Date; limit: number }): Promise<LegInstruction[]> {
    return database.query<LegInstruction>(
      `SELECT ${INSTRUCTION_COLUMNS} FROM leg_instruction WHERE next_inquiry_at <= $1 ORDER BY next_inquiry_at, serial_number LIMIT $2`,
      [wallNow, limit],
    );
  }

  async noteInstruction(tx: Tx, serialNumber: string, note: InstructionNote): Promise<void> {
    await tx.execute(
      `UPDATE leg_instruction SET next_inquiry_at = $2, inquiries = $3, not_found_answers = $4, code = coalesce($5, code),
         rail_reference = coalesce($6, rail_reference), conclusion = $7 WHERE serial_number = $1`,
      [serialNumber, note.nextInquiryAt, note.inquiries, note.notFoundAnswers, note.code, note.railReference, note.conclusion],
    );
  }

  async insertMovement(tx: Tx, leg: TransferLeg, movement: Movement): Promise<void> {
    await tx.execute(
      `INSERT INTO leg_movement (movement_id, order_id, leg_number, serial_number, effect, account_id, amount, value_date, settled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        movement.movementId,
        leg.orderId,
        leg.legNumber,
        movement.serialNumber,
        movement.effect,
        movement.accountId,
        leg.amountMinor,
        movement.valueDate,
        movement.settledAt,
      ],
    );
  }

  async #noteLeg(tx: Tx, { orderId, legNumber }: Pick<TransferLeg, 'orderId' | 'legNumber'>, note: LegNote & { state: TransferLegState }): Promise<void> {
    await tx.execute(
      `INSERT INTO leg_event (order_id, leg_number, serial_number, state, source, outcome, code, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [orderId, legNumber, note.serialNumber, note.state, note.source, note.outcome, note.code, note.at],
    );
  }
}
