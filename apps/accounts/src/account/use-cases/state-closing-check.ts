import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { ClosingAnswer, type StatedCheck } from '../domain/closing.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { ClosingRepository } from '../persistence/closing.repository.ts';
import { ProgressClosing } from './progress-closing.ts';

export interface StatedAnswer {
  readonly check: StatedCheck;
  readonly answer: 'CLEAR' | 'REFUSED';
  readonly evidence: string;
  readonly actor: Actor;
}

/** A person answers what no service does here. It is on record as that person's statement, with the evidence. */
@Injectable()
export class StateClosingCheck {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly closings: ClosingRepository,
    private readonly progress: ProgressClosing,
  ) {}

  async execute(tx: Tx, accountId: string, { check, answer, evidence, actor }: StatedAnswer): Promise<void> {
    const account = await this.accounts.lock(tx, accountId);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    const closing = await this.closings.findOpen(tx, accountId);
    if (closing === null) throw ACCOUNT_REFUSALS.CLOSING_NOT_FOUND();
    const { [check]: current } = await this.closings.currentAnswers(tx, closing.id);
    if (current !== ClosingAnswer.NOT_ASKED) throw ACCOUNT_REFUSALS.CLOSING_CHECK_DECIDED({ detail: `The check ${check} is ${current}.` });
    const by = { makerId: actor.id, checkerId: null, approvalId: closing.id };
    await this.progress.answer(tx, account, { closing, answered: { check, answer, statedBy: actor.id, evidence, by } });
  }
}
