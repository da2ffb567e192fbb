import { createHash, randomBytes } from 'node:crypto';
import { Database, migrate, postgresTypes, rolePassword, type DatabaseAddress, type DatabaseOptions, type MigrationClass } from '@jinku/persistence';
import pg from 'pg';
import { testRun } from './test-run.ts';

/** The superuser and owner in the run's PostgreSQL. */
export const TEST_ADMIN = 'postgres';

const ADMIN_POOL_MAX = 4;
const POOL_MAX_DEFAULT = 5;
const STATEMENT_TIMEOUT_MS_DEFAULT = 10_000;
/** One template is made at a time in the run: roles belong to the cluster, and creating one twice at once fails. */
const TEMPLATE_LOCK = 0x6a6b74;

export interface TestService {
  /** Schema `name`, login role `jinku_<name>`. */
  readonly name: string;
  readonly migrations?: readonly MigrationClass[];
  /** Run as the owner, in the service's schema, after the migrations: for libs whose tables have no migration of their own. */
  readonly sql?: string;
}

export interface TestDatabaseOptions {
  readonly services: readonly TestService[];
  /** Schemas that no service owns: `[migrateBus]`, `[migrateJobs]`. Run before the services' migrations. */
  readonly shared?: readonly ((address: DatabaseAddress, admin: string) => Promise<void>)[];
}

export interface TestDatabase {
  readonly address: DatabaseAddress;
  /** The owner's pool, to arrange and to look: its search_path is the services' schemas in their order. */
  readonly admin: pg.Pool;
  /** A pool in the role of the service, as in production; closed by `drop`. */
  open(name: string, options?: Partial<Pick<DatabaseOptions, 'entities' | 'poolMax' | 'statementTimeoutMs'>>): Promise<Database>;
  drop(): Promise<void>;
}

/** A database of its own, cloned from a template that is migrated once per run and set of migrations. Drop it in `afterAll`. */
export async function testDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const database = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (client) => {
    const template = await ensureTemplate(client, options);
    await client.query(`CREATE DATABASE ${database} TEMPLATE ${template}`);
  });
  const address = addressOf(database);
  const searchPath = [...options.services.map(({ name }) => pg.escapeIdentifier(name)), 'public'].join(',');
  const admin = new pg.Pool({ ...connectionTo(database), max: ADMIN_POOL_MAX, types: postgresTypes, options: `-c search_path=${searchPath}` });
  admin.on('error', () => undefined);
  const opened: Database[] = [];
  return {
    address,
    admin,
    open: async (name, given = {}) => {
      const pool = await Database.open({ address, name, poolMax: POOL_MAX_DEFAULT, statementTimeoutMs: STATEMENT_TIMEOUT_MS_DEFAULT, ...given });
      opened.push(pool);
      return pool;
    },
    drop: async () => {
      await Promise.allSettled(opened.map((pool) => pool.close()));
      await admin.end();
      await asAdmin((client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
    },
  };
}

/** An empty database without any schema of ours, for what creates its own. */
export async function emptyTestDatabase(): Promise<TestDatabase> {
  return await testDatabase({ services: [] });
}

async function ensureTemplate(client: pg.Client, options: TestDatabaseOptions): Promise<string> {
  if (options.services.length === 0 && (options.shared ?? []).length === 0) return 'template1';
  const template = `template_${fingerprint(options)}`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await client.query<{ isReady: boolean }>('SELECT datistemplate AS "isReady" FROM pg_database WHERE datname = $1', [template]);
    if (found.rows[0]?.isReady === true) return template;
    // One that is there and not ready was left by a worker that failed half way.
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template}`);
    await fill(template, options);
    await client.query(`ALTER DATABASE ${template} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    return template;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function fill(template: string, { services, shared = [] }: TestDatabaseOptions): Promise<void> {
  const address = addressOf(template);
  for (const prepare of shared) await prepare(address, TEST_ADMIN);
  for (const { name, migrations = [], sql } of services) {
    await migrate({ address, admin: TEST_ADMIN, name, migrations });
    if (sql === undefined) continue;
    const client = new pg.Client({ ...connectionTo(template), options: `-c search_path=${pg.escapeIdentifier(name)},public` });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}

/** Two specs share a template when everything that fills it is the same text. */
function fingerprint({ services, shared = [] }: TestDatabaseOptions): string {
  const parts = [shared.map(String), services.map(({ name, migrations = [], sql = '' }) => [name, migrations.map(String), sql])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function addressOf(database: string): DatabaseAddress {
  const { postgresPort, secret } = testRun();
  return { host: '127.0.0.1', port: postgresPort, database, secret };
}

function connectionTo(database: string): pg.ClientConfig {
  const address = addressOf(database);
  return { host: address.host, port: address.port, database, user: TEST_ADMIN, password: rolePassword(address, TEST_ADMIN) };
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionTo('postgres'));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
