import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { Refusal } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { kindOf } from '../domain/account-act.ts';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { ProposalRepository } from '../persistence/proposal.repository.ts';
import { ScheduledChangeRepository, type ScheduledChange } from '../persistence/scheduled-change.repository.ts';
import { ApplyChange } from './apply-change.ts';
import { EndOpening } from './end-opening.ts';

/** What a day or an hour brings by itself: approved changes take effect, and proposals that nobody decided end. */
@Injectable()
export class DoDueWork {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly proposals: ProposalRepository,
    private readonly scheduled: ScheduledChangeRepository,
    private readonly applyChange: ApplyChange,
    private readonly endOpening: EndOpening,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Puts one change in force, or drops it with the refusal that it meets on its day; false when none is due. */
  async putChangeInForce(tx: Tx): Promise<boolean> {
    const now = this.clock.now();
    const due = await this.scheduled.lockDue(tx, businessDateOf(now));
    if (due === null) return false;
    await this.scheduled.end(tx, due.id, { endedAt: now, droppedBecause: await this.refusalOf(tx, due) });
    return true;
  }

  /** Ends one proposal whose time is over; false when there is none. */
  async expireProposal(tx: Tx): Promise<boolean> {
    const expired = await this.proposals.endExpired(tx, this.clock.now());
    if (expired === null) return false;
    const by = { makerId: expired.makerId, checkerId: null, approvalId: expired.id };
    if (expired.kind === kindOf('OPEN')) await this.endOpening.execute(tx, expired.subject, { by, reason: 'Nobody decided on the opening in time' });
    return true;
  }

  /** The rules judge before anything is written, so a refused change has left nothing behind. */
  private async refusalOf(tx: Tx, due: ScheduledChange): Promise<string | null> {
    await this.accounts.lockRegister(tx);
    const account = await this.accounts.lock(tx, due.accountId);
    try {
      if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
      const by = { makerId: due.makerId, checkerId: due.checkerId, approvalId: due.id };
      await this.applyChange.execute(tx, account, { change: due.change, by, reason: due.reason });
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }
}
