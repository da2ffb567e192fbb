import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { roleOf, rolePassword, type DatabaseAddress } from './database-address.ts';

export type MigrationClass = new () => MigrationInterface;

export interface MigrateOptions {
  readonly address: DatabaseAddress;
  /** The role that owns schemas and tables; services never connect with it. */
  readonly admin: string;
  readonly name: string;
  readonly migrations: readonly MigrationClass[];
  readonly poolPlanCacheMode?: 'force_custom_plan' | 'auto';
}

const MIGRATION_LOCK = 0x6a696e6b;

/**
 * Creates the service's schema and login role when missing, then runs its migrations as the owner. Safe to run from several replicas at
 * once: an advisory lock lets one pass. The role owns nothing, so what a migration does not grant it cannot do.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { address, admin, name } = options;
  const adminPassword = rolePassword({ host: address.host, port: address.port, database: address.database, secret: address.secret }, admin);
  const connection = { host: address.host, port: address.port, database: address.database, user: admin, password: adminPassword };
  const client = new pg.Client({ ...connection, application_name: `migrate_${name}` });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await createRoleAndSchema(client, options);
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

async function createRoleAndSchema(client: pg.Client, { address, name, poolPlanCacheMode }: MigrateOptions): Promise<void> {
  const role = roleOf(name);
  const identifier = pg.escapeIdentifier(role);
  const exists = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (exists.rowCount === 0) await client.query(`CREATE ROLE ${identifier} LOGIN`);
  await client.query(`ALTER ROLE ${identifier} PASSWORD ${pg.escapeLiteral(rolePassword(address, role))}`);
  // Plans cached while tables were empty cost ten times as much later.
  await client.query(`ALTER ROLE ${identifier} SET plan_cache_mode = ${poolPlanCacheMode ?? 'force_custom_plan'}`);
  await client.query(`ALTER ROLE ${identifier} SET search_path = ${pg.escapeIdentifier(name)}, public`);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(name)}`);
  await client.query(`GRANT USAGE ON SCHEMA ${pg.escapeIdentifier(name)} TO ${identifier}`);
}
