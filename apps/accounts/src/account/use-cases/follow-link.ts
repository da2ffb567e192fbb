import { Injectable } from '@nestjs/common';
import type { InternalAccountLinkedV1 } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { AuditTrail } from '@jinku/service';
import { AccountState, accountStates, LinkState } from '../domain/account-state.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

/** The ledger has answered: a confirmed link makes a pending account usable; a refused one leaves it pending, with the reason. */
@Injectable()
export class FollowLink {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly audit: AuditTrail,
  ) {}

  async execute(tx: Tx, answer: InternalAccountLinkedV1): Promise<void> {
    const account = await this.accounts.lock(tx, answer.accountId);
    if (account === null || account.linkState !== LinkState.REQUESTED) return;
    await this.accounts.moveLink(tx, account.id, { from: account.linkState, to: answer.link, code: answer.internalAccountCode, reason: answer.reason });
    if (answer.link === LinkState.CONFIRMED && accountStates.canMove(account.state, 'activate')) {
      await this.accounts.move(tx, account.id, account.state, accountStates.next(AccountState.PENDING_OPEN, 'activate'));
    }
    await this.audit.record(tx, { actor: null, action: 'accounts.follow-link', subject: account.id, before: account.linkState, after: answer.link });
  }
}
