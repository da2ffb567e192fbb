import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { SerialNumberBlocks, type PayoutRail, type TransferRail } from '@jinku/connectors';
import { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import type { KnownAccount } from '../../account/domain/known-account.ts';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { PAYOUT_RAILS, TRANSFER_RAILS, TRANSFERS_CONFIG, type BankTransferRail, type TransfersConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { ReportGrantUsage } from '../../grant/use-cases/report-grant-usage.ts';
import type { TransferLeg, TransferOrder } from '../domain/transfer-order.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from '../persistence/transfer-order.repository.ts';
import { StopLeg } from './stop-leg.ts';

/** An instruction is asked about when its sender has not told the answer by so long after the call's time-out. */
const SENDER_SILENT_MS = 1_000;

/** What leaves for the rail, once, by whoever committed it. */
export type CommittedInstruction = {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly payee: { readonly accountNumber: string; readonly accountName: string; readonly bankCode: string };
  readonly purpose: string;
  readonly reference: string;
  readonly validUntil: Date;
} & ({ readonly by: 'BANK'; readonly rail: TransferRail; readonly fromAccount: string } | { readonly by: 'HOUSE'; readonly rail: PayoutRail });

type Route = { readonly by: 'BANK'; readonly rail: TransferRail; readonly fromAccount: string } | { readonly by: 'HOUSE'; readonly rail: PayoutRail };

/**
 * Commits the serial number; only who gets the instruction sends it. A process that dies between the commit and the call leaves an INSTRUCTED leg
 * that is inquired about like any lost answer.
 */
@Injectable()
export class InstructLeg {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly grants: GrantRepository,
    private readonly reportGrantUsage: ReportGrantUsage,
    private readonly stopLeg: StopLeg,
    private readonly serialNumbers: SerialNumberBlocks,
    @Inject(TRANSFER_RAILS) private readonly transferRails: readonly BankTransferRail[],
    @Inject(PAYOUT_RAILS) private readonly payoutRails: readonly PayoutRail[],
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** Null when another process was first, while the grant does not cover a fund-down, and when the leg had to be stopped. */
  async execute({ orderId, legNumber }: Pick<TransferLeg, 'orderId' | 'legNumber'>): Promise<CommittedInstruction | null> {
    const [serialNumber] = await this.serialNumbers.take(businessDateOf(this.clock.now()), 1);
    invariant(serialNumber !== undefined, 'a number was drawn');
    return this.database.transaction(async (tx) => {
      const order = await this.orders.lock(tx, orderId);
      const leg = (await this.legs.ofOrder(tx, orderId)).find((one) => one.legNumber === legNumber);
      if (order === null || leg === undefined || order.state !== 'RUNNING' || leg.state !== 'PLANNED') return null;
      const [payer, payee] = [await this.#account(tx, order.payerAccountId), await this.#account(tx, order.payeeAccountId)];
      const route = payer.isUsable && payee.isUsable ? this.#routeOf(order, payer) : null;
      if (route === null) {
        await this.#stop(tx, { order, leg }, payer.isUsable && payee.isUsable ? 'NO_CONNECTOR' : 'ACCOUNT_NOT_USABLE');
        return null;
      }
      if (route.by === 'HOUSE' && !(await this.grants.reserve(tx, ClearingHouse.NETSUNION, leg.amountMinor))) return null;
      const validUntil = await this.#commit(tx, leg, serialNumber);
      if (route.by === 'HOUSE') await this.reportGrantUsage.execute(tx, ClearingHouse.NETSUNION);
      const { accountNumber, accountName, bankCode } = payee;
      const { purpose, reference } = order;
      return { serialNumber, amountMinor: leg.amountMinor, payee: { accountNumber, accountName, bankCode }, purpose, reference, validUntil, ...route };
    });
  }

  async #commit(tx: Tx, leg: TransferLeg, serialNumber: string): Promise<Date> {
    const at = this.clock.now();
    const wallNow = this.clock.wallNow();
    const validUntil = new Date(wallNow + this.config.validityMs);
    const nextInquiryAt = new Date(wallNow + this.config.callTimeoutMs + SENDER_SILENT_MS);
    await this.legs.instruct(tx, leg, { serialNumber, instructedAt: at, validUntil, nextInquiryAt });
    await this.legs.move(tx, leg, 'INSTRUCTED', { serialNumber, source: 'SERVICE', outcome: null, code: null, at });
    return validUntil;
  }

  #routeOf({ means }: TransferOrder, payer: KnownAccount): Route | null {
    if (means === 'BANK_TRANSFER') {
      const rail = this.transferRails.find(({ connectorType }) => connectorType === payer.connectorType);
      return rail === undefined ? null : { by: 'BANK', rail, fromAccount: payer.accountNumber };
    }
    const rail = this.payoutRails.find(({ clearingHouse }) => clearingHouse === ClearingHouse.NETSUNION);
    return rail === undefined ? null : { by: 'HOUSE', rail };
  }

  /** Nothing has left: the leg ends as one that a rail refused. */
  async #stop(tx: Tx, { order, leg }: { order: TransferOrder; leg: TransferLeg }, because: string): Promise<void> {
    this.log.warn('transfer-leg-cannot-leave', { orderId: order.id, because });
    await this.stopLeg.execute(tx, { order, leg }, { because, serialNumber: null, source: 'SERVICE', outcome: null });
  }

  async #account(tx: Tx, id: string): Promise<KnownAccount> {
    const account = await this.accounts.find(tx, id);
    invariant(account !== null, 'an order is of accounts that are known');
    return account;
  }
}
