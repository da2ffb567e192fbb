import { Inject, Injectable } from '@nestjs/common';
import { APPROVAL_REFUSALS, Approvals, type ApprovalState } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PROPOSAL_EXPIRES_AFTER_MS } from '../../policy/use-cases/change-quota-policy.ts';
import { refuseOneHouse, RequestShift } from './request-shift.ts';

export const SHIFT_BY_TWO = 'quotas.shift-by-two';

export interface ProposedShift {
  readonly fromHouse: ClearingHouse;
  readonly toHouse: ClearingHouse;
  readonly amount: string;
}

/** Above what the policy lets one person shift alone it takes two; the shift begins in the transaction in which the second one approves. */
@Injectable()
export class ProposeShift {
  constructor(
    private readonly approvals: Approvals,
    private readonly requestShift: RequestShift,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, payload: ProposedShift, { maker, reason }: { maker: Actor; reason: string }): Promise<{ id: string; state: 'PROPOSED' }> {
    refuseOneHouse(payload);
    const id = uuidv7();
    const proposedAt = this.clock.now();
    const expiresAt = new Date(proposedAt.getTime() + PROPOSAL_EXPIRES_AFTER_MS);
    await this.approvals.propose<ProposedShift>(tx, { id, kind: SHIFT_BY_TWO, subject: payload.toHouse, payload, makerId: maker.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor: maker, action: 'quotas.propose-shift', subject: id, reason, after: payload });
    return { id, state: 'PROPOSED' };
  }

  /** What the houses hold is judged now, not when it was proposed. */
  async approve(tx: Tx, id: string, person: Actor): Promise<{ id: string; state: ApprovalState; shiftId: string }> {
    const { kind, payload, reason, state } = await this.approvals.approve<ProposedShift>(tx, id, { personId: person.id, at: this.clock.now() });
    if (kind !== SHIFT_BY_TWO) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
    const amount = parseAmount(payload.amount);
    invariant(amount !== null, 'the amount was checked when it was proposed');
    const shift = await this.requestShift.execute(tx, { ...payload, amount, reason }, { by: 'TWO_PERSONS', actor: person });
    return { id, state, shiftId: shift.id };
  }
}
