import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { KnownAccount } from '../domain/known-account.ts';

const COLUMNS = `id, version, account_class AS "accountClass", subtype, owner, name, state, is_usable AS "isUsable", is_filed AS "isFiled",
  account_number AS "accountNumber", account_name AS "accountName", bank_code AS "bankCode", connector_type AS "connectorType"`;

@Injectable()
export class AccountRepository {
  /** Takes what the register told; an older version arriving late changes nothing. */
  async follow(tx: Tx, account: KnownAccount, describedAt: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO known_account AS known (id, version, account_class, subtype, owner, name, state, is_usable, is_filed, account_number, account_name, bank_code,
         connector_type, described_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, account_class = excluded.account_class, subtype = excluded.subtype, owner = excluded.owner,
         name = excluded.name, state = excluded.state, is_usable = excluded.is_usable, is_filed = excluded.is_filed, account_number = excluded.account_number,
         account_name = excluded.account_name, bank_code = excluded.bank_code, connector_type = excluded.connector_type, described_at = excluded.described_at
       WHERE known.version < excluded.version`,
      [
        account.id,
        account.version,
        account.accountClass,
        account.subtype,
        account.owner,
        account.name,
        account.state,
        account.isUsable,
        account.isFiled,
        account.accountNumber,
        account.accountName,
        account.bankCode,
        account.connectorType,
        describedAt,
      ],
    );
  }

  async find(database: Queryable, id: string): Promise<KnownAccount | null> {
    const [row] = await database.query<KnownAccount>(`SELECT ${COLUMNS} FROM known_account WHERE id = $1`, [id]);
    return row ?? null;
  }
}
