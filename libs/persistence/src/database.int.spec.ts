import { jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { breaksUnique, type Database, Lease, leaseTableSql } from './index.ts';

const sql = `
  CREATE TABLE thing (id int PRIMARY KEY, state text NOT NULL, CONSTRAINT thing_state UNIQUE (state));
  CREATE TABLE journal (id int PRIMARY KEY);
  GRANT SELECT, INSERT, UPDATE ON thing TO jinku_probe;
  GRANT SELECT, INSERT ON journal TO jinku_probe;
  ${leaseTableSql('jinku_probe')}`;

let database: TestDatabase;
let service: Database;

beforeAll(async () => {
  database = await testDatabase({ services: [{ name: 'probe', sql }] });
  service = await database.open('probe');
});
afterAll(() => database.drop());
beforeEach(() => database.admin.query('TRUNCATE thing, journal, lease'));

const insert = (id: number, state: string): Promise<number> =>
  service.transaction((tx) => tx.execute('INSERT INTO thing (id, state) VALUES ($1, $2)', [id, state]));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a transaction that throws leaves nothing behind and rings nobody', async () => {
  let rung = 0;
  const failing = service.transaction(async (tx) => {
    tx.afterCommit(() => (rung += 1));
    await tx.execute(`INSERT INTO thing (id, state) VALUES (1, 'A')`);
    throw new Error('no');
  });

  await expect(failing).rejects.toThrow('no');

  expect([await service.query('SELECT id FROM thing'), rung]).toEqual([[], 0]);
});

test('a broken unique constraint is known by its name, and the pool goes on', async () => {
  await insert(1, 'A');

  const error: unknown = await insert(2, 'A').catch((reason: unknown) => reason);

  expect([breaksUnique(error, 'thing_state'), breaksUnique(error, 'thing_pkey')]).toEqual([true, false]);
  expect(await insert(2, 'B')).toBe(1);
});

test('a plan made while a table was small is not kept for long', async () => {
  const one = await database.open('probe', { poolMax: 1 });
  const find = (): Promise<unknown> => one.query('SELECT state FROM thing WHERE id = $1', [7]);
  const planOfFind = async (): Promise<string> => {
    const [statement] = await one.query<{ name: string }>(`SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT state FROM thing%'`);
    return JSON.stringify(await one.query(`EXPLAIN EXECUTE ${statement!.name}(7)`));
  };
  await database.admin.query('ALTER TABLE thing SET (autovacuum_enabled = false)');
  await insert(1, 'A');
  await database.admin.query('ANALYZE thing');
  for (let time = 0; time < 10; time += 1) await find();
  await database.admin.query(`INSERT INTO thing SELECT id, 'S' || id FROM generate_series(2, 20000) AS id`);

  expect(await planOfFind()).toContain('Seq Scan');
  const later = performance.now() + 10_000;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => later);
  expect(await planOfFind()).toContain('Index Scan');
  clock.mockRestore();
});

test('arrays arrive as they were given, whatever their type', async () => {
  const texts = ['NULL', 'a,b', '{"c"}', 'back\\slash', '', '汇款', '😀', 'x'.repeat(70_000), '汇'.repeat(400_000), null];
  const uuids = ['019ab000-0000-7000-8000-00000000000a', null, 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'];
  const bigints = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), null];
  const numbers = [0, -1, 32_767, -32_768];
  const dates = ['2026-11-22', '1999-12-31', null, '2000-02-29'];
  const instants = [new Date('2026-11-22T03:04:05.678Z'), new Date('1969-12-31T23:59:59.999Z'), null];
  const [read] = await service.query(
    `SELECT $1::text[] AS texts, $2::uuid[] AS uuids, $3::bigint[] AS bigints, $4::smallint[] AS smallints, $5::integer[] AS integers,
       $6::boolean[] AS booleans, $7::bytea[] AS bytes, $8::text[] AS none, $9::date[]::text[] AS dates, $10::timestamptz[] AS instants`,
    [texts, uuids, bigints, numbers, [...numbers, 2 ** 31 - 1, -(2 ** 31)], [true, false, null], [Buffer.from([0, 255]), Buffer.alloc(0)], [], dates, instants],
  );

  expect(read).toEqual({
    texts,
    uuids: uuids.map((uuid) => uuid?.toLowerCase() ?? null),
    bigints,
    smallints: numbers,
    integers: [...numbers, 2 ** 31 - 1, -(2 ** 31)],
    booleans: [true, false, null],
    bytes: [Buffer.from([0, 255]), Buffer.alloc(0)],
    none: [],
    dates,
    instants,
  });
});

test('a value that is not of the type of its column is refused by the database', async () => {
  await expect(service.query('SELECT $1::uuid[]', [['not one']])).rejects.toMatchObject({ code: '22P02' });
  await expect(service.query('SELECT $1::smallint[]', [[40_000]])).rejects.toMatchObject({ code: '22003' });
  await expect(service.query('SELECT $1::text[]', [['nul\0']])).rejects.toMatchObject({ code: '22021' });
});

test('two writers race for one transition and one wins', async () => {
  await insert(1, 'QUEUED');
  const move = (): Promise<number> => service.transaction((tx) => tx.execute(`UPDATE thing SET state = 'DONE' WHERE id = 1 AND state = 'QUEUED'`));

  expect((await Promise.all([move(), move(), move()])).sort()).toEqual([0, 0, 1]);
});

test('what is append-only cannot be changed or removed by the service', async () => {
  await service.query('INSERT INTO journal (id) VALUES (1)');

  for (const statement of ['UPDATE journal SET id = 2', 'DELETE FROM journal', 'TRUNCATE journal', 'DROP TABLE journal']) {
    await expect(service.query(statement)).rejects.toMatchObject({ code: '42501' });
  }
});

test('a lease has one holder, and a holder that slept too long is fenced by the epoch', async () => {
  const slow = new Lease(service, { name: 'relay', holder: 'slow', durationMs: 50 });
  const quick = new Lease(service, { name: 'relay', holder: 'quick', durationMs: 10_000 });
  const isHeld = (lease: Lease): Promise<boolean> => service.transaction((tx) => lease.isHeld(tx));

  expect([await slow.acquire(), await quick.acquire(), await isHeld(slow)]).toEqual([true, false, true]);
  await pause(80);

  expect([await quick.acquire(), await isHeld(slow), await isHeld(quick), quick.epoch]).toEqual([true, false, true, 2n]);
  expect(await slow.acquire()).toBe(false);
});

test('columns of values arrive as they were, whatever stands in the texts', async () => {
  const texts = ['NULL', 'a,b', '{c}', '', ' d ', '"', '\\', '\\"', "'; DROP", '中文\n\t', '😀'];
  const sent = {
    texts: [...texts, null],
    bytes: [Buffer.from([0, 34, 92, 255]), Buffer.alloc(0)],
    instants: [new Date('2026-11-21T02:00:00.123Z'), null],
    numbers: [9_007_199_254_740_993n, -1n, null],
  };

  const [row] = await service.query('SELECT $1::text[] AS texts, $2::bytea[] AS bytes, $3::timestamptz[] AS instants, $4::bigint[] AS numbers', [
    sent.texts,
    sent.bytes,
    sent.instants,
    sent.numbers,
  ]);

  expect(row).toEqual(sent);
});
