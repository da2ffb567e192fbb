import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolePassword } from '@jinku/persistence';
import pg from 'pg';
import { freePort } from './ports.ts';
import { createDatabase, POSTGRES_ADMIN, startPostgres, type RunningPostgres } from './postgres.ts';

const secret = '5ec2e7'.repeat(8);
let folder: string;
let port: number;
let running: RunningPostgres | undefined;

beforeEach(async () => {
  folder = mkdtempSync('/tmp/jinku-postgres-');
  port = await freePort();
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<RunningPostgres> {
  running = await startPostgres({ folder, port, secret, logFile: join(folder, 'postgres.log') });
  return running;
}

async function query(sql: string, database = 'jinku'): Promise<unknown[]> {
  const password = rolePassword({ host: '127.0.0.1', port, database, secret }, POSTGRES_ADMIN);
  const client = new pg.Client({ host: '127.0.0.1', port, database, user: POSTGRES_ADMIN, password });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('what was committed is there after kill -9 and a new start, also with a backend still at work', async () => {
  const first = await start();
  await createDatabase({ port, secret }, 'jinku');
  await createDatabase({ port, secret }, 'jinku');
  await query('CREATE TABLE kept (value text); INSERT INTO kept VALUES (\'one\')');
  const busy = query('SELECT pg_sleep(60)').then(
    () => 'FINISHED',
    () => 'CUT_OFF',
  );

  first.process.kill('SIGKILL');
  await first.process.exited;
  await start();

  expect(await query('SELECT value FROM kept')).toEqual([{ value: 'one' }]);
  expect(await busy).toBe('CUT_OFF');
}, 60_000);

test('a server that still runs on the folder is stopped before another one starts', async () => {
  const first = await start();

  await start();

  expect(first.process.hasExited).toBe(true);
  expect(await query('SHOW fsync', 'postgres')).toEqual([{ fsync: 'on' }]);
}, 60_000);

test('a wrong password is refused', async () => {
  await start();
  const client = new pg.Client({ host: '127.0.0.1', port, database: 'postgres', user: POSTGRES_ADMIN, password: 'wrong' });

  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
}, 60_000);
