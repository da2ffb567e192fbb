import type { DataSource, EntityManager, EntitySchema } from 'typeorm';
import { arrayParameter, elementTypesOf } from './array-parameter.ts';
import { roleOf, rolePassword, type DatabaseAddress } from './database-address.ts';
import { postgresTypes } from './postgres-types.ts';
import { DatabaseUnavailable, isConnectionLoss } from './sqlstate.ts';

/** What runs SQL: a transaction, or the pool for single statements. `int8` arrives as bigint, `date` as 'YYYY-MM-DD', `timestamptz` as Date. */
export interface Queryable {
  query<R>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
}

/** One open transaction. Pass it first, always; nothing inside may wait for anything but the database. */
export interface Tx extends Queryable {
  /** Runs a statement and tells how many rows it touched. */
  execute(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /** TypeORM's manager on the same connection, for entities. */
  readonly manager: EntityManager;
  /** Runs `work` after the commit; it is dropped when the transaction is undone. For hints only: the process may die in between. */
  afterCommit(work: () => void): void;
}

export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  /** The service: its schema is `name`, its login role `jinku_<name>`. */
  readonly name: string;
  readonly entities?: readonly (EntitySchema | (new () => unknown))[];
  readonly poolMax: number;
  readonly statementTimeoutMs: number;
}

const IDLE_CONNECTION_MS = 60_000;

const PLANS_KEPT_MS = 5_000;

/** Far more than a service has; a text put together anew each time may not fill the server's memory with statements. */
const NAMED_STATEMENTS_MAX = 1_000;

interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

interface PgClient {
  query(statement: Statement): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

/** A pool in the role of one service. */
export class Database implements Queryable {
  readonly #source: DataSource;
  readonly name: string;

  private constructor(name: string, source: DataSource) {
    this.name = name;
    this.#source = source;
  }

  /** Opens the pool; throws DatabaseUnavailable when the server does not answer. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const role = roleOf(options.name);
    // Loaded here and not above: those who only want to know an address or a password from this lib should not wait for it.
    const { DataSource } = await import('typeorm');
    const source = new DataSource({
      type: 'postgres',
      host: options.address.host,
      port: options.address.port,
      database: options.address.database,
      username: role,
      password: rolePassword(options.address, role),
      schema: options.name,
      entities: [...(options.entities ?? [])],
      poolSize: options.poolMax,
      applicationName: role,
      connectTimeoutMS: 5_000,
      poolErrorHandler: ignoreIdleLoss,
      extra: {
        types: postgresTypes,
        statement_timeout: options.statementTimeoutMs,
        idle_in_transaction_session_timeout: options.statementTimeoutMs,
        keepAlive: true,
        // A connection made anew costs its handshake and all that its server process has learnt; a busy minute needs them all again.
        idleTimeoutMillis: IDLE_CONNECTION_MS,
      },
    });
    await translated(() => source.initialize());
    return new Database(options.name, source);
  }

  get dataSource(): DataSource {
    return this.#source;
  }

  /**
   * One transaction at READ COMMITTED: committed when `work` returns, undone when it throws. Losing the connection throws
   * DatabaseUnavailable; when that happens at the commit the outcome is unknown and the caller must be idempotent.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.#source.createQueryRunner();
    const afterCommit: (() => void)[] = [];
    try {
      const result = await translated(async () => {
        const client = await connectionOf(runner);
        await runner.startTransaction();
        const value = await work({
          query: async <R>(sql: string, parameters?: readonly unknown[]) => (await client.query(statementOf(sql, parameters))).rows as R[],
          execute: async (sql, parameters) => (await client.query(statementOf(sql, parameters))).rowCount ?? 0,
          manager: runner.manager,
          afterCommit: (callback) => afterCommit.push(callback),
        });
        await runner.commitTransaction();
        return value;
      });
      for (const callback of afterCommit) callback();
      return result;
    } catch (error) {
      await undo(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** A single statement in its own transaction, for queries. */
  async query<R>(sql: string, parameters?: readonly unknown[]): Promise<R[]> {
    const runner = this.#source.createQueryRunner();
    try {
      return await translated(async () => {
        const client = await connectionOf(runner);
        return (await client.query(statementOf(sql, parameters))).rows as R[];
      });
    } finally {
      await runner.release();
    }
  }

  async close(): Promise<void> {
    await this.#source.destroy();
  }
}

/** When each connection last forgot its plans, on the monotonic clock. */
const plannedSince = new WeakMap<PgClient, number>();

/**
 * PostgreSQL keeps the plans of a connection's statements, which saves a twentieth of what a payout costs in all. One made while a table was empty would cost ten
 * times as much later, so none grows old.
 */
async function connectionOf(runner: { connect(): Promise<unknown> }): Promise<PgClient> {
  const client = (await runner.connect()) as PgClient;
  const now = performance.now();
  const since = plannedSince.get(client) ?? now;
  const isOld = now - since > PLANS_KEPT_MS;
  plannedSince.set(client, isOld ? now : since);
  if (isOld) await client.query({ text: 'DISCARD PLANS' });
  return client;
}

interface KnownStatement {
  readonly name: string;
  readonly elementTypes: readonly (string | null)[];
}

const knownStatements = new Map<string, KnownStatement>();

/** Named, so that a connection sends and parses a text once, and plans it once in a while. */
function statementOf(text: string, parameters: readonly unknown[] | undefined): Statement {
  if (parameters === undefined) return { text };
  const known = knownStatements.get(text) ?? newStatement(text);
  const values = parameters.map((parameter, index) => (Array.isArray(parameter) ? arrayParameter(parameter, known?.elementTypes[index] ?? null) : parameter));
  return known === null ? { text, values } : { name: known.name, text, values };
}

function newStatement(text: string): KnownStatement | null {
  if (knownStatements.size >= NAMED_STATEMENTS_MAX) return null;
  const known = { name: `s${knownStatements.size}`, elementTypes: elementTypesOf(text) };
  knownStatements.set(text, known);
  return known;
}

/** An idle connection that the server closed is replaced by the pool at its next use; there is nothing to decide here. */
function ignoreIdleLoss(): void {}

async function undo(runner: { isTransactionActive: boolean; isReleased: boolean; rollbackTransaction(): Promise<void> }): Promise<void> {
  // A runner whose connection was lost lets go of it by itself.
  if (!runner.isTransactionActive || runner.isReleased) return;
  try {
    await runner.rollbackTransaction();
  } catch (error) {
    // A lost connection has undone the transaction already; anything else would hide the error that brought us here.
    if (!isConnectionLoss(error)) throw error;
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isConnectionLoss(error)) throw new DatabaseUnavailable(error);
    throw error;
  }
}
