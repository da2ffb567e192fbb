import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { accountStateChangedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import type { Account } from '../domain/account.ts';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { accountStates } from '../domain/account-state.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

/** Freezing stops an account at once and takes one person; lifting a freeze is an approver's act. The ledger follows by message. */
@Injectable()
export class ChangeAccountState {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, id: string, change: { event: 'freeze' | 'unfreeze'; actor: Actor; reason: string }): Promise<Account> {
    const account = await this.accounts.lock(tx, id);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    if (!accountStates.canMove(account.state, change.event)) {
      throw ACCOUNT_REFUSALS.ACCOUNT_STATE_FORBIDS({ detail: `An account in state ${account.state} does not take ${change.event}.` });
    }
    const to = accountStates.next(account.state, change.event);
    await this.accounts.move(tx, id, account.state, to);
    await this.outbox.add(tx, accountStateChangedV1, { accountId: id, from: account.state, to, changedAt: this.clock.now().toISOString() });
    await this.audit.record(tx, { actor: change.actor, action: `accounts.${change.event}`, subject: id, reason: change.reason, before: account.state, after: to });
    return { ...account, state: to };
  }
}
