import { createHmac } from 'node:crypto';
import pg from 'pg';

/** The two sets of books, each read in one snapshot: the institution's own, and what the rail really did. */
export interface Books {
  readonly ours: pg.Client;
  readonly rails: pg.Client;
}

const VARIABLES = ['JINKU_DATABASE_URL', 'JINKU_RAILS_DATABASE_URL', 'JINKU_DATABASE_SECRET'] as const;

/** Throws naming what is missing. The checker derives the password by itself and imports nothing of the services. */
export async function openBooks(environment: NodeJS.ProcessEnv): Promise<Books> {
  const missing = VARIABLES.filter((name) => environment[name] === undefined);
  if (missing.length > 0) throw new Error(`the checker needs ${missing.join(', ')}`);
  const [ours, rails] = [clientOf(environment, 'JINKU_DATABASE_URL'), clientOf(environment, 'JINKU_RAILS_DATABASE_URL')];
  await ours.connect();
  await rails.connect();
  return { ours, rails };
}

export async function closeBooks({ ours, rails }: Books): Promise<void> {
  await ours.end();
  await rails.end();
}

/** Runs `work` in one snapshot of each set of books and leaves no trace of it. */
export async function inSnapshot<T>({ ours, rails }: Books, mode: 'READ ONLY' | 'READ WRITE', work: () => Promise<T>): Promise<T> {
  for (const client of [ours, rails]) await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ ${mode}`);
  try {
    return await work();
  } finally {
    for (const client of [ours, rails]) await client.query('ROLLBACK');
  }
}

function clientOf(environment: NodeJS.ProcessEnv, variable: 'JINKU_DATABASE_URL' | 'JINKU_RAILS_DATABASE_URL'): pg.Client {
  const url = new URL(environment[variable] ?? '');
  const user = environment['JINKU_DATABASE_ADMIN'] ?? 'postgres';
  const password = createHmac('sha256', environment['JINKU_DATABASE_SECRET'] ?? '').update(user).digest('hex');
  return new pg.Client({ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), user, password, application_name: 'checker' });
}
