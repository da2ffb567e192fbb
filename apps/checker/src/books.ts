import { createHmac } from 'node:crypto';
import pg from 'pg';

/** The two sets of books, each read in one snapshot: the institution's own, and what the rail really did. */
export interface Books {
  readonly ours: pg.Client;
  readonly rails: pg.Client;
  /** The rail's books outside the snapshot, to look again at what may have happened after it. */
  readonly railsNow: pg.Client;
}

/** Of the server, for each sort and hash; what does not fit is spilled. */
const WORK_MEMORY = '64MB';

const VARIABLES = ['JINKU_DATABASE_URL', 'JINKU_RAILS_DATABASE_URL', 'JINKU_DATABASE_SECRET'] as const;

/** Throws naming what is missing. The checker derives the password by itself and imports nothing of the services. */
export async function openBooks(environment: NodeJS.ProcessEnv): Promise<Books> {
  const missing = VARIABLES.filter((name) => environment[name] === undefined);
  if (missing.length > 0) throw new Error(`the checker needs ${missing.join(', ')}`);
  const [ours, rails, railsNow] = [
    clientOf(environment, 'JINKU_DATABASE_URL'),
    clientOf(environment, 'JINKU_RAILS_DATABASE_URL'),
    clientOf(environment, 'JINKU_RAILS_DATABASE_URL'),
  ];
  for (const client of [ours, rails, railsNow]) await client.connect();
  return { ours, rails, railsNow };
}

export async function closeBooks({ ours, rails, railsNow }: Books): Promise<void> {
  for (const client of [ours, rails, railsNow]) await client.end();
}

/** Runs `work` in one snapshot of each set of books and leaves no trace of it. */
export async function inSnapshot<T>({ ours, rails }: Books, mode: 'READ ONLY' | 'READ WRITE', work: () => Promise<T>): Promise<T> {
  // A snapshot is taken by the first query, not by BEGIN. The rail's comes first: whatever it executed, we had committed before.
  for (const client of [rails, ours]) {
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ ${mode}`);
    // Every cursor is read to its end: a plan that is quick with the first rows takes an hour over a million.
    await client.query(`SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '${WORK_MEMORY}'`);
    await client.query('SELECT 1');
  }
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
