import { Injectable } from '@nestjs/common';
import type { Queryable } from '@jinku/persistence';
import type { InternalAccount } from '../domain/internal-account.ts';
import { InternalAccountRepository } from './internal-account.repository.ts';

/** Accounts by code, kept in memory: ids, units and parents of accounts never change. State and rules do, and are judged in the database. */
@Injectable()
export class Chart {
  #byCode = new Map<string, InternalAccount>();

  constructor(private readonly accounts: InternalAccountRepository) {}

  /** The accounts of these codes; a code that is not known is missing in the answer. */
  async resolve(queryable: Queryable, codes: Iterable<string>): Promise<ReadonlyMap<string, InternalAccount>> {
    for (const code of codes) {
      if (this.#byCode.has(code)) continue;
      this.#byCode = new Map((await this.accounts.all(queryable)).map((account) => [account.code, account]));
      break;
    }
    return this.#byCode;
  }
}
