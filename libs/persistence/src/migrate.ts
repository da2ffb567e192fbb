import pg from 'pg';
import type { MigrationInterface } from 'typeorm';
import { roleOf, rolePassword, type DatabaseAddress } from './database-address.ts';
import { SqlState, sqlStateOf } from './sqlstate.ts';

export type MigrationClass = new () => MigrationInterface;

export interface MigrateOptions {
  readonly address: DatabaseAddress;
  /** The role that owns schemas and tables; services never connect with it. */
  readonly admin: string;
  readonly name: string;
  readonly migrations: readonly MigrationClass[];
}

/** The first of two keys; the second is the service, so that services migrate side by side and replicas of one after another. */
const MIGRATION_LOCK = 0x6a696e6b;

/**
 * Creates the service's schema and login role when missing, then runs its migrations as the owner. Safe to run from several replicas at
 * once: an advisory lock lets one pass. The role owns nothing, so what a migration does not grant it cannot do. Each migration is one
 * transaction with its mark: a process killed in the middle leaves those before, and the next run goes on from there.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { address, admin, name } = options;
  const adminPassword = rolePassword({ host: address.host, port: address.port, database: address.database, secret: address.secret }, admin);
  const connection = { host: address.host, port: address.port, database: address.database, user: admin, password: adminPassword };
  const client = new pg.Client({ ...connection, application_name: `migrate_${name}` });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK, name]);
    await createRoleAndSchema(client, options);
    if (await hasAll(client, options)) return;
    const { DataSource } = await import('typeorm');
    const source = new DataSource({
      type: 'postgres',
      host: address.host,
      port: address.port,
      database: address.database,
      username: admin,
      password: adminPassword,
      schema: name,
      migrations: [...options.migrations],
      migrationsTableName: 'migration',
      migrationsTransactionMode: 'each',
      poolSize: 2,
      extra: { options: `-c search_path=${name},public` },
    });
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
  } finally {
    await client.end();
  }
}

async function createRoleAndSchema(client: pg.Client, { address, name }: MigrateOptions): Promise<void> {
  const role = roleOf(name);
  const identifier = pg.escapeIdentifier(role);
  const schema = pg.escapeIdentifier(name);
  const exists = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  // One request of several statements, and so one transaction.
  await client.query(`
    ${exists.rowCount === 0 ? `CREATE ROLE ${identifier} LOGIN;` : ''}
    ALTER ROLE ${identifier} PASSWORD ${pg.escapeLiteral(rolePassword(address, role))};
    -- Whoever keeps plans forgets them in time (Database).
    ALTER ROLE ${identifier} SET plan_cache_mode = auto;
    ALTER ROLE ${identifier} SET search_path = ${schema}, public;
    CREATE SCHEMA IF NOT EXISTS ${schema};
    GRANT USAGE ON SCHEMA ${schema} TO ${identifier};
  `);
}

/** Whether TypeORM's record names every migration: then there is nothing to wake it for. */
async function hasAll(client: pg.Client, { name, migrations }: MigrateOptions): Promise<boolean> {
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${pg.escapeIdentifier(name)}.migration`);
    const done = new Set(rows.map((row) => row.name));
    return migrations.every((migration) => done.has(migration.name));
  } catch (error) {
    if (sqlStateOf(error) === SqlState.UNDEFINED_TABLE) return false;
    throw error;
  }
}
