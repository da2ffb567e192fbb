import pg from 'pg';

import type { DatabaseConfig } from '../config.ts';
import { MIGRATIONS } from './schema.ts';

const CREATION_LOCK = 0x7261696c;
/** Longer than a database is ever made on a machine that is busy with something else. */
const DATABASE_WITHIN_MS = 300_000;
const LOOK_AGAIN_MS = 50;

/** Waits while the server starts or recovers; rejects with its last word when it does not come up in time. */
export async function awaitDatabase(config: DatabaseConfig): Promise<void> {
  const deadline = performance.now() + DATABASE_WITHIN_MS;
  for (;;) {
    try {
      await withClient(config, async () => undefined);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Creates what is missing of database, role, schema and tables, as the database's administrator. May be run again at any time. */
export async function createBooks(admin: DatabaseConfig, house: DatabaseConfig): Promise<void> {
  await withClient({ ...admin, database: 'postgres' }, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [CREATION_LOCK]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [house.database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(house.database)}`);
    const role = pg.escapeIdentifier(house.user);
    const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [house.user]);
    if (known.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
    await client.query(`ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(house.password)}`);
  });
  await withClient({ ...admin, database: house.database }, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [CREATION_LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS rails');
    await client.query(`GRANT USAGE ON SCHEMA rails TO ${pg.escapeIdentifier(house.user)}`);
    await client.query('CREATE TABLE IF NOT EXISTS rails.migration (number int PRIMARY KEY)');
    const done = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM rails.migration');
    for (let number = done.rows[0]?.count ?? 0; number < MIGRATIONS.length; number += 1) {
      // A simple query of several statements is one transaction: all of a migration, with its mark, or nothing.
      await client.query(`${MIGRATIONS[number]}; INSERT INTO rails.migration (number) VALUES (${number})`);
    }
  });
}

async function withClient(config: DatabaseConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...config, application_name: 'rail-simulator-create', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
