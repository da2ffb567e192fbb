import { Injectable } from '@nestjs/common';
import { formatAmount, parseAmount } from '@jinku/money';
import { invariant } from '@jinku/errors';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Account, AccountDraft } from '../domain/account.ts';

interface AccountRow extends Omit<Account, 'limitPerItem' | 'limitPerDay'> {
  readonly limitPerItem: bigint | null;
  readonly limitPerDay: bigint | null;
}

/** What only the table knows of an account: its number, encrypted and hashed. */
export interface NewAccount extends Account {
  readonly numberCipher: string;
  readonly numberHash: string;
  readonly openingApprovalId: string;
  readonly requestedAt: Date;
}

/** The columns of an account under the names they have in code. */
export const ACCOUNT_COLUMNS = `id, account_class AS "accountClass", subtype, owner, name, bank, bank_code AS "bankCode", masked_number AS "maskedNumber", purpose,
  is_filed AS "isFiled", valid_from AS "validFrom", valid_until AS "validUntil", close_by AS "closeBy", limit_per_item AS "limitPerItem",
  limit_per_day AS "limitPerDay", responsible_person AS "responsiblePerson", connector_type AS "connectorType",
  secondary_connectors AS "secondaryConnectors", registration_state AS "registrationState",
  funding_account_ref AS "fundingAccountRef", state, link_state AS "linkState", link_version AS "linkVersion", link_reason AS "linkReason",
  internal_account_code AS "internalAccountCode", version`;

@Injectable()
export class AccountRepository {
  /** Puts what rules over the whole register judge in line, so that each is checked against all before it. */
  async lockRegister(tx: Tx): Promise<void> {
    await tx.execute(`SELECT pg_advisory_xact_lock(hashtext('accounts.register'))`);
  }

  async insert(tx: Tx, account: NewAccount): Promise<void> {
    await tx.execute(
      `INSERT INTO account (id, account_class, subtype, owner, name, bank, bank_code, number_cipher, number_hash, masked_number, purpose, is_filed, valid_from,
                            valid_until, close_by, limit_per_item, limit_per_day, responsible_person, registration_state, funding_account_ref, state,
                            link_state, link_version, version, opening_approval_id, requested_at, connector_type, secondary_connectors)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
      [
        account.id,
        account.accountClass,
        account.subtype,
        account.owner,
        account.name,
        account.bank,
        account.bankCode,
        account.numberCipher,
        account.numberHash,
        account.maskedNumber,
        account.purpose,
        account.isFiled,
        account.validFrom,
        account.validUntil,
        account.closeBy,
        fenOf(account.limitPerItem),
        fenOf(account.limitPerDay),
        account.responsiblePerson,
        account.registrationState,
        account.fundingAccountRef,
        account.state,
        account.linkState,
        account.linkVersion,
        account.version,
        account.openingApprovalId,
        account.requestedAt,
        account.connectorType,
        JSON.stringify(account.secondaryConnectors),
      ],
    );
  }

  /** The others that rules over the whole register count: all that are not closed. */
  async listOthers(tx: Tx, id: string): Promise<AccountDraft[]> {
    const rows = await tx.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account WHERE state <> 'CLOSED' AND id <> $1`, [id]);
    return rows.map(accountOf);
  }

  async find(database: Queryable, id: string): Promise<Account | null> {
    const [row] = await database.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account WHERE id = $1`, [id]);
    return row === undefined ? null : accountOf(row);
  }

  /** The number as it is stored; only who tells others of the account needs it. */
  async numberCipherOf(tx: Tx, id: string): Promise<string> {
    const [row] = await tx.query<{ numberCipher: string }>('SELECT number_cipher AS "numberCipher" FROM account WHERE id = $1', [id]);
    invariant(row !== undefined, 'accounts are never deleted');
    return row.numberCipher;
  }

  /** Locks several in the order of their ids, so that two who lock some of the same never wait for each other. */
  async lockMany(tx: Tx, ids: readonly string[]): Promise<void> {
    await tx.query('SELECT 1 AS locked FROM account WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
  }

  async lock(tx: Tx, id: string): Promise<Account | null> {
    const [row] = await tx.query<AccountRow>(`SELECT ${ACCOUNT_COLUMNS} FROM account WHERE id = $1 FOR UPDATE`, [id]);
    return row === undefined ? null : accountOf(row);
  }

  /** Writes what an account is now over what it was. The caller holds its lock, so the guard only fails on a bug. */
  async replace(tx: Tx, { before, after }: { before: Account; after: Account }): Promise<void> {
    const touched = await tx.execute(
      `UPDATE account SET name = $4, bank = $5, purpose = $6, valid_from = $7, valid_until = $8, close_by = $9, limit_per_item = $10, limit_per_day = $11,
         responsible_person = $12, registration_state = $13, funding_account_ref = $14, state = $15, link_state = $16, link_version = $17,
         link_reason = $18, internal_account_code = $19, version = $20, connector_type = $21, secondary_connectors = $22
       WHERE id = $1 AND state = $2 AND version = $3`,
      [
        before.id,
        before.state,
        before.version,
        after.name,
        after.bank,
        after.purpose,
        after.validFrom,
        after.validUntil,
        after.closeBy,
        fenOf(after.limitPerItem),
        fenOf(after.limitPerDay),
        after.responsiblePerson,
        after.registrationState,
        after.fundingAccountRef,
        after.state,
        after.linkState,
        after.linkVersion,
        after.linkReason,
        after.internalAccountCode,
        after.version,
        after.connectorType,
        JSON.stringify(after.secondaryConnectors),
      ],
    );
    invariant(touched === 1, 'an account is replaced under its lock');
  }
}

export function accountOf(row: AccountRow): Account {
  return { ...row, limitPerItem: textOf(row.limitPerItem), limitPerDay: textOf(row.limitPerDay) };
}

function fenOf(amount: string | null): bigint | null {
  return amount === null ? null : parseAmount(amount);
}

function textOf(fen: bigint | null): string | null {
  return fen === null ? null : formatAmount(fen);
}
