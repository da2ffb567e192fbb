import { Inject, Injectable } from '@nestjs/common';
import type { Approval } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { accountOpenedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { breaksUnique, type Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import type { AccountAct, AccountProposal } from '../domain/account-act.ts';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import type { Account } from '../domain/account.ts';
import { askingLedger, checkUnchanged, movedBy, registeredBy, type TermsChange } from '../domain/change-account.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { ScheduledChangeRepository } from '../persistence/scheduled-change.repository.ts';
import { ApplyChange } from './apply-change.ts';
import { ProgressClosing } from './progress-closing.ts';
import { RecordAccount, type ActBy } from './record-account.ts';
import { StartClosing } from './start-closing.ts';

interface Approved<A extends AccountAct['act']> {
  readonly act: Extract<AccountAct, { act: A }>;
  readonly by: ActBy & { readonly makerId: string; readonly checkerId: string; readonly approvalId: string };
  readonly reason: string;
}

/** Does what two persons agreed on. What became impossible since it was proposed is refused, and the proposal stays open with it. */
@Injectable()
export class CarryOutAct {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly scheduled: ScheduledChangeRepository,
    private readonly applyChange: ApplyChange,
    private readonly record: RecordAccount,
    private readonly startClosing: StartClosing,
    private readonly progress: ProgressClosing,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, approval: Approval<AccountProposal>, checkerId: string): Promise<void> {
    const { payload: act, makerId, reason } = approval;
    const given = { by: { makerId, checkerId, approvalId: approval.id }, reason };
    if (act.act === 'CHANGE') await this.accounts.lockRegister(tx);
    const account = await this.accounts.lock(tx, act.accountId);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    switch (act.act) {
      case 'OPEN':
        return this.open(tx, account, given);
      case 'CHANGE':
        return this.change(tx, account, { ...given, act });
      case 'FREEZE':
        await this.record.execute(tx, { before: account, changed: askingLedger(movedBy(account, 'freeze')), act: 'FROZEN', ...given });
        return;
      case 'UNFREEZE':
        await this.record.execute(tx, { before: account, changed: askingLedger(movedBy(account, 'unfreeze')), act: 'UNFROZEN', ...given });
        return;
      case 'CLOSE':
        return this.startClosing.execute(tx, account, given);
      case 'REGISTER':
        return this.register(tx, account, { ...given, act });
    }
  }

  private async open(tx: Tx, account: Account, given: Omit<Approved<'OPEN'>, 'act'>): Promise<void> {
    const asking = await this.record.execute(tx, { before: account, changed: askingLedger(account), act: 'OPENING_APPROVED', ...given });
    await this.outbox.add(tx, accountOpenedV1, {
      accountId: account.id,
      accountClass: account.accountClass,
      ...(account.subtype === null ? {} : { subtype: account.subtype }),
      owner: account.owner,
      name: account.name,
      openedAt: this.clock.now().toISOString(),
      linkVersion: asking.linkVersion,
    });
  }

  private async change(tx: Tx, account: Account, { act, by, reason }: Approved<'CHANGE'>): Promise<void> {
    checkUnchanged(account, act.before);
    const change = act.after as TermsChange;
    if (act.effectiveOn > businessDateOf(this.clock.now())) {
      const { makerId, checkerId, approvalId } = by;
      await this.scheduled.insert(tx, { id: approvalId, accountId: account.id, effectiveOn: act.effectiveOn, change, makerId, checkerId, reason });
      return;
    }
    await this.applyChange.execute(tx, account, { change, by, reason });
  }

  private async register(tx: Tx, account: Account, { act, by, reason }: Approved<'REGISTER'>): Promise<void> {
    try {
      const registered = await this.record.execute(tx, { before: account, changed: registeredBy(account, act.step), act: 'REGISTRATION_CHANGED', by, reason });
      await this.progress.followRegistration(tx, registered);
    } catch (error) {
      if (breaksUnique(error, 'account_funding_ref')) {
        throw ACCOUNT_REFUSALS.REFERENCE_EXISTS({ violations: [{ field: 'fundingAccountRef', rule: 'is no other account\'s' }], cause: error });
      }
      throw error;
    }
  }
}
