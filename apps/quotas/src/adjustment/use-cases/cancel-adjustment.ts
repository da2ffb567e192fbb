import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { BufferRepository } from '../../buffer/persistence/buffer.repository.ts';
import { SetGrants } from '../../grant/use-cases/set-grants.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { ADJUSTMENT_REFUSALS } from '../domain/adjustment-refusals.ts';
import { adjustmentStates } from '../domain/quota-adjustment.ts';
import { AdjustmentRepository } from '../persistence/adjustment.repository.ts';

/** Takes back what has not left, such as a decrease whose recall is never answered; the shards get their grants back. */
@Injectable()
export class CancelAdjustment {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly adjustments: AdjustmentRepository,
    private readonly buffers: BufferRepository,
    private readonly setGrants: SetGrants,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, { id, reason, actor }: { id: string; reason: string; actor: Actor }): Promise<{ id: string; state: 'CANCELLED' }> {
    const clearingHouse = await this.adjustments.houseOf(tx, id);
    if (clearingHouse === null) throw ADJUSTMENT_REFUSALS.ADJUSTMENT_NOT_FOUND();
    await this.quotas.lock(tx, clearingHouse);
    const adjustment = await this.adjustments.lock(tx, id);
    invariant(adjustment !== null, 'adjustments are never deleted');
    if (!adjustmentStates.canMove(adjustment.state, 'cancel')) throw ADJUSTMENT_REFUSALS.ADJUSTMENT_HAS_LEFT({ detail: `The adjustment is ${adjustment.state}.` });
    const at = this.clock.now();
    const unsent = { nextInquiryAt: null, notFoundAnswers: 0, code: null, railReference: null };
    await this.adjustments.move(tx, id, { from: adjustment.state, to: 'CANCELLED', ...unsent, concludedAt: at });
    await this.adjustments.insertEvent(tx, id, { state: 'CANCELLED', source: 'PERSON', outcome: null, code: null, at });
    if (adjustment.direction === 'INCREASE') {
      await this.buffers.move(tx, { kind: 'INCREASE_GIVEN_BACK', amount: adjustment.amount, reference: id, clearingHouse, movedAt: at });
    }
    await this.audit.record(tx, { actor, action: 'quotas.cancel-adjustment', subject: `quota-adjustment:${id}`, reason });
    const quota = await this.quotas.lock(tx, clearingHouse);
    invariant(quota !== null, 'an adjustment is of a house that was observed');
    await this.setGrants.execute(tx, quota);
    return { id, state: 'CANCELLED' };
  }
}
