import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { stopsConnector } from '@jinku/connectors';
import { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { PositionRepository } from '../../account/persistence/position.repository.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { ReportGrantUsage } from '../../grant/use-cases/report-grant-usage.ts';
import { contradicts, decideOnArrival, decideOnLeg, type LegDecision, type ToldOutcome } from '../domain/decide-on-leg.ts';
import { transferLegStates } from '../domain/transfer-leg-state.ts';
import { nextInquiryAfterMs, type LegInstruction, type TransferLeg, type TransferOrder } from '../domain/transfer-order.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from '../persistence/transfer-order.repository.ts';
import { StopLeg } from './stop-leg.ts';
import { TellLegMovements } from './tell-leg-movements.ts';

/** One word of a rail about a number of ours; an arrival is the word of the payee's side. */
export interface LegWord {
  readonly serialNumber: string;
  readonly source: ToldOutcome['source'];
  readonly outcome: ToldOutcome['outcome'] | 'ARRIVED';
  readonly code: string | null;
  readonly railReference: string | null;
  readonly amountMinor: bigint | null;
  /** The house's own date, where it names one. */
  readonly clearingDate?: string | undefined;
}

interface Told {
  readonly order: TransferOrder;
  readonly leg: TransferLeg;
  readonly instruction: LegInstruction;
  readonly word: LegWord;
  readonly decision: LegDecision;
}

/** One word of a rail in, by answer, notice or inquiry; the first definite one stands, and what it moved is told in the same transaction. */
@Injectable()
export class RecordLegOutcome {
  constructor(
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly positions: PositionRepository,
    private readonly grants: GrantRepository,
    private readonly reportGrantUsage: ReportGrantUsage,
    private readonly stopLeg: StopLeg,
    private readonly tell: TellLegMovements,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, word: LegWord): Promise<void> {
    const { serialNumber } = word;
    const found = await this.legs.findInstruction(tx, serialNumber);
    if (found === null) return this.log.warn('transfer-leg-not-ours', { serialNumber, outcome: word.outcome });
    const order = await this.orders.lock(tx, found.orderId);
    const leg = (await this.legs.ofOrder(tx, found.orderId)).find(({ legNumber }) => legNumber === found.legNumber);
    // Read again under the lock: another word may have come first.
    const instruction = await this.legs.findInstruction(tx, serialNumber);
    invariant(order !== null && leg !== undefined && instruction !== null, 'orders, legs and instructions are never deleted');
    const told = { order, leg, instruction, word, decision: this.#decide({ order, leg, instruction, word }) };
    this.#warn(told);
    // A leg that has another number by now is not moved by a late word about the last one.
    if (leg.state === 'PLANNED' || instruction.conclusion !== null) return;
    if (transferLegStates.canMove(leg.state, told.decision.event)) await this.#move(tx, told);
    else await this.#note(tx, told, null);
  }

  #decide({ order, leg, instruction, word }: Omit<Told, 'decision'>): LegDecision {
    const isOther = word.amountMinor !== null && word.amountMinor !== leg.amountMinor;
    if (word.outcome === 'ARRIVED') return isOther ? { event: 'lose', effects: [], notFoundAnswers: 0 } : decideOnArrival(leg);
    const { validUntil, notFoundAnswers } = instruction;
    const sent = { means: order.means, state: leg.state, amountMinor: leg.amountMinor, validUntil, notFoundAnswers };
    return decideOnLeg(sent, { source: word.source, outcome: word.outcome, amountMinor: word.amountMinor }, this.clock.wallNow());
  }

  async #move(tx: Tx, told: Told): Promise<void> {
    const { order, leg, word, decision } = told;
    const to = transferLegStates.next(leg.state, decision.event);
    await this.#note(tx, told, to === 'SETTLED' || to === 'CAME_BACK' || to === 'NOT_MOVED' ? to : null);
    if (to === 'NOT_MOVED') {
      await this.stopLeg.execute(tx, { order, leg }, { because: word.code ?? word.outcome, serialNumber: word.serialNumber, source: word.source, outcome: word.outcome });
    } else {
      await this.legs.move(tx, leg, to, { serialNumber: word.serialNumber, source: word.source, outcome: word.outcome, code: word.code, at: this.clock.now() });
      await this.#carryOut(tx, told);
      if (to === 'SETTLED') await this.#endOrder(tx, order, 'complete');
      if (to === 'CAME_BACK') await this.#endOrder(tx, order, 'fail');
    }
    if (order.means === 'NETSUNION_PAYOUT') await this.#concludeGrant(tx, to, leg.amountMinor);
  }

  /** What became definite about the money: told, and taken off the position it left. */
  async #carryOut(tx: Tx, { order, leg, word, decision }: Told): Promise<void> {
    const at = this.clock.now();
    await this.tell.execute(tx, { order, leg }, { serialNumber: word.serialNumber, effects: decision.effects, valueDate: word.clearingDate ?? businessDateOf(at), at });
    if (decision.effects.includes('SENT')) await this.positions.markLeft(tx, order.id, at);
    if (decision.effects.includes('CAME_BACK')) await this.positions.release(tx, order.id, at);
  }

  async #endOrder(tx: Tx, order: TransferOrder, event: 'complete' | 'fail'): Promise<void> {
    await this.orders.move(tx, order, { event, at: this.clock.now(), reason: event === 'fail' ? 'CAME_BACK' : null });
  }

  async #concludeGrant(tx: Tx, to: string, amountMinor: bigint): Promise<void> {
    if (to !== 'SETTLED' && to !== 'NOT_MOVED') return;
    if (to === 'SETTLED') await this.grants.consume(tx, ClearingHouse.NETSUNION, amountMinor);
    else await this.grants.release(tx, ClearingHouse.NETSUNION, amountMinor);
    await this.reportGrantUsage.execute(tx, ClearingHouse.NETSUNION);
  }

  async #note(tx: Tx, { instruction, word, decision }: Told, conclusion: LegInstruction['conclusion']): Promise<void> {
    const inquiries = instruction.inquiries + (word.source === 'INQUIRY' ? 1 : 0);
    await this.legs.noteInstruction(tx, instruction.serialNumber, {
      nextInquiryAt: conclusion === null ? new Date(this.clock.wallNow() + nextInquiryAfterMs(inquiries)) : null,
      inquiries,
      notFoundAnswers: decision.notFoundAnswers,
      code: word.code,
      railReference: word.railReference,
      conclusion,
    });
  }

  #warn({ order, leg, instruction, word, decision }: Told): void {
    const fields = { orderId: order.id, state: leg.state, outcome: word.outcome, source: word.source };
    if (word.amountMinor !== null && word.amountMinor !== leg.amountMinor) this.log.error('transfer-leg-other-amount', fields);
    if (word.outcome !== 'ARRIVED' && stopsConnector(word.outcome)) this.log.error('transfer-leg-refused-as-defective', fields);
    const stands = instruction.conclusion ?? leg.state;
    if (contradicts(stands, decision)) this.log.error('transfer-leg-contradicted', { ...fields, stands });
    if (word.outcome === 'RETURNED' && order.means === 'NETSUNION_PAYOUT') this.log.error('transfer-fund-down-returned', fields);
  }
}
