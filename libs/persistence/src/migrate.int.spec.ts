import { emptyTestDatabase, TEST_ADMIN, type TestDatabase } from '@jinku/testing';
import type { QueryRunner } from 'typeorm';
import { awaitDatabase, Database, migrate, type MigrationClass } from './index.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyTestDatabase();
});
afterEach(() => database.drop());

/** Each says on record that it ran; those of one spec run in the order of the last digits of their names. */
class CreateThing2026112110000 {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE thing (id int PRIMARY KEY); CREATE TABLE run (id int GENERATED ALWAYS AS IDENTITY)');
  }
  async down(): Promise<void> {}
}
class AddColour2026112110001 {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE thing ADD colour text; INSERT INTO run DEFAULT VALUES; SELECT pg_sleep(0.2)');
  }
  async down(): Promise<void> {}
}
let isBroken = false;
class AddSize2026112110002 {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE thing ADD size int; INSERT INTO run DEFAULT VALUES');
    if (isBroken) throw new Error('the process dies here');
  }
  async down(): Promise<void> {}
}
const ALL = [CreateThing2026112110000, AddColour2026112110001, AddSize2026112110002];

const run = (name: string, migrations: readonly MigrationClass[] = ALL): Promise<void> => migrate({ address: database.address, admin: TEST_ADMIN, name, migrations });

async function runsOf(name: string): Promise<number> {
  const { rows } = await database.admin.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}.run`);
  return rows[0]?.count ?? 0;
}

async function columnsOf(name: string): Promise<string[]> {
  const { rows } = await database.admin.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'thing' ORDER BY ordinal_position`,
    [name],
  );
  return rows.map((row) => row.name);
}

test('replicas that migrate one service at once run each migration once', async () => {
  await Promise.all([run('migrate_one'), run('migrate_one'), run('migrate_one')]);

  expect([await columnsOf('migrate_one'), await runsOf('migrate_one')]).toEqual([['id', 'colour', 'size'], 2]);
});

test('services migrate side by side, each into its own schema under its own role', async () => {
  await Promise.all(['migrate_left', 'migrate_right'].map((name) => run(name)));

  expect([await runsOf('migrate_left'), await runsOf('migrate_right')]).toEqual([2, 2]);
  const left = await Database.open({ address: database.address, name: 'migrate_left', poolMax: 1, statementTimeoutMs: 5_000 });
  await expect(left.query('SELECT * FROM migrate_right.thing')).rejects.toMatchObject({ code: '42501' });
  await left.close();
});

test('a migration that dies half way leaves nothing of itself and keeps those before it, and the next run goes on from there', async () => {
  isBroken = true;
  await expect(run('migrate_broken')).rejects.toThrow('the process dies here');
  const left = [await columnsOf('migrate_broken'), await runsOf('migrate_broken')];
  isBroken = false;

  await run('migrate_broken');

  expect(left).toEqual([['id', 'colour'], 1]);
  expect([await columnsOf('migrate_broken'), await runsOf('migrate_broken')]).toEqual([['id', 'colour', 'size'], 2]);
});

test('another run adds what has come since and repeats nothing', async () => {
  await run('migrate_grown', ALL.slice(0, 2));
  await run('migrate_grown', ALL.slice(0, 2));

  await run('migrate_grown');

  expect([await columnsOf('migrate_grown'), await runsOf('migrate_grown')]).toEqual([['id', 'colour', 'size'], 2]);
});

test('a database that is not there yet is waited for, and a wrong password is not', async () => {
  const { address, admin } = database;
  const late = { ...address, database: `${address.database}_late` };
  const waiting = awaitDatabase(late, { role: TEST_ADMIN, withinMs: 20_000 });
  await admin.query(`CREATE DATABASE ${late.database}`);

  await waiting;
  await admin.query(`DROP DATABASE ${late.database} WITH (FORCE)`);

  await expect(awaitDatabase({ ...address, secret: 'another' }, { role: TEST_ADMIN, withinMs: 20_000 })).rejects.toMatchObject({ code: '28P01' });
  await expect(awaitDatabase({ ...address, database: 'nowhere' }, { role: TEST_ADMIN, withinMs: 100 })).rejects.toMatchObject({ code: '3D000' });
});
