import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import { InternalAccountRepository } from './internal-account.repository.ts';

/** Finds the internal accounts that events about accounts of the register are booked on. */
@Injectable()
export class LinkedAccounts {
  constructor(private readonly accounts: InternalAccountRepository) {}

  /** A look-up that throws for an account that is not linked yet: its message is undone and parked, never left out. */
  async codes(tx: Tx, accountIds: readonly string[]): Promise<(accountId: string) => string> {
    const codes = accountIds.length === 0 ? new Map<string, string>() : await this.accounts.linkedCodes(tx, accountIds);
    return (accountId) => {
      const code = codes.get(accountId);
      if (code === undefined) throw LEDGER_REFUSALS.ACCOUNT_NOT_LINKED({ detail: `The account ${accountId} has no internal account yet.` });
      return code;
    };
  }

  /** The one account under a parent. */
  async onlyUnder(tx: Tx, parentCode: string): Promise<string> {
    const [code, ...others] = await this.accounts.livingChildren(tx, parentCode);
    if (code === undefined || others.length > 0) throw LEDGER_REFUSALS.SETTLEMENT_TARGET_UNCLEAR();
    return code;
  }
}
