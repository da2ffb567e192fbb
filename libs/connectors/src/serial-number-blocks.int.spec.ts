import { businessDate } from '@jinku/calendar';
import { roleOf, type Database } from '@jinku/persistence';
import { testDatabase, type TestDatabase } from '@jinku/testing';

import { SerialNumberBlocks, serialNumberTableSql } from './serial-number-blocks.ts';

const today = businessDate('2026-11-21');
const tomorrow = businessDate('2026-11-22');
const format = { institution: 'JINKU001', issuer: 0 };
let owned: TestDatabase;
let database: Database;

beforeAll(async () => {
  owned = await testDatabase({ services: [{ name: 'connectors', sql: serialNumberTableSql(roleOf('connectors')) }] });
  database = await owned.open('connectors', { poolMax: 10 });
});

afterAll(async () => {
  await owned.drop();
});

function blocks(connector: string): SerialNumberBlocks {
  return new SerialNumberBlocks({ database, connector, format });
}

test('processes that draw at the same time never get the same number', async () => {
  const processes = Array.from({ length: 6 }, () => blocks('racing'));

  const drawn = await Promise.all(processes.flatMap((one) => Array.from({ length: 10 }, () => one.take(today, 700))));

  const numbers = drawn.flat();
  expect(numbers).toHaveLength(42_000);
  expect(new Set(numbers).size).toBe(42_000);
});

test('a process that comes back after a crash goes on behind the lost rest of its block', async () => {
  const [before] = await blocks('crashing').take(today, 1);
  const [after] = await blocks('crashing').take(today, 1);

  expect(before).toBe('JINKU001202611210000000001');
  expect(Number(after?.slice(-9))).toBeGreaterThan(Number(before?.slice(-9)));
});

test('each business date has its own numbers, also when the date goes back for an instant', async () => {
  const drawer = blocks('midnight');

  const drawn = [...(await drawer.take(today, 3)), ...(await drawer.take(tomorrow, 3)), ...(await drawer.take(today, 3))];

  expect(new Set(drawn).size).toBe(9);
  expect(drawn[3]).toBe('JINKU001202611220000000001');
});

test('one call may take more than a block', async () => {
  const numbers = await blocks('bulk').take(today, 10_000);

  expect(new Set(numbers).size).toBe(10_000);
});

test('the service cannot set a row back or delete it', async () => {
  await blocks('guarded').take(today, 1);

  await expect(database.query(`UPDATE serial_number_block SET next_sequence = 1 WHERE connector = 'guarded'`)).rejects.toMatchObject({
    code: '23001',
  });
  await expect(database.query(`DELETE FROM serial_number_block WHERE connector = 'guarded'`)).rejects.toMatchObject({ code: '42501' });
});

test('a date whose numbers are used up refuses instead of starting over, and the next date goes on', async () => {
  await database.query(`INSERT INTO serial_number_block (connector, business_date, next_sequence) VALUES ('full', $1, 999999990)`, [today]);
  const drawer = blocks('full');

  await expect(drawer.take(today, 1)).rejects.toMatchObject({ code: '23514' });
  expect(await drawer.take(tomorrow, 1)).toEqual(['JINKU001202611220000000001']);
});
