import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { AuditedAccount } from '../domain/audited-account.ts';

const COLUMNS = `id, version, account_class AS "accountClass", owner, name, state, account_number AS "accountNumber", connector_type AS "connectorType"`;

@Injectable()
export class AccountRepository {
  /** One statement for a batch that holds each account once; an older version changes nothing. */
  async upsertMany(tx: Tx, accounts: readonly AuditedAccount[]): Promise<void> {
    await tx.execute(
      `INSERT INTO account (id, version, account_class, owner, name, state, account_number, connector_type)
       SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, account_class = excluded.account_class, owner = excluded.owner, name = excluded.name,
         state = excluded.state, account_number = excluded.account_number, connector_type = excluded.connector_type
       WHERE account.version < excluded.version`,
      [
        accounts.map((a) => a.id),
        accounts.map((a) => a.version),
        accounts.map((a) => a.accountClass),
        accounts.map((a) => a.owner),
        accounts.map((a) => a.name),
        accounts.map((a) => a.state),
        accounts.map((a) => a.accountNumber),
        accounts.map((a) => a.connectorType),
      ],
    );
  }

  async list(database: Queryable): Promise<AuditedAccount[]> {
    return database.query<AuditedAccount>(`SELECT ${COLUMNS} FROM account ORDER BY id`);
  }

  /** Numbers are a bank's own: two banks may have the same one, so the connector type tells them apart where it is known. */
  async findByNumber(database: Queryable, { accountNumber, connectorType }: { accountNumber: string; connectorType: string | null }): Promise<AuditedAccount | null> {
    const found = await database.query<AuditedAccount>(
      `SELECT ${COLUMNS} FROM account WHERE account_number = $1 AND ($2::text IS NULL OR connector_type = $2) ORDER BY id LIMIT 2`,
      [accountNumber, connectorType],
    );
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  /** The row is what imports and checks of one account stand in line for. */
  async lock(tx: Tx, id: string): Promise<AuditedAccount | null> {
    const [account] = await tx.query<AuditedAccount>(`SELECT ${COLUMNS} FROM account WHERE id = $1 FOR UPDATE`, [id]);
    return account ?? null;
  }
}
