import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { ALPHA, AuditWorld, BETA, RESERVE } from '../../audit-world.builder.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { aBankCsv, aCamt053 } from '../statement-files.builder.ts';
import { CollectStatements } from './collect-statements.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: AuditWorld;

beforeEach(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  world = await AuditWorld.on(database);
  world.centralBank.isClosed = false;
});
afterEach(() => testing.drop());

async function states(accountId: string): Promise<string[]> {
  const rows = await database.query<{ businessDate: string; state: string }>(
    'SELECT business_date AS "businessDate", state FROM statement WHERE account_id = $1 ORDER BY business_date, id',
    [accountId],
  );
  return rows.map(({ businessDate, state }) => `${businessDate} ${state}`);
}

const beta = (date: string, opening: bigint): Buffer => aBankCsv({ accountNumber: BETA.accountNumber, date, opening });

test('statements are asked for from the oldest missing day on, and not again once they count', async () => {
  for (const [date, opening] of [['2026-11-18', 10_000n], ['2026-11-19', 8_500n], ['2026-11-20', 7_000n]] as const) world.beta.files.set(`${BETA.accountNumber} ${date}`, beta(date, opening));
  await world.get(CollectStatements).run();
  await world.get(CollectStatements).run();

  expect(await states(BETA.id)).toEqual(['2026-11-18 ACCEPTED', '2026-11-19 ACCEPTED', '2026-11-20 ACCEPTED']);
  expect(world.beta.asked).toHaveLength(3);
});

test('days before the account was opened have no statement, and do not keep the later ones away', async () => {
  world.beta.files.set(`${BETA.accountNumber} 2026-11-20`, beta('2026-11-20', 10_000n));
  await world.get(CollectStatements).run();

  expect(await states(BETA.id)).toEqual(['2026-11-20 ACCEPTED']);
});

test('a file that nobody can read is kept in quarantine; the right one, when the bank gives it, replaces it', async () => {
  const place = `${ALPHA.accountNumber} 2026-11-18`;
  world.alpha.files.set(place, beta('2026-11-18', 10_000n));
  await world.get(CollectStatements).run();
  await world.get(CollectStatements).run();
  expect(await states(ALPHA.id)).toEqual(['2026-11-18 QUARANTINED']);

  world.alpha.files.set(place, aCamt053({ date: '2026-11-18' }));
  await world.get(CollectStatements).run();

  expect(await states(ALPHA.id)).toEqual(['2026-11-18 REPLACED', '2026-11-18 ACCEPTED']);
  expect(world.events).toContain('statement-quarantined');
});

test('a statement of another account than the one asked for never counts', async () => {
  world.alpha.files.set(`${ALPHA.accountNumber} 2026-11-18`, aCamt053({ accountNumber: '1', date: '2026-11-18' }));
  await world.get(CollectStatements).run();

  expect(await states(ALPHA.id)).toEqual(['2026-11-18 QUARANTINED']);
});

test('the file of the day before once more is not the statement of the day: what follows waits for the right one', async () => {
  const first = beta('2026-11-18', 10_000n);
  for (const [date, file] of [['2026-11-18', first], ['2026-11-19', first], ['2026-11-20', beta('2026-11-20', 7_000n)]] as const) world.beta.files.set(`${BETA.accountNumber} ${date}`, file);
  await world.get(CollectStatements).run();
  await world.get(CollectStatements).run();
  expect(await states(BETA.id)).toEqual(['2026-11-18 ACCEPTED']);
  expect(world.events).toContain('statement-repeated');

  world.beta.files.set(`${BETA.accountNumber} 2026-11-19`, beta('2026-11-19', 8_500n));
  await world.get(CollectStatements).run();

  expect(await states(BETA.id)).toEqual(['2026-11-18 ACCEPTED', '2026-11-19 ACCEPTED', '2026-11-20 ACCEPTED']);
});

test('movements of the central reserve count once their day is over, over as many pages as there are', async () => {
  const movements = ['CREDIT', 'DEBIT', 'CREDIT'].map((direction, index) => ({ direction: direction as 'CREDIT', amountMinor: BigInt(index + 1) * 100n, payerReference: 'NETSUNION:2026-11-18', purpose: 'SETTLEMENT' }));
  world.centralBank.movements.set('2026-11-19', movements);
  await world.get(CollectStatements).run();
  expect(await states(RESERVE.id)).toEqual([]);

  world.centralBank.isClosed = true;
  await world.get(CollectStatements).run();

  expect(await states(RESERVE.id)).toEqual(['2026-11-18 ACCEPTED', '2026-11-19 ACCEPTED', '2026-11-20 ACCEPTED']);
  expect(await database.query('SELECT amount, kind FROM statement_entry ORDER BY entry_number')).toEqual([
    { amount: 100n, kind: 'SETTLEMENT' },
    { amount: -200n, kind: 'SETTLEMENT' },
    { amount: 300n, kind: 'SETTLEMENT' },
  ]);
});

test('a central bank that does not answer is asked again, and nothing is made up', async () => {
  world.centralBank.outcome = 'UNKNOWN';
  await world.get(CollectStatements).run();

  expect(await states(RESERVE.id)).toEqual([]);
  expect(world.events).toContain('movements-not-read');
});
