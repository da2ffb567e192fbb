import type { Stack } from '@jinku/cli';
import { databaseAddress, rolePassword } from '@jinku/persistence';
import pg from 'pg';

const ADMIN = 'postgres';
const STATEMENT_TIMEOUT_MS = 10_000;

type Row = Record<string, unknown>;

/** Both sets of books, to look into after the fact. No scenario writes there. */
export class BookReader {
  readonly #ours: pg.Pool;
  readonly #rails: pg.Pool;

  constructor(stack: Stack) {
    this.#ours = poolOf(stack, 'JINKU_DATABASE_URL');
    this.#rails = poolOf(stack, 'JINKU_RAILS_DATABASE_URL');
  }

  async ours<T extends Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.#ours.query<T>(sql, [...parameters])).rows;
  }

  async rails<T extends Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.#rails.query<T>(sql, [...parameters])).rows;
  }

  /** How many rows each of our tables has: what a refused request must leave as it was. */
  async counts(tables: readonly string[]): Promise<Record<string, number>> {
    const [row] = await this.ours<Record<string, string>>(`SELECT ${tables.map((table) => `(SELECT count(*) FROM ${table}) AS "${table}"`).join(', ')}`);
    return Object.fromEntries(Object.entries(row ?? {}).map(([table, count]) => [table, Number(count)]));
  }

  async close(): Promise<void> {
    await Promise.all([this.#ours.end(), this.#rails.end()]);
  }
}

function poolOf(stack: Stack, variable: 'JINKU_DATABASE_URL' | 'JINKU_RAILS_DATABASE_URL'): pg.Pool {
  const address = databaseAddress(stack.env[variable] ?? '', stack.databaseSecret);
  const { host, port, database } = address;
  const pool = new pg.Pool({ host, port, database, user: ADMIN, password: rolePassword(address, ADMIN), max: 2, query_timeout: STATEMENT_TIMEOUT_MS });
  // A connection that breaks while idle is made again by the next statement.
  pool.on('error', () => undefined);
  return pool;
}
