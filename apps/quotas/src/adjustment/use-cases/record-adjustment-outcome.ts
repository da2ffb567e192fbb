import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { stopsConnector } from '@jinku/connectors';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { BufferRepository } from '../../buffer/persistence/buffer.repository.ts';
import { SetGrants } from '../../grant/use-cases/set-grants.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { adjustmentStates, decideOn, type AdjustmentDecision, type QuotaAdjustment, type ToldOutcome } from '../domain/quota-adjustment.ts';
import { AdjustmentRepository } from '../persistence/adjustment.repository.ts';

export interface AdjustmentOutcome extends ToldOutcome {
  readonly serialNumber: string;
  readonly code: string | null;
  readonly railReference: string | null;
}

/** Between two inquiries about one adjustment. */
const INQUIRE_AGAIN_MS = 1_000;

/** One word of the house in, by answer, notice or inquiry; the first definite one stands. */
@Injectable()
export class RecordAdjustmentOutcome {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly adjustments: AdjustmentRepository,
    private readonly buffers: BufferRepository,
    private readonly setGrants: SetGrants,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, told: AdjustmentOutcome): Promise<void> {
    const found = await this.adjustments.findByNumber(tx, told.serialNumber);
    if (found === null) {
      this.log.warn('quota-adjustment-not-ours', { serialNumber: told.serialNumber, outcome: told.outcome });
      return;
    }
    await this.quotas.lock(tx, found.clearingHouse);
    const adjustment = await this.adjustments.lock(tx, found.id);
    invariant(adjustment !== null, 'adjustments are never deleted');
    const decision = decideOn(adjustment, told, this.clock.wallNow());
    this.#warn(adjustment, told, decision);
    if (adjustmentStates.isFinal(adjustment.state)) return;
    await this.#apply(tx, adjustment, { told, decision });
    const quota = await this.quotas.lock(tx, adjustment.clearingHouse);
    invariant(quota !== null, 'an adjustment is of a house that was observed');
    await this.setGrants.execute(tx, quota);
  }

  async #apply(tx: Tx, adjustment: QuotaAdjustment, { told, decision }: { told: AdjustmentOutcome; decision: AdjustmentDecision }): Promise<void> {
    const { id, state: from, clearingHouse, direction, amount } = adjustment;
    const { event, notFoundAnswers } = decision;
    // An accepted one stays so when nothing is said about it; only when to ask again changes.
    const to = adjustmentStates.canMove(from, event) ? adjustmentStates.next(from, event) : from;
    const isFinal = adjustmentStates.isFinal(to);
    await this.adjustments.move(tx, id, {
      from,
      to,
      nextInquiryAt: isFinal ? null : new Date(this.clock.wallNow() + INQUIRE_AGAIN_MS),
      notFoundAnswers,
      code: told.code,
      railReference: told.railReference,
      concludedAt: isFinal ? this.clock.now() : null,
    });
    const movedAt = this.clock.now();
    if (to === 'FAILED' && direction === 'INCREASE') await this.buffers.move(tx, { kind: 'INCREASE_GIVEN_BACK', amount, reference: id, clearingHouse, movedAt });
    if (to === 'SUCCEEDED' && direction === 'DECREASE') await this.buffers.move(tx, { kind: 'DECREASE_DONE', amount, reference: id, clearingHouse, movedAt });
    if (to !== from) await this.adjustments.insertEvent(tx, id, { state: to, source: told.source, outcome: told.outcome, code: told.code, at: this.clock.now() });
  }

  #warn({ id, state, amount }: QuotaAdjustment, { outcome, amountMinor, source }: AdjustmentOutcome, { event }: AdjustmentDecision): void {
    if (amountMinor !== null && amountMinor !== amount) this.log.error('quota-adjustment-other-amount', { adjustmentId: id, source });
    if (stopsConnector(outcome)) this.log.error('quota-adjustment-refused-as-defective', { adjustmentId: id, outcome });
    const isContradicted = (state === 'SUCCEEDED' && event === 'fail') || (state === 'FAILED' && event === 'succeed');
    if (isContradicted) this.log.error('quota-adjustment-contradicted', { adjustmentId: id, state, outcome, source });
  }
}
