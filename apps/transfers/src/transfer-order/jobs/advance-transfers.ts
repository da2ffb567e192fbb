import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { PayoutRail, RailAnswer } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { PAYOUT_RAILS, TRANSFER_RAILS, TRANSFERS_CONFIG, type BankTransferRail, type TransfersConfig } from '../../config.ts';
import type { LegInstruction, TransferLeg } from '../domain/transfer-order.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from '../persistence/transfer-order.repository.ts';
import { InstructLeg, type CommittedInstruction } from '../use-cases/instruct-leg.ts';
import { RecordLegOutcome } from '../use-cases/record-leg-outcome.ts';
import { LookForArrival } from './look-for-arrival.ts';

export const ADVANCE_BELL = 'transfers.advance';
/** Legs of one run and means, carried out side by side: few, so that a silent bank holds up few. */
const LEGS_PER_RUN_MAX = 20;
/** What a house knows our own fund-downs by, where it asks for a client's business. */
const OWN_BUSINESS = { businessLine: 'TREASURY', merchantId: 'TREASURY' } as const;

/** Sends the legs that may leave, each once, and asks about those that have no result. */
@Injectable()
export class AdvanceTransfers implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly instruct: InstructLeg,
    private readonly recordOutcome: RecordLegOutcome,
    private readonly arrival: LookForArrival,
    @Inject(TRANSFER_RAILS) private readonly transferRails: readonly BankTransferRail[],
    @Inject(PAYOUT_RAILS) private readonly payoutRails: readonly PayoutRail[],
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: ADVANCE_BELL, sweepEveryMs: this.config.pollMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    const planned = await this.legs.listPlanned(this.database, LEGS_PER_RUN_MAX);
    await Promise.all(planned.map((leg) => this.#send(leg)));
    const due = await this.legs.listDue(this.database, { wallNow: new Date(this.clock.wallNow()), limit: LEGS_PER_RUN_MAX });
    await Promise.all(due.map((instruction) => this.#inquire(instruction)));
  }

  async #send(leg: TransferLeg): Promise<void> {
    const instruction = await this.instruct.execute(leg);
    if (instruction === null) return;
    await this.#record(instruction.serialNumber, 'ANSWER', await this.#submit(instruction));
  }

  #submit(instruction: CommittedInstruction): Promise<RailAnswer> {
    const { serialNumber, amountMinor, payee, purpose, reference, validUntil } = instruction;
    const limits = { timeoutMs: this.config.callTimeoutMs };
    if (instruction.by === 'HOUSE') {
      return instruction.rail.submitPayout({ serialNumber, amountMinor, payee, purpose, ...OWN_BUSINESS, validUntil }, limits);
    }
    return instruction.rail.submitTransfer({ serialNumber, fromAccount: instruction.fromAccount, amountMinor, payee, purpose, reference, validUntil }, limits);
  }

  async #inquire(instruction: LegInstruction): Promise<void> {
    const { serialNumber, orderId } = instruction;
    const order = await this.orders.find(this.database, orderId);
    if (order === null) return;
    const limits = { timeoutMs: this.config.callTimeoutMs };
    if (order.means === 'NETSUNION_PAYOUT') {
      const house = this.payoutRails.find(({ clearingHouse }) => clearingHouse === 'NETSUNION');
      if (house !== undefined) await this.#record(serialNumber, 'INQUIRY', await house.inquirePayout(serialNumber, limits));
      return;
    }
    const payer = await this.accounts.find(this.database, order.payerAccountId);
    const bank = this.transferRails.find(({ connectorType }) => connectorType === payer?.connectorType);
    if (bank !== undefined) await this.#record(serialNumber, 'INQUIRY', await bank.inquireTransfer(serialNumber, limits));
    await this.arrival.execute(instruction, order.payeeAccountId);
  }

  async #record(serialNumber: string, source: 'ANSWER' | 'INQUIRY', answer: RailAnswer): Promise<void> {
    const { outcome, code, railReference = null, amountMinor = null, clearingDate } = answer;
    await this.database.transaction((tx) => this.recordOutcome.execute(tx, { serialNumber, source, outcome, code, railReference, amountMinor, clearingDate }));
  }
}
