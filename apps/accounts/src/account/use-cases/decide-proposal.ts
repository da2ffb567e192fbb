import { Inject, Injectable } from '@nestjs/common';
import { APPROVAL_REFUSALS, Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import type { AccountAct, AccountProposal } from '../domain/account-act.ts';
import { CarryOutAct } from './carry-out-act.ts';
import { EndOpening } from './end-opening.ts';

export interface ProposalDecision {
  readonly person: Actor;
  readonly note: string;
}

export interface DecidedProposal {
  readonly accountId: string;
  readonly act: AccountAct['act'];
}

/** The second person, or the maker who takes a proposal back. An approved proposal is carried out in the same transaction. */
@Injectable()
export class DecideProposal {
  constructor(
    private readonly approvals: Approvals,
    private readonly carryOut: CarryOutAct,
    private readonly endOpening: EndOpening,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async approve(tx: Tx, approvalId: string, { person, note }: ProposalDecision): Promise<DecidedProposal> {
    const approval = ofAccounts(await this.approvals.approve<AccountProposal>(tx, approvalId, { personId: person.id, note, at: this.clock.now() }));
    await this.carryOut.execute(tx, approval, person.id);
    return decided(approval);
  }

  async reject(tx: Tx, approvalId: string, { person, note }: ProposalDecision): Promise<DecidedProposal> {
    const approval = ofAccounts(await this.approvals.reject<AccountProposal>(tx, approvalId, { personId: person.id, note, at: this.clock.now() }));
    return this.ended(tx, approval, { person, note, verb: 'reject', checkerId: person.id });
  }

  async withdraw(tx: Tx, approvalId: string, { person, note }: ProposalDecision): Promise<DecidedProposal> {
    const approval = ofAccounts(await this.approvals.withdraw<AccountProposal>(tx, approvalId, { personId: person.id, note, at: this.clock.now() }));
    return this.ended(tx, approval, { person, note, verb: 'withdraw', checkerId: null });
  }

  private async ended(
    tx: Tx,
    approval: Approval<AccountProposal>,
    { person, note, verb, checkerId }: ProposalDecision & { verb: string; checkerId: string | null },
  ): Promise<DecidedProposal> {
    const { payload } = approval;
    if (payload.act === 'OPEN') {
      const by = { makerId: approval.makerId, checkerId, approvalId: approval.id };
      await this.endOpening.execute(tx, payload.accountId, { by, reason: note });
    }
    await this.audit.record(tx, { actor: person, action: `accounts.${verb}-${payload.act.toLowerCase()}`, subject: payload.accountId, reason: note });
    return decided(approval);
  }
}

/** Other proposals of this service have doors of their own. */
function ofAccounts(approval: Approval<AccountProposal>): Approval<AccountProposal> {
  if (!approval.kind.startsWith('accounts.')) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
  return approval;
}

function decided({ payload }: Approval<AccountProposal>): DecidedProposal {
  return { accountId: payload.accountId, act: payload.act };
}
