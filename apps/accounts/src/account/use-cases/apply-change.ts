import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import { checkRegistered, type Account } from '../domain/account.ts';
import { askingLedger, changedTerms, type TermsChange } from '../domain/change-account.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { RecordAccount, type ActBy } from './record-account.ts';

/** Puts an approved change in force. The caller holds the register's lock and the account's, so the rules are judged once more. */
@Injectable()
export class ApplyChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly record: RecordAccount,
  ) {}

  async execute(tx: Tx, account: Account, { change, by, reason }: { change: TermsChange; by: ActBy; reason: string }): Promise<void> {
    const changed = changedTerms(account, change);
    checkRegistered(changed, await this.accounts.listOthers(tx, account.id));
    // The ledger knows of an account's fields only its name.
    const told = changed.name === account.name ? changed : askingLedger(changed);
    await this.record.execute(tx, { before: account, changed: told, act: 'CHANGED', by, reason });
  }
}
