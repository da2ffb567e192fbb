import pg from 'pg';

import type { DatabaseConfig } from '../config.ts';

/** Each house commits on one connection at a time; the rest read. */
const CONNECTIONS_MAX = 10;
const STATEMENT_TIMEOUT_MS = 30_000;

/** The connections to the books that all houses share. */
export function booksPool(database: DatabaseConfig): pg.Pool {
  const pool = new pg.Pool({
    ...database,
    max: CONNECTIONS_MAX,
    application_name: 'rail-simulator',
    connectionTimeoutMillis: 5_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A plan made while the tables were empty is the wrong one later.
    options: '-c plan_cache_mode=force_custom_plan',
  });
  // A lost connection fails the work that is using it; an idle one is replaced. Unheard, either would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
