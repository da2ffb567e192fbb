import { Injectable } from '@nestjs/common';
import { businessDate, daysBetween } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import type { ClientFundSubtype } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';

interface ClientFundRow {
  readonly id: string;
  readonly name: string;
  readonly bankCode: string;
  readonly maskedNumber: string;
  readonly subtype: ClientFundSubtype | null;
  readonly state: AccountState;
  readonly responsiblePerson: string;
}

export interface RetainedAccount extends ClientFundRow {
  readonly validFrom: string;
  readonly validUntil: string;
  /** Active, and today lies within its validity dates. */
  readonly isInForce: boolean;
}

export interface EndingAccount extends ClientFundRow {
  /** The deadline: of the closure programme, or the end of a retained account's validity. */
  readonly dueOn: string;
  readonly because: 'CLOSURE_PROGRAMME' | 'VALIDITY_ENDED';
  /** Above zero once the deadline has passed. */
  readonly daysOverdue: number;
}

const COLUMNS = 'id, name, bank_code AS "bankCode", masked_number AS "maskedNumber", subtype, state, responsible_person AS "responsiblePerson"';

/** Rule R7: client-fund accounts are on the list of retained ones or on their way out. */
@Injectable()
export class ListClientFundAccounts {
  constructor(private readonly database: Database) {}

  /** The closed list, by subtype. */
  async retained(today: string): Promise<RetainedAccount[]> {
    return this.database.query<RetainedAccount>(
      `SELECT ${COLUMNS}, valid_from AS "validFrom", valid_until AS "validUntil",
         state = 'ACTIVE' AND $1 BETWEEN valid_from AND valid_until AS "isInForce"
       FROM account WHERE subtype IS NOT NULL AND close_by IS NULL AND state <> 'CLOSED' ORDER BY subtype`,
      [today],
    );
  }

  /** What must be closed, the nearest deadline first. A retained account whose validity has ended must be closed, too, and is overdue from then on. */
  async ending(today: string, { onlyOverdue }: { onlyOverdue: boolean }): Promise<EndingAccount[]> {
    const rows = await this.database.query<Omit<EndingAccount, 'daysOverdue'>>(
      `SELECT ${COLUMNS}, coalesce(close_by, valid_until) AS "dueOn", CASE WHEN close_by IS NULL THEN 'VALIDITY_ENDED' ELSE 'CLOSURE_PROGRAMME' END AS because
       FROM account
       WHERE account_class = 'CLIENT_FUND' AND state <> 'CLOSED'
         AND (coalesce(close_by, valid_until) < $1 OR (close_by IS NOT NULL AND NOT $2::boolean))
       ORDER BY coalesce(close_by, valid_until), id`,
      [today, onlyOverdue],
    );
    return rows.map((row) => ({ ...row, daysOverdue: Math.max(0, daysBetween({ from: businessDate(row.dueOn), to: businessDate(today) })) }));
  }
}
