import { roleOf, rolePassword, type DatabaseAddress } from '@jinku/persistence';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import { JOBS_SCHEMA, JOBS_SERVICE_NAME } from './bullmq-backend.ts';

/** The login role of all doorbells; it works in its schema and sees nothing else. */
const JOBS_ROLE = roleOf(JOBS_SERVICE_NAME);
const MIGRATION_LOCK = 0x6a6b6a;

/** Creates role and schema of the job queue in PostgreSQL and brings it to BullMQ's version. Safe to run from several replicas at once. */
export async function migrateJobs(address: DatabaseAddress, admin: string): Promise<void> {
  const at = { host: address.host, port: address.port, database: address.database, secret: address.secret };
  const client = new pg.Client({ host: at.host, port: at.port, database: at.database, user: admin, password: rolePassword(at, admin) });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [JOBS_ROLE]);
    if (found.rowCount === 0) await client.query(`CREATE ROLE ${JOBS_ROLE} LOGIN`);
    await client.query(`ALTER ROLE ${JOBS_ROLE} PASSWORD ${pg.escapeLiteral(rolePassword(at, JOBS_ROLE))}`);
    await runMigrations(client, JOBS_SCHEMA);
    await client.query(`
      -- BullMQ makes a sequence for each queue at its first job.
      GRANT USAGE, CREATE ON SCHEMA ${JOBS_SCHEMA} TO ${JOBS_ROLE};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOBS_SCHEMA} TO ${JOBS_ROLE};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${JOBS_SCHEMA} TO ${JOBS_ROLE};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${JOBS_SCHEMA} TO ${JOBS_ROLE};
    `);
  } finally {
    await client.end();
  }
}
