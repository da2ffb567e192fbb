import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Doorbells } from '@jinku/jobs';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { ReportGrantUsage } from '../../grant/use-cases/report-grant-usage.ts';
import type { TransferOrder } from '../domain/transfer-order.ts';
import { transferOrderStates, type TransferOrderEvent, type TransferOrderState } from '../domain/transfer-order-state.ts';
import { TRANSFER_REFUSALS } from '../domain/transfer-refusals.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from '../persistence/transfer-order.repository.ts';
import { EndUnsentOrder } from './end-unsent-order.ts';

export interface PersonalDecision {
  readonly actor: Actor;
  readonly reason: string;
}

/** What people do with an order that exists: the second person's word, the maker's withdrawal, and an operator's resumption or cancellation. */
@Injectable()
export class DecideTransfer {
  constructor(
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly approvals: Approvals,
    private readonly endUnsent: EndUnsentOrder,
    private readonly reportGrantUsage: ReportGrantUsage,
    private readonly audit: AuditTrail,
    private readonly doorbells: Doorbells,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async approve(tx: Tx, id: string, { actor, reason }: PersonalDecision): Promise<TransferOrderState> {
    const order = await this.#decided(tx, id, { event: 'approve', actor, reason });
    await this.orders.move(tx, order, { event: 'approve', at: this.clock.now(), personId: actor.id, reason });
    await this.#goOn(tx, order);
    return this.#record(tx, order, { event: 'approve', actor, reason });
  }

  async reject(tx: Tx, id: string, { actor, reason }: PersonalDecision): Promise<TransferOrderState> {
    return this.#end(tx, await this.#decided(tx, id, { event: 'reject', actor, reason }), { event: 'reject', actor, reason });
  }

  async withdraw(tx: Tx, id: string, { actor, reason }: PersonalDecision): Promise<TransferOrderState> {
    return this.#end(tx, await this.#decided(tx, id, { event: 'withdraw', actor, reason }), { event: 'withdraw', actor, reason });
  }

  /** Nobody decided in time. */
  async expire(tx: Tx, { id }: Approval): Promise<void> {
    const order = await this.orders.lockByApproval(tx, id);
    if (order === null || !transferOrderStates.canMove(order.state, 'expire')) return;
    await this.endUnsent.execute(tx, order, { event: 'expire', reason: 'Nobody decided in time' });
    await this.audit.record(tx, { actor: null, action: 'transfers.expire', subject: `transfer-order:${order.id}`, before: order.state, after: 'EXPIRED' });
  }

  async cancel(tx: Tx, id: string, { actor, reason }: PersonalDecision): Promise<TransferOrderState> {
    return this.#end(tx, await this.#lock(tx, id, 'cancel'), { event: 'cancel', actor, reason });
  }

  /** What definitely did not move leaves again, under another number. */
  async resume(tx: Tx, id: string, { actor, reason }: PersonalDecision): Promise<TransferOrderState> {
    const order = await this.#lock(tx, id, 'resume');
    const at = this.clock.now();
    for (const leg of (await this.legs.ofOrder(tx, id)).filter(({ state }) => state === 'NOT_MOVED')) {
      await this.legs.move(tx, leg, 'PLANNED', { serialNumber: null, source: 'PERSON', outcome: null, code: null, at });
    }
    await this.orders.move(tx, order, { event: 'resume', at, personId: actor.id, reason });
    await this.#goOn(tx, order);
    return this.#record(tx, order, { event: 'resume', actor, reason });
  }

  async #end(tx: Tx, order: TransferOrder, given: { event: TransferOrderEvent; actor: Actor; reason: string }): Promise<TransferOrderState> {
    await this.endUnsent.execute(tx, order, { event: given.event, personId: given.actor.id, reason: given.reason });
    return this.#record(tx, order, given);
  }

  async #goOn(tx: Tx, { means }: TransferOrder): Promise<void> {
    if (means === 'NETSUNION_PAYOUT') await this.reportGrantUsage.execute(tx, ClearingHouse.NETSUNION);
    tx.afterCommit(() => this.doorbells.ring('transfers.advance'));
  }

  async #record(tx: Tx, order: TransferOrder, { event, actor, reason }: { event: TransferOrderEvent; actor: Actor; reason: string }): Promise<TransferOrderState> {
    const after = transferOrderStates.next(order.state, event);
    await this.audit.record(tx, { actor, action: `transfers.${event}`, subject: `transfer-order:${order.id}`, reason, before: order.state, after });
    return after;
  }

  async #lock(tx: Tx, id: string, event: TransferOrderEvent): Promise<TransferOrder> {
    const order = await this.orders.lock(tx, id);
    if (order === null) throw TRANSFER_REFUSALS.TRANSFER_NOT_FOUND();
    if (!transferOrderStates.canMove(order.state, event)) throw TRANSFER_REFUSALS.TRANSFER_STATE_FORBIDS({ detail: `The transfer order is ${order.state}.` });
    return order;
  }

  /** The proposal is locked before its order, as by the sweep that ends late ones. */
  async #decided(tx: Tx, id: string, { event, actor, reason }: { event: 'approve' | 'reject' | 'withdraw'; actor: Actor; reason: string }): Promise<TransferOrder> {
    const found = await this.orders.find(tx, id);
    if (found === null) throw TRANSFER_REFUSALS.TRANSFER_NOT_FOUND();
    if (found.approvalId === null) throw TRANSFER_REFUSALS.TRANSFER_STATE_FORBIDS({ detail: 'The transfer order needs no second person.' });
    await this.approvals[event](tx, found.approvalId, { personId: actor.id, note: reason, at: this.clock.now() });
    const order = await this.orders.lock(tx, id);
    invariant(order !== null, 'orders are never deleted');
    return order;
  }
}
