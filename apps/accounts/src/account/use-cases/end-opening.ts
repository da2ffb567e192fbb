import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { movedBy } from '../domain/change-account.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { RecordAccount, type ActBy } from './record-account.ts';

/** An opening that nobody approves gives up its place in the register. */
@Injectable()
export class EndOpening {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly record: RecordAccount,
  ) {}

  async execute(tx: Tx, accountId: string, { by, reason }: { by: ActBy; reason: string }): Promise<void> {
    const account = await this.accounts.lock(tx, accountId);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    await this.record.execute(tx, { before: account, changed: movedBy(account, 'reject'), act: 'OPENING_ENDED', by, reason });
  }
}
