import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Refusal } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, EVENT_LOG, type Actor, type EventLog } from '@jinku/service';
import { AdjustmentRepository } from '../../adjustment/persistence/adjustment.repository.ts';
import { RequestAdjustment } from '../../adjustment/use-cases/request-adjustment.ts';
import { retryAfterMs, shiftStates, type QuotaShift, type ShiftEvent } from '../domain/quota-shift.ts';
import { SHIFT_REFUSALS } from '../domain/shift-refusals.ts';
import { ShiftRepository } from '../persistence/shift.repository.ts';

/** The next step of one shift, from what its adjustments came to. It can stop at any step and go on from there. */
@Injectable()
export class AdvanceShift {
  constructor(
    private readonly shifts: ShiftRepository,
    private readonly adjustments: AdjustmentRepository,
    private readonly requestAdjustment: RequestAdjustment,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, id: string): Promise<void> {
    const shift = await this.shifts.lockFree(tx, id);
    if (shift === null || shiftStates.isFinal(shift.state)) return;
    if (shift.state === 'IN_BUFFER') return this.#increase(tx, shift, 'retry');
    const adjustment = await this.adjustments.find(tx, shift.state === 'DECREASING' ? shift.decreaseId : (shift.increaseId ?? ''));
    const isDone = adjustment?.state === 'SUCCEEDED';
    if (!isDone && adjustment?.state !== 'FAILED' && adjustment?.state !== 'CANCELLED') return;
    if (shift.state === 'INCREASING') return isDone ? this.#move(tx, shift, 'increase-done') : this.#leaveInBuffer(tx, shift);
    return isDone ? this.#increase(tx, shift, 'decrease-done') : this.#move(tx, shift, 'decrease-fail');
  }

  /** A person decides that the amount stays in the buffer. */
  async giveUp(tx: Tx, id: string, { actor, reason }: { actor: Actor; reason: string }): Promise<{ id: string; state: 'GIVEN_UP' }> {
    const shift = await this.shifts.lock(tx, id);
    if (shift === null) throw SHIFT_REFUSALS.SHIFT_NOT_FOUND();
    if (!shiftStates.canMove(shift.state, 'give-up')) throw SHIFT_REFUSALS.SHIFT_NOT_IN_BUFFER({ detail: `The shift is ${shift.state}.` });
    await this.#move(tx, shift, 'give-up');
    await this.audit.record(tx, { actor, action: 'quotas.give-up-shift', subject: `quota-shift:${id}`, reason });
    return { id, state: 'GIVEN_UP' };
  }

  async #increase(tx: Tx, shift: QuotaShift, event: 'decrease-done' | 'retry'): Promise<void> {
    const request = { clearingHouse: shift.toHouse, direction: 'INCREASE', amount: shift.amount, reason: `second half of shift ${shift.id}` } as const;
    try {
      const { id: increaseId } = await this.requestAdjustment.execute(tx, request, { actor: null, allowance: 'SHIFT' });
      await this.#move(tx, shift, event, { increaseId });
    } catch (error) {
      // The buffer went negative meanwhile, or the house is not known: what was refused has written nothing.
      if (!(error instanceof Refusal)) throw error;
      if (event === 'decrease-done') await this.#move(tx, shift, 'decrease-done');
      await this.#leaveInBuffer(tx, event === 'retry' ? shift : { ...shift, state: 'INCREASING' });
    }
  }

  async #leaveInBuffer(tx: Tx, shift: QuotaShift): Promise<void> {
    this.log.error('quota-shift-in-buffer', { shiftId: shift.id, toHouse: shift.toHouse, attempts: shift.attempts + 1 });
    const retryAt = new Date(this.clock.wallNow() + retryAfterMs(shift.attempts));
    const to = { state: 'IN_BUFFER', increaseId: shift.increaseId, attempts: shift.attempts + 1, retryAt, at: this.clock.now() } as const;
    await this.shifts.move(tx, shift, to);
  }

  async #move(tx: Tx, shift: QuotaShift, event: ShiftEvent, { increaseId = shift.increaseId }: { increaseId?: string | null } = {}): Promise<void> {
    await this.shifts.move(tx, shift, { state: shiftStates.next(shift.state, event), increaseId, attempts: shift.attempts, retryAt: null, at: this.clock.now() });
  }
}
