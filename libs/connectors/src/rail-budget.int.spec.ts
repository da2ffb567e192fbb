import { systemClock } from '@jinku/calendar';
import { roleOf, type Database, type Queryable } from '@jinku/persistence';
import { testDatabase, type TestDatabase } from '@jinku/testing';

import { RailBudget, railBudgetTableSql, setRailAllowance } from './rail-budget.ts';

const DAY_MS = 86_400_000;
const clock = systemClock;
let owned: TestDatabase;
let database: Database;

beforeAll(async () => {
  owned = await testDatabase({ services: [{ name: 'connectors', sql: railBudgetTableSql(roleOf('connectors')) }] });
  database = await owned.open('connectors', { poolMax: 10 });
});

afterAll(async () => {
  await owned.drop();
});

function replica(connector: string, leaseSize = 10): RailBudget {
  return new RailBudget({ database, clock, connector, leaseSize });
}

test('replicas together never take more than the window holds, and submits leave the reserved share to inquiries', async () => {
  await setRailAllowance(database, 'shared', { windowMs: DAY_MS, requestsPerWindow: 100, inquiriesReserved: 30 });
  const replicas = Array.from({ length: 5 }, () => replica('shared', 7));

  const submits = await Promise.all(Array.from({ length: 50 }, (_, turn) => (replicas[turn % 5] as RailBudget).take('SUBMIT', 3)));
  const inquiries = await Promise.all(Array.from({ length: 50 }, (_, turn) => (replicas[turn % 5] as RailBudget).take('INQUIRY', 3)));

  expect(total(submits)).toBe(70);
  expect(total(inquiries)).toBe(30);
});

test('inquiries may use what submits left', async () => {
  await setRailAllowance(database, 'quiet', { windowMs: DAY_MS, requestsPerWindow: 100, inquiriesReserved: 30 });
  const one = replica('quiet');

  expect(await one.take('INQUIRY', 95)).toBe(95);
  expect(await one.take('SUBMIT', 50)).toBe(5);
});

test('a lease is spent without asking the database again', async () => {
  await setRailAllowance(database, 'cheap', { windowMs: DAY_MS, requestsPerWindow: 1_000, inquiriesReserved: 0 });
  let statements = 0;
  const counted: Queryable = {
    query: (sql, parameters) => {
      statements += 1;
      return database.query(sql, parameters);
    },
  };
  const budget = new RailBudget({ database: counted, clock, connector: 'cheap', leaseSize: 50 });

  for (let turn = 0; turn < 100; turn += 1) expect(await budget.take('SUBMIT', 1)).toBe(1);

  expect(statements).toBe(2);
});

test('a used-up window is not asked again and again', async () => {
  await setRailAllowance(database, 'empty', { windowMs: DAY_MS, requestsPerWindow: 5, inquiriesReserved: 0 });
  const budget = replica('empty');

  expect(await budget.take('SUBMIT', 8)).toBe(5);
  const before = await taken('empty');
  expect(await budget.take('SUBMIT', 8)).toBe(0);
  expect(await taken('empty')).toEqual(before);
});

test('a new window starts afresh and what an old lease had left is worth nothing', async () => {
  await setRailAllowance(database, 'rolling', { windowMs: 200, requestsPerWindow: 10, inquiriesReserved: 2 });
  const budget = replica('rolling', 8);
  let windows = 0;

  for (const deadline = clock.wallNow() + 5_000; windows < 3 && clock.wallNow() < deadline; await clock.sleep(20)) {
    const granted = await budget.take('SUBMIT', 100);
    expect(granted).toBeLessThanOrEqual(8);
    if (granted > 0) windows += 1;
  }

  expect(windows).toBe(3);
});

test('a clock of the server that was set back a day does not stop the connector', async () => {
  await setRailAllowance(database, 'ahead', { windowMs: 1_000, requestsPerWindow: 10, inquiriesReserved: 0 });
  await database.query(`UPDATE rail_budget SET window_number = 9999999999, submits_taken = 10 WHERE connector = 'ahead'`);

  expect(await replica('ahead').take('SUBMIT', 4)).toBe(4);
});

test('a connector without a row is an error, not an unlimited budget', async () => {
  await expect(replica('nobody').take('SUBMIT', 1)).rejects.toThrow('no row in rail_budget');
});

async function taken(connector: string): Promise<unknown> {
  return database.query('SELECT submits_taken, inquiries_taken FROM rail_budget WHERE connector = $1', [connector]);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
