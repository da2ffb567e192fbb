import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import type { Account } from '../domain/account.ts';
import { AccountState } from '../domain/account-state.ts';
import { askingLedger, movedBy } from '../domain/change-account.ts';
import { firstAnswers, type ClosingCheck } from '../domain/closing.ts';
import { isUnregistered } from '../domain/registration-state.ts';
import { ClosingRepository } from '../persistence/closing.repository.ts';
import { RecordAccount, type ActBy } from './record-account.ts';

/** The first step of a closing: from here on only the residual may leave, and every check has an answer on record, if only NOT_ASKED. */
@Injectable()
export class StartClosing {
  constructor(
    private readonly closings: ClosingRepository,
    private readonly record: RecordAccount,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, account: Account, { by, reason }: { by: ActBy & { approvalId: string }; reason: string }): Promise<void> {
    const isFrozen = account.state === AccountState.FROZEN;
    const closing = movedBy(account, 'start-closing');
    const startedAt = this.clock.now();
    // A frozen internal account takes no posting: it has to be opened for the residual.
    await this.record.execute(tx, { before: account, changed: isFrozen ? askingLedger(closing) : closing, act: 'CLOSING_STARTED', by, reason });
    await this.closings.insert(tx, { id: by.approvalId, accountId: account.id, priorState: isFrozen ? 'FROZEN' : 'ACTIVE', startedAt });
    const answers = Object.entries(firstAnswers({ isUnregistered: isUnregistered(account.registrationState) }));
    await this.closings.appendAnswers(
      tx,
      by.approvalId,
      answers.map(([check, answer]) => ({ check: check as ClosingCheck, answer, statedBy: null, evidence: null, answeredAt: startedAt })),
    );
  }
}
