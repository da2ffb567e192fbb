import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { Doorbells } from '@jinku/jobs';
import { uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK } from '@jinku/service';
import type { KnownAccount } from '../../account/domain/known-account.ts';
import { isTooOld, projectedMinor } from '../../account/domain/position.ts';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { PositionRepository } from '../../account/persistence/position.repository.ts';
import { TRANSFERS_CONFIG, type TransfersConfig } from '../../config.ts';
import { FeeAccrualRepository } from '../../fee-accrual/persistence/fee-accrual.repository.ts';
import { ReportGrantUsage } from '../../grant/use-cases/report-grant-usage.ts';
import type { Purpose, TransferMeans } from '../domain/allowed-transfers.ts';
import { checkFeeIncome, planTransfer, type TransferPlan } from '../domain/plan-transfer.ts';
import { needsSecondPerson } from '../domain/second-person.ts';
import { TRANSFER_REFUSALS } from '../domain/transfer-refusals.ts';
import type { TransferOrder } from '../domain/transfer-order.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from '../persistence/transfer-order.repository.ts';

/** The kind of an order's proposal in the table of approvals. */
export const ORDER_PROPOSAL_KIND = 'transfers.order';

export interface AskedTransfer {
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly amountMinor: bigint;
  readonly purpose: Purpose;
  readonly means: TransferMeans | null;
  readonly reference: string;
  readonly reason: string;
  /** The person who asks, or who proposed the rule that does. */
  readonly makerId: string;
  readonly rule: TransferOrder['rule'];
}

/** One order, of a person or a rule: every rule is judged before anything is written, and the payer's amount is reserved with the order. */
@Injectable()
export class PlaceTransfer {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly positions: PositionRepository,
    private readonly accruals: FeeAccrualRepository,
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly approvals: Approvals,
    private readonly reportGrantUsage: ReportGrantUsage,
    private readonly audit: AuditTrail,
    private readonly doorbells: Doorbells,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
  ) {}

  async execute(tx: Tx, asked: AskedTransfer): Promise<{ id: string; state: 'PROPOSED' | 'RUNNING' }> {
    const payer = await this.#account(tx, asked.payerAccountId, 'payerAccountId');
    const payee = await this.#account(tx, asked.payeeAccountId, 'payeeAccountId');
    const plan = planTransfer({ payer, payee, purpose: asked.purpose, means: asked.means });
    if (plan.draws === 'POSITION') await this.#checkPosition(tx, asked);
    if (plan.purpose === 'FEE_INCOME_TRANSFER') {
      const accruedMinor = await this.accruals.lock(tx);
      checkFeeIncome({ amountMinor: asked.amountMinor, accruedMinor, orderedMinor: await this.orders.feeIncomeOrdered(tx) });
    }
    const order = await this.#insert(tx, asked, { plan, payer, payee });
    if (order.state === 'RUNNING' && plan.draws === 'QUOTA') await this.reportGrantUsage.execute(tx, ClearingHouse.NETSUNION);
    await this.#record(tx, asked, order);
    tx.afterCommit(() => this.doorbells.ring('transfers.advance'));
    return order;
  }

  async #checkPosition(tx: Tx, { payerAccountId, amountMinor }: AskedTransfer): Promise<void> {
    const position = await this.positions.lock(tx, payerAccountId);
    if (position === null) throw TRANSFER_REFUSALS.POSITION_UNKNOWN();
    if (isTooOld(position, { at: this.clock.now(), ageMaxMs: this.config.positionAgeMaxMs })) {
      throw TRANSFER_REFUSALS.POSITION_TOO_OLD({ detail: `The payer's position is as of ${position.asOf.toISOString()}.` });
    }
    const projected = projectedMinor(position);
    if (projected >= amountMinor) return;
    const rule = `is at most what the payer holds after its open orders, ${projected > 0n ? formatAmount(projected) : '0.00'}`;
    throw TRANSFER_REFUSALS.POSITION_SHORT({ violations: [{ field: 'amount', rule }] });
  }

  async #insert(
    tx: Tx,
    asked: AskedTransfer,
    { plan, payer, payee }: { plan: TransferPlan; payer: KnownAccount; payee: KnownAccount },
  ): Promise<{ id: string; state: 'PROPOSED' | 'RUNNING' }> {
    const at = this.clock.now();
    const id = uuidv7();
    const { amountMinor, makerId, reason, reference, rule } = asked;
    const origin = rule === null ? 'PERSON' : 'RULE';
    const isProposed = needsSecondPerson({ payerOwner: payer.owner, payeeOwner: payee.owner, amountMinor, origin }, this.config.approvalAboveMinor);
    const approvalId = isProposed ? uuidv7() : null;
    if (approvalId !== null) {
      const expiresAt = new Date(at.getTime() + this.config.approvalLifetimeMs);
      await this.approvals.propose(tx, { id: approvalId, kind: ORDER_PROPOSAL_KIND, subject: id, payload: {}, makerId, reason, proposedAt: at, expiresAt });
    }
    const state = isProposed ? 'PROPOSED' : 'RUNNING';
    const { means, purpose, payeeCategory } = plan;
    const order = { id, state, means, purpose, payeeCategory, reference, amountMinor, rule, approvalId, reason, requestedBy: makerId } as const;
    const accounts = { payerAccountId: payer.id, payeeAccountId: payee.id };
    await this.orders.insert(tx, { ...order, ...accounts, businessDate: businessDateOf(at), requestedAt: at });
    await this.legs.insert(tx, { orderId: id, legNumber: 1, amountMinor }, at);
    if (plan.draws === 'POSITION') await this.positions.reserve(tx, { orderId: id, accountId: payer.id, amountMinor, at });
    return { id, state };
  }

  async #record(tx: Tx, asked: AskedTransfer, { id, state }: { id: string; state: string }): Promise<void> {
    const { payerAccountId, payeeAccountId, purpose, reference, rule } = asked;
    await this.audit.record(tx, {
      actor: rule === null ? { kind: 'PERSON', id: asked.makerId } : null,
      action: 'transfers.place-transfer',
      subject: `transfer-order:${id}`,
      reason: asked.reason,
      after: { state, payerAccountId, payeeAccountId, purpose, reference, amount: formatAmount(asked.amountMinor), ...(rule === null ? {} : { rule }) },
    });
  }

  async #account(tx: Tx, id: string, field: string): Promise<KnownAccount> {
    const account = await this.accounts.find(tx, id);
    if (account === null) throw TRANSFER_REFUSALS.ACCOUNT_UNKNOWN({ violations: [{ field, rule: 'names an account of the register' }] });
    return account;
  }
}
