import { Injectable } from '@nestjs/common';
import type { PayeeCategory, TransferPurpose } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { TransferOrder } from '../domain/transfer-order.ts';
import type { TransferPlan } from '../domain/plan-transfer.ts';
import { OPEN_ORDER_STATES, transferOrderStates, type TransferOrderEvent, type TransferOrderState } from '../domain/transfer-order-state.ts';

interface OrderRow {
  id: string;
  state: TransferOrderState;
  means: TransferPlan['means'];
  purpose: TransferPurpose;
  reference: string;
  amount: bigint;
  payer_account_id: string;
  payee_account_id: string;
  payee_category: PayeeCategory | null;
  rule_id: string | null;
  rule_version: number | null;
  requested_by: string;
  approval_id: string | null;
}

export interface NewOrder extends TransferOrder {
  readonly reason: string;
  readonly businessDate: string;
  readonly requestedAt: Date;
}

export interface OrderMove {
  readonly event: TransferOrderEvent;
  readonly at: Date;
  /** Whose decision it was; a service's otherwise. */
  readonly personId?: string;
  readonly reason?: string | null;
}

const COLUMNS = `id, state, means, purpose, reference, amount, payer_account_id, payee_account_id, payee_category, rule_id, rule_version, requested_by, approval_id`;
/** Orders that moved money, or still may. */
const NOT_GIVEN_UP = `state NOT IN ('FAILED', 'CANCELLED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')`;

@Injectable()
export class TransferOrderRepository {
  async insert(tx: Tx, order: NewOrder): Promise<void> {
    await tx.execute(
      `INSERT INTO transfer_order (${COLUMNS}, reason, business_date, requested_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        order.id,
        order.state,
        order.means,
        order.purpose,
        order.reference,
        order.amountMinor,
        order.payerAccountId,
        order.payeeAccountId,
        order.payeeCategory,
        order.rule?.id ?? null,
        order.rule?.version ?? null,
        order.requestedBy,
        order.approvalId,
        order.reason,
        order.businessDate,
        order.requestedAt,
      ],
    );
    await this.#note(tx, order.id, { state: order.state, personId: order.rule === null ? order.requestedBy : null, reason: order.reason, at: order.requestedAt });
  }

  async lock(tx: Tx, id: string): Promise<TransferOrder | null> {
    const [row] = await tx.query<OrderRow>(`SELECT ${COLUMNS} FROM transfer_order WHERE id = $1 FOR UPDATE`, [id]);
    return row === undefined ? null : orderOf(row);
  }

  async find(database: Queryable, id: string): Promise<TransferOrder | null> {
    const [row] = await database.query<OrderRow>(`SELECT ${COLUMNS} FROM transfer_order WHERE id = $1`, [id]);
    return row === undefined ? null : orderOf(row);
  }

  async lockByApproval(tx: Tx, approvalId: string): Promise<TransferOrder | null> {
    const [row] = await tx.query<OrderRow>(`SELECT ${COLUMNS} FROM transfer_order WHERE approval_id = $1 FOR UPDATE`, [approvalId]);
    return row === undefined ? null : orderOf(row);
  }

  /** The caller holds the order's lock. */
  async move(tx: Tx, order: TransferOrder, { event, at, personId, reason = null }: OrderMove): Promise<TransferOrderState> {
    const to = transferOrderStates.next(order.state, event);
    await tx.execute('UPDATE transfer_order SET state = $3, stopped_because = $4, ended_at = $5 WHERE id = $1 AND state = $2', [
      order.id,
      order.state,
      to,
      to === 'STOPPED' || to === 'FAILED' ? reason : null,
      transferOrderStates.isFinal(to) ? at : null,
    ]);
    await this.#note(tx, order.id, { state: to, personId: personId ?? null, reason, at });
    return to;
  }

  /** Rule R4: the fee income that was ordered and not given up. */
  async feeIncomeOrdered(database: Queryable): Promise<bigint> {
    const [row] = await database.query<{ total: bigint }>(
      `SELECT coalesce(sum(amount), 0)::bigint AS total FROM transfer_order WHERE purpose = 'FEE_INCOME_TRANSFER' AND ${NOT_GIVEN_UP}`,
    );
    return row?.total ?? 0n;
  }

  /** What the judgement of a rule needs to know of its orders. */
  async ofRule(tx: Tx, ruleId: string, businessDate: string): Promise<{ hasOpen: boolean; movedTodayMinor: bigint; lastFailedAt: Date | null }> {
    const [row] = await tx.query<{ has_open: boolean; moved_today: bigint; last_failed_at: Date | null }>(
      `SELECT coalesce(bool_or(state = ANY ($3::text[])), false) AS has_open,
         coalesce(sum(amount) FILTER (WHERE business_date = $2 AND ${NOT_GIVEN_UP}), 0)::bigint AS moved_today,
         max(ended_at) FILTER (WHERE state = 'FAILED') AS last_failed_at
       FROM transfer_order WHERE rule_id = $1`,
      [ruleId, businessDate, OPEN_ORDER_STATES],
    );
    return { hasOpen: row?.has_open ?? false, movedTodayMinor: row?.moved_today ?? 0n, lastFailedAt: row?.last_failed_at ?? null };
  }

  async #note(tx: Tx, orderId: string, note: { state: string; personId: string | null; reason: string | null; at: Date }): Promise<void> {
    await tx.execute('INSERT INTO transfer_order_event (order_id, state, person_id, reason, recorded_at) VALUES ($1, $2, $3, $4, $5)', [
      orderId,
      note.state,
      note.personId,
      note.reason,
      note.at,
    ]);
  }
}

function orderOf(row: OrderRow): TransferOrder {
  return {
    id: row.id,
    state: row.state,
    means: row.means,
    purpose: row.purpose,
    reference: row.reference,
    amountMinor: row.amount,
    payerAccountId: row.payer_account_id,
    payeeAccountId: row.payee_account_id,
    payeeCategory: row.payee_category,
    rule: row.rule_id === null || row.rule_version === null ? null : { id: row.rule_id, version: row.rule_version },
    requestedBy: row.requested_by,
    approvalId: row.approval_id,
  };
}
