import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { RequestAdjustment } from '../../adjustment/use-cases/request-adjustment.ts';
import { SHIFT_REFUSALS } from '../domain/shift-refusals.ts';
import { ShiftRepository } from '../persistence/shift.repository.ts';

export interface ShiftRequest {
  readonly fromHouse: ClearingHouse;
  readonly toHouse: ClearingHouse;
  readonly amount: bigint;
  readonly reason: string;
}

/** One person, or a rule, shifts quota between the houses: Σ mapped stays, so it takes no second person. It begins with the decrease. */
@Injectable()
export class RequestShift {
  constructor(
    private readonly shifts: ShiftRepository,
    private readonly requestAdjustment: RequestAdjustment,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `actor` is null when a rule asked. */
  async execute(tx: Tx, { fromHouse, toHouse, amount, reason }: ShiftRequest, actor: Actor | null): Promise<{ id: string; state: 'DECREASING' }> {
    if (fromHouse === toHouse) throw SHIFT_REFUSALS.SHIFT_WITHIN_ONE_HOUSE({ violations: [{ field: 'toHouse', rule: 'is the other clearing house' }] });
    const id = uuidv7();
    const decrease = await this.requestAdjustment.execute(tx, { clearingHouse: fromHouse, direction: 'DECREASE', amount, reason }, { actor, allowance: 'SHIFT' });
    await this.shifts.insert(tx, { id, fromHouse, toHouse, amount, decreaseId: decrease.id, reason, requestedBy: actor?.id ?? 'policy', requestedAt: this.clock.now() });
    await this.audit.record(tx, {
      ...{ actor, action: 'quotas.request-shift', subject: `quota-shift:${id}`, reason },
      after: { fromHouse, toHouse, amount: formatAmount(amount) },
    });
    return { id, state: 'DECREASING' };
  }
}
