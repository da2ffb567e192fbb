import { Injectable } from '@nestjs/common';
import type { AccountClass } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import type { Account, ClientFundSubtype } from '../domain/account.ts';
import type { AccountState, LinkState } from '../domain/account-state.ts';
import type { RegistrationState } from '../domain/registration-state.ts';
import { ACCOUNT_COLUMNS, accountOf } from '../persistence/account.repository.ts';

/** What a list may be sorted by, and the column; ties go by id. */
const SORT_COLUMNS = { id: 'id', name: 'name', bankCode: 'bank_code', state: 'state', validFrom: 'valid_from', requestedAt: 'requested_at' } as const;
export const ACCOUNT_SORTS = ['id', '-id', 'name', '-name', 'bankCode', '-bankCode', 'state', '-state', 'validFrom', '-validFrom', 'requestedAt', '-requestedAt'] as const;
export type AccountSort = (typeof ACCOUNT_SORTS)[number];

export interface AccountFilter {
  readonly accountClass?: AccountClass | undefined;
  readonly subtype?: ClientFundSubtype | undefined;
  readonly owner?: 'CLIENT' | 'OWN' | undefined;
  readonly bankCode?: string | undefined;
  readonly isFiled?: boolean | undefined;
  readonly state?: AccountState | undefined;
  readonly linkState?: LinkState | undefined;
  readonly registrationState?: RegistrationState | undefined;
  readonly responsiblePerson?: string | undefined;
  readonly sort: AccountSort;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class ListAccounts {
  constructor(private readonly database: Database) {}

  /** One account more than the limit, so that the caller knows whether there is another page. */
  async execute(filter: AccountFilter): Promise<Account[]> {
    const isDescending = filter.sort.startsWith('-');
    const column = SORT_COLUMNS[filter.sort.replace('-', '') as keyof typeof SORT_COLUMNS];
    const [beyond, direction] = isDescending ? ['<', 'DESC'] : ['>', 'ASC'];
    const rows = await this.database.query<Parameters<typeof accountOf>[0]>(
      `SELECT ${ACCOUNT_COLUMNS} FROM account
       WHERE ($1::text IS NULL OR account_class = $1) AND ($2::text IS NULL OR subtype = $2) AND ($3::text IS NULL OR owner = $3)
         AND ($4::text IS NULL OR bank_code = $4) AND ($5::boolean IS NULL OR is_filed = $5) AND ($6::text IS NULL OR state = $6)
         AND ($7::text IS NULL OR link_state = $7) AND ($8::text IS NULL OR registration_state = $8) AND ($9::text IS NULL OR responsible_person = $9)
         AND ($10::uuid IS NULL OR (${column}, id) ${beyond} (SELECT l.${column}, l.id FROM account l WHERE l.id = $10))
       ORDER BY ${column} ${direction}, id ${direction} LIMIT $11`,
      [
        filter.accountClass ?? null,
        filter.subtype ?? null,
        filter.owner ?? null,
        filter.bankCode ?? null,
        filter.isFiled ?? null,
        filter.state ?? null,
        filter.linkState ?? null,
        filter.registrationState ?? null,
        filter.responsiblePerson ?? null,
        filter.after ?? null,
        filter.limit + 1,
      ],
    );
    return rows.map(accountOf);
  }

  /** The account of this number, whatever bank holds it: several when banks share a number. Closed ones too. */
  async byNumberHash(numberHash: string): Promise<Account[]> {
    const rows = await this.database.query<Parameters<typeof accountOf>[0]>(`SELECT ${ACCOUNT_COLUMNS} FROM account WHERE number_hash = $1 ORDER BY id`, [numberHash]);
    return rows.map(accountOf);
  }
}
