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
import { RequestAdjustment } from './request-adjustment.ts';

export const INCREASE_BELOW_MINIMUM = 'quotas.increase-below-minimum';

export interface ProposedIncrease {
  readonly clearingHouse: ClearingHouse;
  readonly amount: string;
}

/** Below the minimum buffer an increase takes two persons; it is asked for in the transaction in which the second one approves. */
@Injectable()
export class ProposeIncrease {
  constructor(
    private readonly approvals: Approvals,
    private readonly requestAdjustment: RequestAdjustment,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, payload: ProposedIncrease, { maker, reason }: { maker: Actor; reason: string }): Promise<{ id: string; state: 'PROPOSED' }> {
    const id = uuidv7();
    const proposedAt = this.clock.now();
    const expiresAt = new Date(proposedAt.getTime() + PROPOSAL_EXPIRES_AFTER_MS);
    await this.approvals.propose<ProposedIncrease>(tx, { id, kind: INCREASE_BELOW_MINIMUM, subject: payload.clearingHouse, payload, makerId: maker.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor: maker, action: 'quotas.propose-increase', subject: id, reason, after: payload });
    return { id, state: 'PROPOSED' };
  }

  async approve(tx: Tx, id: string, person: Actor): Promise<{ id: string; state: ApprovalState }> {
    const { kind, payload, reason, state } = await this.approvals.approve<ProposedIncrease>(tx, id, { personId: person.id, at: this.clock.now() });
    if (kind !== INCREASE_BELOW_MINIMUM) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
    const amount = parseAmount(payload.amount);
    invariant(amount !== null, 'the amount was checked when it was proposed');
    const { clearingHouse } = payload;
    await this.requestAdjustment.execute(tx, { clearingHouse, direction: 'INCREASE', amount, reason }, { actor: person, allowance: 'BELOW_MINIMUM' });
    return { id, state };
  }
}
