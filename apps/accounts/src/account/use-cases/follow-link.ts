import { Injectable } from '@nestjs/common';
import type { InternalAccountLinkedV1 } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import type { Account } from '../domain/account.ts';
import { AccountState, LinkState } from '../domain/account-state.ts';
import { movedBy } from '../domain/change-account.ts';
import { ClosingAnswer, ClosingCheck } from '../domain/closing.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { ClosingRepository } from '../persistence/closing.repository.ts';
import { ProgressClosing } from './progress-closing.ts';
import { NOBODY, RecordAccount } from './record-account.ts';

/**
 * The ledger has answered. Only the answer to the last question counts: the ledger takes an account's questions in order, so a later answer
 * tells of all before it.
 */
@Injectable()
export class FollowLink {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly closings: ClosingRepository,
    private readonly progress: ProgressClosing,
    private readonly record: RecordAccount,
  ) {}

  /** All accounts are locked before the first is recorded: the audit trail's head is taken after any account, by everyone. */
  async execute(tx: Tx, answers: readonly InternalAccountLinkedV1[]): Promise<void> {
    await this.accounts.lockMany(tx, answers.map(({ accountId }) => accountId));
    for (const answer of answers) await this.follow(tx, answer);
  }

  private async follow(tx: Tx, answer: InternalAccountLinkedV1): Promise<void> {
    const account = await this.accounts.lock(tx, answer.accountId);
    if (account === null || account.linkVersion !== answer.linkVersion || account.linkState !== LinkState.REQUESTED) return;
    const changed = linkedBy(account, answer);
    const act = account.state === AccountState.PENDING_OPEN && changed.state === AccountState.CLOSED ? 'OPENING_ENDED' : 'LINK_ANSWERED';
    const reason = answer.reason ?? `The ledger answered ${answer.link}`;
    const linked = await this.record.execute(tx, { before: account, changed, act, by: NOBODY, reason });
    await this.followClosing(tx, linked, answer);
  }

  private async followClosing(tx: Tx, account: Account, { link, reason }: InternalAccountLinkedV1): Promise<void> {
    const closing = account.state === AccountState.CLOSING ? await this.closings.findOpen(tx, account.id) : null;
    if (closing === null) return;
    const { LEDGER_BALANCE: asked } = await this.closings.currentAnswers(tx, closing.id);
    if (asked !== ClosingAnswer.ASKED) return;
    const answer = link === LinkState.CLOSED ? ClosingAnswer.CLEAR : ClosingAnswer.REFUSED;
    const evidence = reason === undefined ? {} : { evidence: reason };
    await this.progress.answer(tx, account, { closing, answered: { check: ClosingCheck.LEDGER_BALANCE, answer, ...evidence, by: NOBODY } });
  }
}

/** An opening that the ledger refuses gives up its place in the register; any other refusal leaves the account as it is, not usable. */
function linkedBy(account: Account, { link, reason, internalAccountCode }: InternalAccountLinkedV1): Account {
  // An internal account that is refused its closing for its balance stands as before.
  const linkState = link === LinkState.REFUSED && reason === 'BALANCE_NOT_ZERO' ? LinkState.CONFIRMED : link;
  const linked = { ...account, linkState, linkReason: reason ?? null, internalAccountCode: internalAccountCode ?? account.internalAccountCode };
  if (account.state !== AccountState.PENDING_OPEN) return linked;
  return movedBy(linked, link === LinkState.CONFIRMED ? 'activate' : 'reject');
}
