import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { attemptsConcludedV1, payoutsReturnedV1, receiptsCountedV1, sessionAdvancedV1, type AttemptsConcludedV1, type ReceiptsCountedV1, type SessionAdvancedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { AuditWorld } from '../../audit-world.builder.ts';
import { RunChecks } from '../../check/jobs/run-checks.ts';
import { ListChecks } from '../../check/queries/list-checks.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { CounterpartRepository } from './counterpart.repository.ts';

const PLACE = { clearingHouse: 'NETSUNION' as const, clearingDate: '2026-11-20' };

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: AuditWorld;

beforeEach(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  world = await AuditWorld.on(database);
});
afterEach(() => testing.drop());

function concluded(serialNumber: string, conclusion: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED'): AttemptsConcludedV1 {
  const [attempt] = attemptsConcludedV1.example.attempts;
  return { ...attemptsConcludedV1.example, ...PLACE, attempts: [{ ...attempt!, serialNumber, conclusion, clearingDate: PLACE.clearingDate, amount: '100.00' }] };
}

function payouts(...messages: readonly AttemptsConcludedV1[]): Promise<void> {
  return database.transaction((tx) => world.get(CounterpartRepository).insertPayouts(tx, messages));
}

function receipts(given: Partial<ReceiptsCountedV1>): Promise<void> {
  return database.transaction((tx) => world.get(CounterpartRepository).upsertReceipts(tx, [{ ...receiptsCountedV1.example, ...PLACE, ...given }]));
}

function session(given: Partial<SessionAdvancedV1>): Promise<void> {
  return database.transaction((tx) => world.get(CounterpartRepository).upsertSessions(tx, [{ ...sessionAdvancedV1.example, ...PLACE, ...given }]));
}

test('an attempt that is told again, in the same batch or another, counts once', async () => {
  await payouts(concluded('A1'), concluded('A1'), concluded('A2', 'FAILED'));
  await payouts(concluded('A1'), concluded('A3'));

  expect(await database.query('SELECT attempt_count, success_total FROM own_payout_day')).toEqual([{ attempt_count: 3n, success_total: 20_000n }]);
});

test('two processes that tell of one day at once lose nothing', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, index) => payouts(concluded(`A${index}`), concluded('A0'))));

  expect(await database.query('SELECT attempt_count, success_total FROM own_payout_day')).toEqual([{ attempt_count: 8n, success_total: 80_000n }]);
});

test('totals and states that arrive late change nothing', async () => {
  await receipts({ total: '500.00', countedAt: '2026-11-20T05:00:00.000Z' });
  await receipts({ total: '400.00', countedAt: '2026-11-20T04:00:00.000Z' });
  await session({ state: 'SETTLED', settledTo: 'CENTRAL_RESERVE', advancedAt: '2026-11-21T03:00:00.000Z' });
  await session({ state: 'CONFIRMED', advancedAt: '2026-11-21T02:00:00.000Z' });

  expect(await database.query('SELECT total FROM own_receipts')).toEqual([{ total: 50_000n }]);
  expect(await database.query('SELECT state FROM clearing_session')).toEqual([{ state: 'SETTLED' }]);
});

test('A7 agrees when what was told adds up to the house\'s result, and names the gross figure that does not', async () => {
  const house = { state: 'CONFIRMED' as const, payouts: '200.00', returns: '50.00', receipts: '500.00', net: '350.00' };
  await payouts(concluded('A1'), concluded('A2'), concluded('A3', 'FAILED'));
  const [returned] = payoutsReturnedV1.example.returns;
  const message = { ...payoutsReturnedV1.example, ...PLACE, returns: [{ ...returned!, amount: '50.00', clearingDate: PLACE.clearingDate }] };
  await database.transaction((tx) => world.get(CounterpartRepository).insertReturns(tx, [message, message]));
  await session(house);
  const verdict = async (): Promise<unknown[]> => {
    await world.get(RunChecks).run();
    const items = await world.get(ListChecks).execute(PLACE.clearingDate);
    return items.filter(({ check, subject }) => check === 'A7' && subject === 'NETSUNION').map((item) => [item.verdict, item.reason, item.breakCount]);
  };

  expect(await verdict()).toEqual([['NOT_RUN', 'NO_COLLECTIONS_FEED', 0]]);
  await receipts({ total: '499.99', countedAt: '2026-11-20T04:00:00.000Z' });
  expect(await verdict()).toEqual([['DIFFERS', null, 1]]);
  await receipts({ total: '500.00', countedAt: '2026-11-20T05:00:00.000Z' });
  expect(await verdict()).toEqual([['AGREES', null, 0]]);
  expect(await database.query('SELECT reference, amount, state FROM audit_break')).toEqual([{ reference: '2026-11-20 RECEIPTS', amount: 1n, state: 'CLEARED' }]);
});
