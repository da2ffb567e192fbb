import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { InternalAccount, InternalAccountState } from '../domain/internal-account.ts';

const COLUMNS = `id, code, name, unit, normal_side AS "normalSide", parent_id AS "parentId", is_control AS "isControl", state,
  balance_min AS "balanceMin", balance_max AS "balanceMax", registered_account_id AS "registeredAccountId"`;

export interface InternalAccountFilter {
  readonly parentId?: number | undefined;
  readonly unit?: string | undefined;
  readonly state?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class InternalAccountRepository {
  async all(queryable: Queryable): Promise<InternalAccount[]> {
    return queryable.query<InternalAccount>(`SELECT ${COLUMNS} FROM internal_account ORDER BY id`);
  }

  async findByCode(queryable: Queryable, code: string): Promise<InternalAccount | null> {
    const [account] = await queryable.query<InternalAccount>(`SELECT ${COLUMNS} FROM internal_account WHERE code = $1`, [code]);
    return account ?? null;
  }

  async findByRegisteredAccount(tx: Tx, registeredAccountId: string): Promise<InternalAccount | null> {
    const [account] = await tx.query<InternalAccount>(`SELECT ${COLUMNS} FROM internal_account WHERE registered_account_id = $1`, [registeredAccountId]);
    return account ?? null;
  }

  /** The codes of the internal accounts that are linked to these accounts of the register; an account without one is missing in the answer. */
  async linkedCodes(tx: Tx, registeredAccountIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; code: string }>('SELECT registered_account_id AS id, code FROM internal_account WHERE registered_account_id = ANY ($1::uuid[])', [
      registeredAccountIds,
    ]);
    return new Map(rows.map(({ id, code }) => [id, code]));
  }

  /** The accounts under a parent that are not closed. */
  async livingChildren(tx: Tx, parentCode: string): Promise<string[]> {
    const rows = await tx.query<{ code: string }>(
      `SELECT a.code FROM internal_account a JOIN internal_account p ON p.id = a.parent_id WHERE p.code = $1 AND a.state <> 'CLOSED' ORDER BY a.id`,
      [parentCode],
    );
    return rows.map(({ code }) => code);
  }

  /** By code, one more than the limit. */
  async list(queryable: Queryable, filter: InternalAccountFilter): Promise<InternalAccount[]> {
    return queryable.query<InternalAccount>(
      `SELECT ${COLUMNS} FROM internal_account
       WHERE ($1::integer IS NULL OR parent_id = $1) AND ($2::text IS NULL OR unit = $2) AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR code > $4)
       ORDER BY code LIMIT $5`,
      [filter.parentId ?? null, filter.unit ?? null, filter.state ?? null, filter.after ?? null, filter.limit + 1],
    );
  }

  /** Opens an account under a parent, with its balance of zero. False when the code or the registered account has one already. */
  async insert(tx: Tx, account: { code: string; name: string; parentCode: string; registeredAccountId: string; openedAt: Date }): Promise<boolean> {
    const rows = await tx.query<{ id: number }>(
      `INSERT INTO internal_account (code, name, unit, normal_side, parent_id, is_control, state, registered_account_id, opened_at)
       SELECT $1, $2, p.unit, p.normal_side, p.id, false, 'OPEN', $4, $5 FROM internal_account p WHERE p.code = $3 AND p.is_control
       ON CONFLICT DO NOTHING RETURNING id`,
      [account.code, account.name, account.parentCode, account.registeredAccountId, account.openedAt],
    );
    if (rows[0] === undefined) return false;
    await tx.execute('INSERT INTO account_balance (account_id) VALUES ($1)', [rows[0].id]);
    return true;
  }

  async rename(tx: Tx, id: number, name: string): Promise<void> {
    await tx.execute('UPDATE internal_account SET name = $2 WHERE id = $1', [id, name]);
  }

  /** False when another writer moved the account first. */
  async move(tx: Tx, { id, from, to }: { id: number; from: InternalAccountState; to: InternalAccountState }): Promise<boolean> {
    return (await tx.execute('UPDATE internal_account SET state = $3 WHERE id = $1 AND state = $2', [id, from, to])) === 1;
  }

  async setBounds(tx: Tx, { id, min, max }: { id: number; min: bigint | null; max: bigint | null }): Promise<void> {
    await tx.execute('UPDATE internal_account SET balance_min = $2, balance_max = $3 WHERE id = $1', [id, min, max]);
  }

  /** Keeps every batch out until the transaction ends, so that a zero balance stays zero while the account closes. */
  async hasMoneyUnderLock(tx: Tx, id: number): Promise<boolean> {
    await tx.query('SELECT 1 AS held FROM journal_head FOR UPDATE');
    const rows = await tx.query(
      'SELECT 1 AS found FROM account_balance WHERE account_id = $1 AND (debit_total <> credit_total OR pending_debit > 0 OR pending_credit > 0)',
      [id],
    );
    return rows.length > 0;
  }
}
