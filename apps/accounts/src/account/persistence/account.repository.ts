import { Injectable } from '@nestjs/common';
import type { AccountClass } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Account, AccountDraft, ClientFundSubtype } from '../domain/account.ts';
import type { AccountState, LinkState } from '../domain/account-state.ts';

interface AccountRow {
  id: string;
  account_class: AccountClass;
  subtype: ClientFundSubtype | null;
  owner: 'CLIENT' | 'OWN';
  name: string;
  bank_code: string;
  masked_number: string;
  is_filed: boolean;
  state: AccountState;
  link_state: LinkState;
  internal_account_code: string | null;
}

/** What only the table knows of an account: its number, encrypted and hashed. */
export interface NewAccount extends Account {
  readonly numberCipher: string;
  readonly numberHash: string;
  readonly openingApprovalId: string;
  readonly requestedAt: Date;
}

export interface AccountFilter {
  readonly accountClass?: AccountClass | undefined;
  readonly state?: AccountState | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

const COLUMNS = 'id, account_class, subtype, owner, name, bank_code, masked_number, is_filed, state, link_state, internal_account_code';

@Injectable()
export class AccountRepository {
  /** Puts openings in line, so that each is checked against all before it. */
  async lockRegister(tx: Tx): Promise<void> {
    await tx.execute(`SELECT pg_advisory_xact_lock(hashtext('accounts.register'))`);
  }

  async insert(tx: Tx, account: NewAccount): Promise<void> {
    await tx.execute(
      `INSERT INTO account (id, account_class, subtype, owner, name, bank_code, masked_number, is_filed, state, link_state,
                            number_cipher, number_hash, opening_approval_id, requested_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        account.id,
        account.accountClass,
        account.subtype,
        account.owner,
        account.name,
        account.bankCode,
        account.maskedNumber,
        account.isFiled,
        account.state,
        account.linkState,
        account.numberCipher,
        account.numberHash,
        account.openingApprovalId,
        account.requestedAt,
      ],
    );
  }

  async listOpen(tx: Tx): Promise<AccountDraft[]> {
    const rows = await tx.query<AccountRow>(`SELECT ${COLUMNS} FROM account WHERE state <> 'CLOSED'`);
    return rows.map(accountOf);
  }

  async find(database: Queryable, id: string): Promise<Account | null> {
    const [row] = await database.query<AccountRow>(`SELECT ${COLUMNS} FROM account WHERE id = $1`, [id]);
    return row === undefined ? null : accountOf(row);
  }

  async lock(tx: Tx, id: string): Promise<Account | null> {
    const [row] = await tx.query<AccountRow>(`SELECT ${COLUMNS} FROM account WHERE id = $1 FOR UPDATE`, [id]);
    return row === undefined ? null : accountOf(row);
  }

  async list(database: Queryable, filter: AccountFilter): Promise<Account[]> {
    const rows = await database.query<AccountRow>(
      `SELECT ${COLUMNS} FROM account
       WHERE ($1::text IS NULL OR account_class = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id > $3)
       ORDER BY id LIMIT $4`,
      [filter.accountClass ?? null, filter.state ?? null, filter.after ?? null, filter.limit + 1],
    );
    return rows.map(accountOf);
  }

  /** False when another writer moved the account first. */
  async move(tx: Tx, id: string, from: AccountState, to: AccountState): Promise<boolean> {
    return (await tx.execute('UPDATE account SET state = $3 WHERE id = $1 AND state = $2', [id, from, to])) === 1;
  }

  async moveLink(tx: Tx, id: string, link: { from: LinkState; to: LinkState; code?: string | undefined; reason?: string | undefined }): Promise<boolean> {
    const touched = await tx.execute(
      `UPDATE account SET link_state = $3, internal_account_code = coalesce($4, internal_account_code), link_reason = $5 WHERE id = $1 AND link_state = $2`,
      [id, link.from, link.to, link.code ?? null, link.reason ?? null],
    );
    return touched === 1;
  }
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    accountClass: row.account_class,
    subtype: row.subtype,
    owner: row.owner,
    name: row.name,
    bankCode: row.bank_code,
    maskedNumber: row.masked_number,
    isFiled: row.is_filed,
    state: row.state,
    linkState: row.link_state,
    internalAccountCode: row.internal_account_code,
  };
}
