import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { internalAccountLinkedV1, type AccountOpenedV1, type AccountStateChangedV1, type InternalAccountLinkedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { internalAccountStates } from '../domain/internal-account-state.ts';
import { eventOfStateChange, internalAccountCodeOf, parentCodeOf } from '../domain/link-account.ts';
import { InternalAccountRepository } from '../persistence/internal-account.repository.ts';

/** Keeps internal accounts in step with the register, and answers each event with how the link stands. */
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
    if (account === null) return this.answer(tx, { accountId: opened.accountId, link: 'REFUSED', reason: 'CODE_TAKEN' });
    return this.answer(tx, { accountId: opened.accountId, internalAccountCode: account.code, link: 'CONFIRMED' });
  }

  async changeState(tx: Tx, changed: AccountStateChangedV1): Promise<void> {
    const account = await this.accounts.findByRegisteredAccount(tx, changed.accountId);
    if (account === null) return this.answer(tx, { accountId: changed.accountId, link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT' });
    const known = { accountId: changed.accountId, internalAccountCode: account.code };
    const event = eventOfStateChange(changed);
    if (event === null || !internalAccountStates.canMove(account.state, event)) {
      return this.answer(tx, { ...known, link: account.state === 'CLOSED' ? 'CLOSED' : 'CONFIRMED' });
    }
    if (event === 'close' && (await this.accounts.hasMoneyUnderLock(tx, account.id))) {
      return this.answer(tx, { ...known, link: 'REFUSED', reason: 'BALANCE_NOT_ZERO' });
    }
    await this.accounts.move(tx, { id: account.id, from: account.state, to: internalAccountStates.next(account.state, event) });
    return this.answer(tx, { ...known, link: event === 'close' ? 'CLOSED' : 'CONFIRMED' });
  }

  private async answer(tx: Tx, answer: Omit<InternalAccountLinkedV1, 'at'>): Promise<void> {
    await this.outbox.add(tx, internalAccountLinkedV1, { ...answer, at: this.clock.now().toISOString() });
  }
}
