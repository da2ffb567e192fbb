import { Inject, Injectable } from '@nestjs/common';
import { APPROVAL_REFUSALS, Approvals, type Approval } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { defineRefusals, RefusalKind } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { refuseImpossible, type QuotaPolicyText } from '../domain/quota-policy.ts';
import { QuotaPolicyRepository } from '../persistence/quota-policy.repository.ts';

export const POLICY_CHANGE = 'quotas.change-policy';
/** A proposal that nobody decided on for so long has ended. */
export const PROPOSAL_EXPIRES_AFTER_MS = 7 * 24 * 3_600_000;

export const POLICY_REFUSALS = defineRefusals({
  POLICY_EFFECTIVE_IN_PAST: { kind: RefusalKind.RULE, sentence: 'A policy takes effect today or later: what was decided under the old one stays.' },
});

export interface ProposedPolicy {
  readonly effectiveOn: string;
  readonly content: QuotaPolicyText;
}

/** The policy of quotas is changed by two persons, from a date on. What cannot work in this version is refused when it is proposed. */
@Injectable()
export class ChangeQuotaPolicy {
  constructor(
    private readonly approvals: Approvals,
    private readonly policies: QuotaPolicyRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, proposed: ProposedPolicy, { maker, reason }: { maker: Actor; reason: string }): Promise<{ id: string; state: 'PROPOSED' }> {
    this.#refusePast(proposed);
    refuseImpossible(proposed.content);
    const id = uuidv7();
    const proposedAt = this.clock.now();
    await this.approvals.propose<ProposedPolicy>(tx, {
      ...{ id, kind: POLICY_CHANGE, subject: 'quota-policy', payload: proposed, makerId: maker.id, reason, proposedAt },
      expiresAt: new Date(proposedAt.getTime() + PROPOSAL_EXPIRES_AFTER_MS),
    });
    await this.audit.record(tx, { actor: maker, action: 'quotas.propose-policy', subject: id, reason, after: proposed });
    return { id, state: 'PROPOSED' };
  }

  async approve(tx: Tx, id: string, person: Actor): Promise<{ id: string; state: Approval['state'] }> {
    const at = this.clock.now();
    const approval = ofPolicy(await this.approvals.approve<ProposedPolicy>(tx, id, { personId: person.id, at }));
    this.#refusePast(approval.payload);
    await this.policies.insert(tx, { ...approval.payload, approvalId: id, decidedAt: at });
    await this.audit.record(tx, { actor: person, action: 'quotas.approve-policy', subject: id, after: approval.payload });
    return { id, state: approval.state };
  }

  /** Another person turns it down, or the maker takes it back. */
  async reject(tx: Tx, id: string, { person, note }: { person: Actor; note: string }): Promise<{ id: string; state: Approval['state'] }> {
    const decision = { personId: person.id, note, at: this.clock.now() };
    const isMaker = (await this.approvals.find(tx, id))?.makerId === person.id;
    const approval = ofPolicy(isMaker ? await this.approvals.withdraw(tx, id, decision) : await this.approvals.reject(tx, id, decision));
    await this.audit.record(tx, { actor: person, action: 'quotas.reject-policy', subject: id, reason: note });
    return { id, state: approval.state };
  }

  #refusePast({ effectiveOn }: ProposedPolicy): void {
    if (effectiveOn < businessDateOf(this.clock.now())) throw POLICY_REFUSALS.POLICY_EFFECTIVE_IN_PAST({ violations: [{ field: 'effectiveOn', rule: 'is today or later' }] });
  }
}

/** Other proposals of this service have doors of their own. */
function ofPolicy<P>(approval: Approval<P>): Approval<P> {
  if (approval.kind !== POLICY_CHANGE) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
  return approval;
}
