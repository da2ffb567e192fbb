import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { RequestAdjustment } from '../../adjustment/use-cases/request-adjustment.ts';
import { QuotaPolicyRepository } from '../../policy/persistence/quota-policy.repository.ts';
import { SHIFT_REFUSALS } from '../domain/shift-refusals.ts';
import { ShiftRepository } from '../persistence/shift.repository.ts';

export interface ShiftRequest {
  readonly fromHouse: ClearingHouse;
  readonly toHouse: ClearingHouse;
  readonly amount: bigint;
  readonly reason: string;
}

/** Who asks: a rule within its own limits, one person up to the policy's limit, two persons for any amount. */
export type ShiftAsker = { readonly by: 'RULE' } | { readonly by: 'ONE_PERSON' | 'TWO_PERSONS'; readonly actor: Actor };

/** Shifts quota between the houses: Σ mapped stays, so it takes one person unless the policy wants two. It begins with the decrease. */
@Injectable()
export class RequestShift {
  constructor(
    private readonly shifts: ShiftRepository,
    private readonly requestAdjustment: RequestAdjustment,
    private readonly policies: QuotaPolicyRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, { fromHouse, toHouse, amount, reason }: ShiftRequest, asker: ShiftAsker): Promise<{ id: string; state: 'DECREASING' }> {
    refuseOneHouse({ fromHouse, toHouse });
    if (asker.by === 'ONE_PERSON') await this.#refuseAlone(tx, amount);
    const actor = asker.by === 'RULE' ? null : asker.actor;
    const id = uuidv7();
    const decrease = await this.requestAdjustment.execute(tx, { clearingHouse: fromHouse, direction: 'DECREASE', amount, reason }, { actor, allowance: 'SHIFT' });
    await this.shifts.insert(tx, { id, fromHouse, toHouse, amount, decreaseId: decrease.id, reason, requestedBy: actor?.id ?? 'policy', requestedAt: this.clock.now() });
    await this.audit.record(tx, {
      ...{ actor, action: 'quotas.request-shift', subject: `quota-shift:${id}`, reason },
      after: { fromHouse, toHouse, amount: formatAmount(amount) },
    });
    return { id, state: 'DECREASING' };
  }

  async #refuseAlone(tx: Tx, amount: bigint): Promise<void> {
    const { shiftAloneMax } = await this.policies.inForce(tx, businessDateOf(this.clock.now()));
    if (shiftAloneMax === null || amount <= shiftAloneMax) return;
    throw SHIFT_REFUSALS.SHIFT_NEEDS_SECOND_PERSON({ violations: [{ field: 'amount', rule: `is at most what one person shifts alone, ${formatAmount(shiftAloneMax)}` }] });
  }
}

export function refuseOneHouse({ fromHouse, toHouse }: Pick<ShiftRequest, 'fromHouse' | 'toHouse'>): void {
  if (fromHouse === toHouse) throw SHIFT_REFUSALS.SHIFT_WITHIN_ONE_HOUSE({ violations: [{ field: 'toHouse', rule: 'is the other clearing house' }] });
}
