import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PROPOSAL_EXPIRES_AFTER_MS } from '../../config.ts';
import { ConnectorTypeRepository } from '../../connector-type/persistence/connector-type.repository.ts';
import { kindOf, type AccountAct, type AccountProposal } from '../domain/account-act.ts';
import { checkRegistered, type Account } from '../domain/account.ts';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { changedTerms, differenceOf, movedBy, registeredBy, type RegistrationStep, type TermsChange } from '../domain/change-account.ts';
import { checkConnectors } from '../domain/check-connectors.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

export type ProposedAct =
  | { readonly act: 'CHANGE'; readonly change: TermsChange; readonly effectiveOn: string | null }
  | { readonly act: 'FREEZE' }
  | { readonly act: 'UNFREEZE' }
  | { readonly act: 'CLOSE' }
  | { readonly act: 'REGISTER'; readonly step: RegistrationStep };

/** One person proposes what is to become of an account. What could not be carried out now is refused now, not when it is approved. */
@Injectable()
export class ProposeAccountAct {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly connectorTypes: ConnectorTypeRepository,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, accountId: string, proposed: ProposedAct, { maker, reason }: { maker: Actor; reason: string }): Promise<{ id: string; approvalId: string }> {
    const account = await this.accounts.find(tx, accountId);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    const act = await this.checked(tx, account, proposed);
    const approvalId = uuidv7();
    const proposedAt = this.clock.now();
    await this.approvals.propose<AccountProposal>(tx, {
      id: approvalId,
      kind: kindOf(act.act),
      subject: accountId,
      payload: { ...act, accountId },
      makerId: maker.id,
      reason,
      proposedAt,
      expiresAt: new Date(proposedAt.getTime() + PROPOSAL_EXPIRES_AFTER_MS),
    });
    await this.audit.record(tx, { actor: maker, action: `accounts.propose-${act.act.toLowerCase()}`, subject: accountId, reason, after: act });
    return { id: accountId, approvalId };
  }

  private async checked(tx: Tx, account: Account, proposed: ProposedAct): Promise<AccountAct> {
    switch (proposed.act) {
      case 'CHANGE': {
        const today = businessDateOf(this.clock.now());
        const effectiveOn = proposed.effectiveOn ?? today;
        if (effectiveOn < today) throw ACCOUNT_REFUSALS.EFFECTIVE_IN_PAST({ violations: [{ field: 'effectiveOn', rule: 'is today or later' }] });
        const changed = changedTerms(account, proposed.change);
        checkRegistered(changed, await this.accounts.listOthers(tx, account.id));
        checkConnectors(changed, await this.connectorTypes.inForce(tx, effectiveOn));
        return { act: 'CHANGE', ...differenceOf(account, changed), effectiveOn };
      }
      case 'FREEZE':
        movedBy(account, 'freeze');
        return { act: 'FREEZE' };
      case 'UNFREEZE':
        movedBy(account, 'unfreeze');
        return { act: 'UNFREEZE' };
      case 'CLOSE':
        movedBy(account, 'start-closing');
        return { act: 'CLOSE' };
      case 'REGISTER':
        registeredBy(account, proposed.step);
        return { act: 'REGISTER', step: proposed.step };
    }
  }
}
