import { Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { LegEffect } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ListTransfers, type TransferView } from './list-transfers.ts';

export interface LegView {
  readonly legNumber: number;
  readonly state: string;
  readonly amount: string;
}

export interface InstructionView {
  readonly serialNumber: string;
  readonly legNumber: number;
  readonly instructedAt: string;
  readonly validUntil: string;
  readonly inquiries: number;
  readonly code: string | null;
  readonly railReference: string | null;
  readonly conclusion: string | null;
}

export interface MovementView {
  readonly movementId: string;
  readonly legNumber: number;
  readonly effect: LegEffect;
  readonly accountId: string;
  readonly amount: string;
  readonly valueDate: string;
  readonly settledAt: string;
}

export interface TransferEventView {
  readonly of: 'ORDER' | 'LEG';
  readonly state: string;
  readonly source: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly personId: string | null;
  readonly reason: string | null;
  readonly recordedAt: string;
}

export interface DecisionView {
  readonly number: number;
  readonly event: string;
  readonly personId: string | null;
  readonly decidedAt: string;
}

export interface TransferWithHistory extends TransferView {
  readonly legs: readonly LegView[];
  readonly instructions: readonly InstructionView[];
  readonly movements: readonly MovementView[];
  readonly events: readonly TransferEventView[];
  readonly decisions: readonly DecisionView[];
}

type Dated<V, F extends keyof V> = Omit<V, F> & Record<F, Date>;

/** One order with all that is known of it: legs, numbers, movements of money, and each state with who told it. */
@Injectable()
export class ReadTransfer {
  constructor(
    private readonly database: Database,
    private readonly transfers: ListTransfers,
    private readonly approvals: Approvals,
  ) {}

  async execute(id: string): Promise<TransferWithHistory | null> {
    const order = await this.transfers.find(id);
    if (order === null) return null;
    const legs = await this.database.query<Omit<LegView, 'amount'> & { amount: bigint }>(
      'SELECT leg_number AS "legNumber", state, amount FROM transfer_leg WHERE order_id = $1 ORDER BY leg_number',
      [id],
    );
    const decisions = order.approvalId === null ? [] : await this.approvals.history(this.database, order.approvalId);
    return {
      ...order,
      legs: legs.map((leg) => ({ ...leg, amount: formatAmount(leg.amount) })),
      instructions: await this.#instructions(id),
      movements: await this.#movements(id),
      events: await this.#events(id),
      decisions: decisions.map(({ number, event, personId, decidedAt }) => ({ number, event, personId, decidedAt: decidedAt.toISOString() })),
    };
  }

  async #instructions(id: string): Promise<InstructionView[]> {
    const rows = await this.database.query<Dated<InstructionView, 'instructedAt' | 'validUntil'>>(
      `SELECT serial_number AS "serialNumber", leg_number AS "legNumber", instructed_at AS "instructedAt", valid_until AS "validUntil", inquiries, code,
         rail_reference AS "railReference", conclusion FROM leg_instruction WHERE order_id = $1 ORDER BY instructed_at, serial_number`,
      [id],
    );
    return rows.map((row) => ({ ...row, instructedAt: row.instructedAt.toISOString(), validUntil: row.validUntil.toISOString() }));
  }

  async #movements(id: string): Promise<MovementView[]> {
    const rows = await this.database.query<Dated<Omit<MovementView, 'amount'>, 'settledAt'> & { amount: bigint }>(
      `SELECT movement_id AS "movementId", leg_number AS "legNumber", effect, account_id AS "accountId", amount, value_date AS "valueDate", settled_at AS "settledAt"
       FROM leg_movement WHERE order_id = $1 ORDER BY settled_at, movement_id`,
      [id],
    );
    return rows.map((row) => ({ ...row, amount: formatAmount(row.amount), settledAt: row.settledAt.toISOString() }));
  }

  async #events(id: string): Promise<TransferEventView[]> {
    const rows = await this.database.query<Dated<TransferEventView, 'recordedAt'>>(
      `SELECT "of", state, source, outcome, code, "personId", reason, "recordedAt" FROM (
         SELECT 'ORDER' AS "of", sequence, state, CASE WHEN person_id IS NULL THEN 'SERVICE' ELSE 'PERSON' END AS source, NULL AS outcome, NULL AS code,
           person_id AS "personId", reason, recorded_at AS "recordedAt" FROM transfer_order_event WHERE order_id = $1
         UNION ALL
         SELECT 'LEG', sequence, state, source, outcome, code, NULL, NULL, recorded_at FROM leg_event WHERE order_id = $1
       ) AS told ORDER BY "recordedAt", "of", sequence`,
      [id],
    );
    return rows.map((row) => ({ ...row, recordedAt: row.recordedAt.toISOString() }));
  }
}
