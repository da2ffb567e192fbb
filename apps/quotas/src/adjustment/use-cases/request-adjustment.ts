import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { BufferRepository } from '../../buffer/persistence/buffer.repository.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { SetGrants } from '../../grant/use-cases/set-grants.ts';
import { QuotaPolicyRepository } from '../../policy/persistence/quota-policy.repository.ts';
import { quotaBook } from '../../quota/domain/quota.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { ADJUSTMENT_REFUSALS } from '../domain/adjustment-refusals.ts';
import type { AdjustmentDirection } from '../domain/quota-adjustment.ts';
import { AdjustmentRepository } from '../persistence/adjustment.repository.ts';

export interface AdjustmentRequest {
  readonly clearingHouse: ClearingHouse;
  readonly direction: AdjustmentDirection;
  readonly amount: bigint;
  readonly reason: string;
}

/** How far the asker may take the buffer down: one person and a rule to its minimum, two persons below it, a shift puts back what it took out. Nobody below zero. */
export type BufferAllowance = 'TO_MINIMUM' | 'BELOW_MINIMUM' | 'SHIFT';

/** A person or a rule asks for a change of the mapping. A decrease counts as gone from here on: what is granted above the rest is recalled before it leaves. */
@Injectable()
export class RequestAdjustment {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly adjustments: AdjustmentRepository,
    private readonly buffers: BufferRepository,
    private readonly policies: QuotaPolicyRepository,
    private readonly setGrants: SetGrants,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `actor` is null when a rule asked. */
  async execute(tx: Tx, request: AdjustmentRequest, { actor, allowance }: { actor: Actor | null; allowance: BufferAllowance }): Promise<{ id: string; state: 'PLANNED' }> {
    const { clearingHouse, direction, amount, reason } = request;
    const quota = await this.quotas.lock(tx, clearingHouse);
    if (quota === null) throw ADJUSTMENT_REFUSALS.HOUSE_NOT_OBSERVED();
    const { takeable } = quotaBook(quota, await this.grants.list(tx, clearingHouse));
    if (direction === 'DECREASE' && amount > takeable) {
      throw ADJUSTMENT_REFUSALS.DECREASE_EXCEEDS_FREE({ violations: [{ field: 'amount', rule: `is at most the free quota that is mapped, ${formatAmount(takeable)}` }] });
    }
    const id = uuidv7();
    const at = this.clock.now();
    if (direction === 'INCREASE') {
      await this.#refuseShortBuffer(tx, amount, allowance);
      await this.buffers.move(tx, { kind: 'INCREASE_TAKEN', amount: -amount, reference: id, clearingHouse, movedAt: at });
    }
    await this.adjustments.insert(tx, { id, clearingHouse, direction, amount, reason, requestedBy: actor?.id ?? 'policy', requestedAt: at });
    await this.adjustments.insertEvent(tx, id, { state: 'PLANNED', source: actor === null ? 'SERVICE' : 'PERSON', outcome: null, code: null, at });
    await this.audit.record(tx, {
      actor,
      action: 'quotas.request-adjustment',
      subject: `quota-adjustment:${id}`,
      reason,
      after: { clearingHouse, direction, amount: formatAmount(amount) },
    });
    const left = await this.quotas.lock(tx, clearingHouse);
    invariant(left !== null, 'the quota is locked');
    await this.setGrants.execute(tx, left);
    return { id, state: 'PLANNED' };
  }

  /** Until the central reserve was seen nothing is known of the buffer, and the house alone can refuse. */
  async #refuseShortBuffer(tx: Tx, amount: bigint, allowance: BufferAllowance): Promise<void> {
    const { balance } = await this.buffers.lock(tx);
    if (balance === null) return;
    // What passes through the buffer in a shift is that shift's alone.
    const unheld = allowance === 'SHIFT' ? balance : balance - (await this.buffers.heldForShifts(tx));
    const left = unheld - amount;
    const violations = [{ field: 'amount', rule: `is covered by the unallocated buffer, ${formatAmount(unheld)}` }];
    if (left < 0n) throw ADJUSTMENT_REFUSALS.INCREASE_EXCEEDS_BUFFER({ violations });
    if (allowance !== 'TO_MINIMUM') return;
    const { minimumBuffer } = await this.policies.inForce(tx, businessDateOf(this.clock.now()));
    if (left < minimumBuffer) throw ADJUSTMENT_REFUSALS.INCREASE_BELOW_MINIMUM({ violations: [{ field: 'amount', rule: `leaves the minimum buffer, ${formatAmount(minimumBuffer)}` }] });
  }
}
