import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import {
  internalAccountLinkedV1,
  type AccountClosingClearedV1,
  type AccountOpenedV1,
  type AccountRenamedV1,
  type AccountStateChangedV1,
  type InternalAccountLinkedV1,
} from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { internalAccountStates } from '../domain/internal-account-state.ts';
import { InternalAccountState, type InternalAccount } from '../domain/internal-account.ts';
import { eventOfStateChange, internalAccountCodeOf, parentCodeOf } from '../domain/link-account.ts';
import { InternalAccountRepository } from '../persistence/internal-account.repository.ts';

/** The question that an answer belongs to. */
type Asked = Pick<InternalAccountLinkedV1, 'accountId' | 'linkVersion'>;

/** Keeps internal accounts in step with the register, and answers each question with how the link stands. */
@Injectable()
export class FollowRegisteredAccounts {
  constructor(
    private readonly accounts: InternalAccountRepository,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(tx: Tx, opened: AccountOpenedV1): Promise<void> {
    const code = internalAccountCodeOf(opened);
    await this.accounts.insert(tx, {
      code,
      name: opened.name,
      parentCode: parentCodeOf(opened),
      registeredAccountId: opened.accountId,
      openedAt: new Date(opened.openedAt),
    });
    const account = await this.accounts.findByRegisteredAccount(tx, opened.accountId);
    if (account === null) return this.answer(tx, opened, { link: 'REFUSED', reason: 'CODE_TAKEN' });
    return this.answer(tx, opened, { internalAccountCode: account.code, link: 'CONFIRMED' });
  }

  async rename(tx: Tx, renamed: AccountRenamedV1): Promise<void> {
    const account = await this.accounts.findByRegisteredAccount(tx, renamed.accountId);
    if (account !== null && account.state !== InternalAccountState.CLOSED) await this.accounts.rename(tx, account.id, renamed.name);
    return this.answerOf(tx, renamed, account);
  }

  /** A change without a link version asks nothing of the ledger. */
  async changeState(tx: Tx, changed: AccountStateChangedV1): Promise<void> {
    const { accountId, linkVersion } = changed;
    if (linkVersion === undefined) return;
    const account = await this.accounts.findByRegisteredAccount(tx, accountId);
    const event = eventOfStateChange(changed);
    if (account !== null && event !== null && internalAccountStates.canMove(account.state, event)) {
      await this.accounts.move(tx, { id: account.id, from: account.state, to: internalAccountStates.next(account.state, event) });
    }
    return this.answerOf(tx, { accountId, linkVersion }, account);
  }

  /** Looks at the balance and closes in one transaction: an internal account that was empty a moment ago need not be. */
  async close(tx: Tx, cleared: AccountClosingClearedV1): Promise<void> {
    const account = await this.accounts.findByRegisteredAccount(tx, cleared.accountId);
    if (account === null || account.state === InternalAccountState.CLOSED) return this.answerOf(tx, cleared, account);
    if (await this.accounts.hasMoneyUnderLock(tx, account.id)) {
      return this.answer(tx, cleared, { internalAccountCode: account.code, link: 'REFUSED', reason: 'BALANCE_NOT_ZERO' });
    }
    const to = internalAccountStates.next(account.state, 'close');
    await this.accounts.move(tx, { id: account.id, from: account.state, to });
    return this.answerOf(tx, cleared, { ...account, state: to });
  }

  private async answerOf(tx: Tx, asked: Asked, account: Pick<InternalAccount, 'code' | 'state'> | null): Promise<void> {
    if (account === null) return this.answer(tx, asked, { link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT' });
    return this.answer(tx, asked, { internalAccountCode: account.code, link: account.state === InternalAccountState.CLOSED ? 'CLOSED' : 'CONFIRMED' });
  }

  private async answer(tx: Tx, asked: Asked, answer: Pick<InternalAccountLinkedV1, 'internalAccountCode' | 'link' | 'reason'>): Promise<void> {
    const { accountId, linkVersion } = asked;
    await this.outbox.add(tx, internalAccountLinkedV1, { accountId, linkVersion, ...answer, at: this.clock.now().toISOString() });
  }
}
