import { Injectable } from '@nestjs/common';
import type { AccountClass } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Position } from '../domain/position.ts';

export type PositionSource = 'NOTICE' | 'QUERY' | 'FILE' | 'MANUAL';

export interface PositionAccount {
  readonly accountId: string;
  readonly accountClass: AccountClass;
  readonly owner: 'CLIENT' | 'OWN';
  readonly name: string;
  readonly accountNumber: string;
  /** Whether its balance is asked for: open and not closed again. */
  readonly isCollected: boolean;
  readonly connectorType: string | null;
}

export interface ObservedPosition {
  readonly id: string;
  readonly accountId: string;
  readonly balance: bigint;
  readonly source: PositionSource;
  readonly asOf: Date;
}

export interface PositionRow extends PositionAccount {
  readonly balance: bigint | null;
  readonly source: PositionSource | null;
  readonly asOf: Date | null;
}

const ACCOUNT = `a.account_id AS "accountId", a.account_class AS "accountClass", a.owner, a.name, a.account_number AS "accountNumber", a.is_collected AS "isCollected",
  a.connector_type AS "connectorType"`;

@Injectable()
export class PositionRepository {
  /** An older version than the one known changes nothing. */
  async upsertAccounts(tx: Tx, accounts: readonly (PositionAccount & { readonly version: number })[]): Promise<void> {
    for (const account of accounts) {
      await tx.execute(
        `INSERT INTO position_account AS p (account_id, version, account_class, owner, name, account_number, is_collected, connector_type) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (account_id) DO UPDATE SET version = excluded.version, account_class = excluded.account_class, owner = excluded.owner, name = excluded.name,
           account_number = excluded.account_number, is_collected = excluded.is_collected, connector_type = excluded.connector_type WHERE p.version < excluded.version`,
        [account.accountId, account.version, account.accountClass, account.owner, account.name, account.accountNumber, account.isCollected, account.connectorType],
      );
    }
  }

  async listCollected(database: Queryable): Promise<PositionAccount[]> {
    return database.query(`SELECT ${ACCOUNT} FROM position_account a WHERE a.is_collected ORDER BY a.account_id`);
  }

  async findReserve(database: Queryable): Promise<PositionAccount | null> {
    const [row] = await database.query<PositionAccount>(`SELECT ${ACCOUNT} FROM position_account a WHERE a.account_class = 'CENTRAL_RESERVE' AND a.is_collected LIMIT 1`);
    return row ?? null;
  }

  async list(database: Queryable): Promise<PositionRow[]> {
    return database.query(`SELECT ${ACCOUNT}, p.balance, p.source, p.as_of AS "asOf" FROM position_account a LEFT JOIN position p USING (account_id) ORDER BY a.account_class, a.name`);
  }

  /** Locks the account, so that its observations go one after the other. */
  async lock(tx: Tx, accountId: string): Promise<Position | null> {
    await tx.query('SELECT 1 FROM position_account WHERE account_id = $1 FOR UPDATE', [accountId]);
    const [row] = await tx.query<Position>('SELECT account_id AS "accountId", balance, as_of AS "asOf", told_at AS "toldAt" FROM position WHERE account_id = $1', [accountId]);
    return row ?? null;
  }

  async upsert(tx: Tx, { accountId, balance, source, asOf }: ObservedPosition, toldAt: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO position (account_id, balance, source, as_of, told_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (account_id) DO UPDATE SET balance = excluded.balance, source = excluded.source, as_of = excluded.as_of, told_at = excluded.told_at`,
      [accountId, balance, source, asOf, toldAt],
    );
  }

  async insertObservation(tx: Tx, { id, accountId, balance, source, asOf }: ObservedPosition, recordedAt: Date): Promise<void> {
    await tx.execute('INSERT INTO position_observation (id, account_id, balance, source, as_of, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)', [
      ...[id, accountId, balance, source, asOf],
      recordedAt,
    ]);
  }

  /** The newest first, one row more than asked for. */
  async history(database: Queryable, accountId: string, { after, limit }: { after?: string | undefined; limit: number }): Promise<Omit<ObservedPosition, 'accountId'>[]> {
    return database.query(
      `SELECT id, balance, source, as_of AS "asOf" FROM position_observation WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [accountId, after ?? null, limit + 1],
    );
  }

  async insertTransit(tx: Tx, given: { movementId: string; orderId: string; amount: bigint; settledAt: string }): Promise<void> {
    await tx.execute('INSERT INTO transit_movement (movement_id, order_id, amount, settled_at) VALUES ($1, $2, $3, $4) ON CONFLICT (movement_id) DO NOTHING', [
      ...[given.movementId, given.orderId, given.amount, given.settledAt],
    ]);
  }

  async inTransit(database: Queryable): Promise<{ amount: bigint; asOf: Date | null }> {
    const [row] = await database.query<{ amount: bigint; asOf: Date | null }>('SELECT coalesce(sum(amount), 0)::bigint AS amount, max(settled_at) AS "asOf" FROM transit_movement');
    return row ?? { amount: 0n, asOf: null };
  }
}
