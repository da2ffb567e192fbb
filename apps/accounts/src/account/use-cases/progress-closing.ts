import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { accountClosingClearedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import type { Account } from '../domain/account.ts';
import { AccountState } from '../domain/account-state.ts';
import { askingLedger, movedBy } from '../domain/change-account.ts';
import { ClosingAnswer, ClosingCheck, ClosingStep, nextClosingStep } from '../domain/closing.ts';
import { isUnregistered } from '../domain/registration-state.ts';
import { ClosingRepository, type Closing, type RecordedAnswer } from '../persistence/closing.repository.ts';
import { NOBODY, RecordAccount, type ActBy } from './record-account.ts';

export interface AnsweredCheck extends Pick<RecordedAnswer, 'check' | 'answer'> {
  readonly statedBy?: string;
  readonly evidence?: string;
  readonly by: ActBy;
}

/** Takes one answer of a closing down and does what follows from all of them. Each answer is one transaction: a crash in between loses no step. */
@Injectable()
export class ProgressClosing {
  constructor(
    private readonly closings: ClosingRepository,
    private readonly record: RecordAccount,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async answer(tx: Tx, account: Account, { closing, answered }: { closing: Closing; answered: AnsweredCheck }): Promise<void> {
    const { check, answer, statedBy = null, evidence = null, by } = answered;
    await this.closings.appendAnswers(tx, closing.id, [{ check, answer, statedBy, evidence, answeredAt: this.clock.now() }]);
    switch (nextClosingStep(await this.closings.currentAnswers(tx, closing.id))) {
      case ClosingStep.WAIT:
        return;
      case ClosingStep.ASK_LEDGER:
        return this.askLedger(tx, account, { closing, by });
      case ClosingStep.CLOSE:
        await this.record.execute(tx, { before: account, changed: movedBy(account, 'close'), act: 'CLOSED', by, reason: 'Every check of the closing is clear' });
        return this.closings.end(tx, closing.id, { endedAt: this.clock.now(), refusal: null });
      case ClosingStep.REOPEN:
        return this.reopen(tx, account, { closing, by, refusal: evidence === null ? check : `${check}: ${evidence}` });
    }
  }

  /** The register answers for its own registrations, once UnionPay holds none any more. */
  async followRegistration(tx: Tx, account: Account): Promise<void> {
    if (account.state !== AccountState.CLOSING || !isUnregistered(account.registrationState)) return;
    const closing = await this.closings.findOpen(tx, account.id);
    if (closing === null) return;
    await this.answer(tx, account, { closing, answered: { check: ClosingCheck.REGISTRATION, answer: ClosingAnswer.CLEAR, by: NOBODY } });
  }

  private async askLedger(tx: Tx, account: Account, { closing, by }: { closing: Closing; by: ActBy }): Promise<void> {
    const now = this.clock.now();
    const reason = 'Nothing but the ledger\'s balance stands against the closing';
    const asking = await this.record.execute(tx, { before: account, changed: askingLedger(account), act: 'CLOSING_CLEARED', by, reason });
    const asked = { check: ClosingCheck.LEDGER_BALANCE, answer: ClosingAnswer.ASKED, statedBy: null, evidence: null, answeredAt: now };
    await this.closings.appendAnswers(tx, closing.id, [asked]);
    const { id: accountId, linkVersion } = asking;
    await this.outbox.add(tx, accountClosingClearedV1, { accountId, closingId: closing.id, clearedAt: now.toISOString(), linkVersion });
  }

  private async reopen(tx: Tx, account: Account, { closing, by, refusal }: { closing: Closing; by: ActBy; refusal: string }): Promise<void> {
    const changed = closing.priorState === 'FROZEN' ? askingLedger(movedBy(account, 'reopen-frozen')) : movedBy(account, 'reopen');
    await this.record.execute(tx, { before: account, changed, act: 'CLOSING_REFUSED', by, reason: refusal });
    await this.closings.end(tx, closing.id, { endedAt: this.clock.now(), refusal });
  }
}
