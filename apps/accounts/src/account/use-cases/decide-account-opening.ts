import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { accountOpenedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { AccountState, accountStates, LinkState } from '../domain/account-state.ts';
import { AccountRepository } from '../persistence/account.repository.ts';

/** The second person. An approved account is usable only once the ledger has confirmed its internal account. */
@Injectable()
export class DecideAccountOpening {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly approvals: Approvals,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async approve(tx: Tx, approvalId: string, { checker, note }: { checker: Actor; note: string }): Promise<{ accountId: string }> {
    const openedAt = this.clock.now();
    const { payload } = await this.approvals.approve<{ accountId: string }>(tx, approvalId, { personId: checker.id, note, at: openedAt });
    const account = await this.accounts.lock(tx, payload.accountId);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    await this.accounts.moveLink(tx, account.id, { from: LinkState.NONE, to: LinkState.REQUESTED });
    await this.outbox.add(tx, accountOpenedV1, {
      accountId: account.id,
      accountClass: account.accountClass,
      ...(account.subtype === null ? {} : { subtype: account.subtype }),
      owner: account.owner,
      name: account.name,
      openedAt: openedAt.toISOString(),
    });
    await this.audit.record(tx, { actor: checker, action: 'accounts.approve-opening', subject: account.id, reason: note });
    return { accountId: account.id };
  }

  async reject(tx: Tx, approvalId: string, { checker, note }: { checker: Actor; note: string }): Promise<{ accountId: string }> {
    const { payload } = await this.approvals.reject<{ accountId: string }>(tx, approvalId, { personId: checker.id, note, at: this.clock.now() });
    const to = accountStates.next(AccountState.PENDING_OPEN, 'reject');
    if (!(await this.accounts.move(tx, payload.accountId, AccountState.PENDING_OPEN, to))) throw ACCOUNT_REFUSALS.ACCOUNT_STATE_FORBIDS();
    await this.audit.record(tx, { actor: checker, action: 'accounts.reject-opening', subject: payload.accountId, reason: note });
    return payload;
  }
}
