import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PayoutFileLine } from '@jinku/connectors';
import { attemptsConcludedV1, legSettledV1, sessionAdvancedV1, type AttemptsConcludedV1, type LegSettledV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { ALPHA, AuditWorld, RESERVE } from '../../audit-world.builder.ts';
import { CollectBills } from '../../bill/jobs/collect-bills.ts';
import { FakeLedger } from '../../books/fake-ledger.builder.ts';
import { ListBreaks } from '../../break/queries/list-breaks.ts';
import { CounterpartRepository } from '../../counterpart/persistence/counterpart.repository.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { CollectStatements } from '../../statement/jobs/collect-statements.ts';
import { aCamt053, type EntryForTest } from '../../statement/statement-files.builder.ts';
import { CheckRepository } from '../persistence/check.repository.ts';
import { ListChecks } from '../queries/list-checks.ts';
import { CheckBooks } from '../use-cases/check-books.ts';
import { RunChecks } from './run-checks.ts';

const DATE = '2026-11-20';
const SWEEP = 'JINKU001202611202000000001';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let ledger: FakeLedger;
let world: AuditWorld;

beforeEach(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  ledger = new FakeLedger();
  const ledgerUrl = await ledger.start(() => world.clock.wallNow());
  world = await AuditWorld.on(database, { ledgerUrl, keysDir: ledger.keysDir });
  ledger.accounts.set('1002.c2', { registeredAccountId: ALPHA.id, lines: [{ valueDate: '2026-11-17', amount: 10_000n }] });
  ledger.accounts.set('1001.c1', { registeredAccountId: RESERVE.id, lines: [{ valueDate: '2026-11-01', amount: 100_000_000n }] });
});
afterEach(async () => {
  await ledger.stop();
  await testing.drop();
});

/** Alpha's statements of three days: nothing happens on the first two. */
async function bankSays(entries: readonly EntryForTest[]): Promise<void> {
  for (const date of ['2026-11-18', '2026-11-19']) world.alpha.files.set(`${ALPHA.accountNumber} ${date}`, aCamt053({ date, entries: [] }));
  world.alpha.files.set(`${ALPHA.accountNumber} ${DATE}`, aCamt053({ date: DATE, entries }));
  await world.get(CollectStatements).run();
}

/** Twice, since a difference of balances has to be seen twice. */
async function run(): Promise<void> {
  await world.get(RunChecks).run();
  await world.get(RunChecks).run();
}

async function verdicts(date = DATE): Promise<Record<string, string>> {
  const items = await world.get(ListChecks).execute(date);
  return Object.fromEntries(items.map(({ check, subject, verdict, reason }) => [`${check} ${subject?.slice(-2) ?? '-'}`, reason ?? verdict]));
}

async function breaks(state: 'ADDED' | 'CLEARED' = 'ADDED'): Promise<string[]> {
  const page = await world.get(ListBreaks).page({ states: [state], limit: 50 }, world.clock.now());
  return page.map(({ check, kind, reference, amount }) => `${check} ${kind} ${reference} ${amount}`);
}

function legSettled(given: Partial<LegSettledV1>): Promise<void> {
  const message = { ...legSettledV1.example, movementId: crypto.randomUUID(), accountId: ALPHA.id, serialNumber: SWEEP, amount: '30.00', valueDate: DATE, ...given };
  return database.transaction((tx) => world.get(CounterpartRepository).insertMovements(tx, [message]));
}

function concluded(...attempts: readonly Partial<AttemptsConcludedV1['attempts'][number]>[]): Promise<void> {
  const [example] = attemptsConcludedV1.example.attempts;
  const message = { ...attemptsConcludedV1.example, attempts: attempts.map((attempt) => ({ ...example!, clearingDate: DATE, ...attempt })) };
  return database.transaction((tx) => world.get(CounterpartRepository).insertPayouts(tx, [message]));
}

const billLine = (serialNumber: string, amountMinor: bigint): PayoutFileLine => ({ serialNumber, amountMinor, railReference: 'N1', executedAt: new Date(`${DATE}T02:00:00Z`), status: 'SUCCEEDED' });

test('without any feed nothing is green', async () => {
  world.centralBank.outcome = 'UNKNOWN';
  ledger.fault = 'DOWN';
  await run();

  expect(await verdicts()).toMatchObject({ 'A1 KS': 'LEDGER_DID_NOT_ANSWER', 'A3 c2': 'NO_STATEMENT', 'A4 c2': 'NO_STATEMENT', 'A5 c1': 'NO_STATEMENT', 'A7 ON': 'NO_SESSION_RESULT', 'A8 ON': 'NO_PAYOUT_BILL', 'A2 -': 'NO_FEED' });
  expect(await breaks()).toEqual([]);
});

test('a check that fails is told, and holds up none after it', async () => {
  await bankSays([]);
  world.get(CheckBooks).execute = () => Promise.reject(new Error('A1 is broken'));
  const asked = (businessDate: string): Promise<void> => database.transaction((tx) => world.get(CheckRepository).insertRequest(tx, { id: crypto.randomUUID(), businessDate, at: world.clock.now() }));
  await asked('2026-11-10');
  await asked('2026-11-09');

  await expect(world.get(RunChecks).run()).rejects.toThrow('A1 is broken');
  expect(await verdicts()).toMatchObject({ 'A1 -': 'NOT_RUN_YET', 'A3 c2': 'AGREES', 'A8 ON': 'NO_PAYOUT_BILL' });
  // What a person asked for is carried out but for that check, and is asked for again.
  for (const date of ['2026-11-10', '2026-11-09']) expect(await verdicts(date)).toMatchObject({ 'A1 -': 'NOT_RUN_YET', 'A8 ON': 'NO_PAYOUT_BILL' });
  expect(await world.get(CheckRepository).listOpenRequests(database)).toHaveLength(2);
});

test.each(['DOWN', 'HTML', 'NONSENSE'] as const)('a ledger that answers %s leaves the checks that need it undone', async (fault) => {
  await bankSays([]);
  ledger.fault = fault;
  await run();

  expect(await verdicts()).toMatchObject({ 'A1 KS': 'LEDGER_DID_NOT_ANSWER', 'A3 c2': 'AGREES', 'A4 c2': 'LEDGER_DID_NOT_ANSWER' });
});

test('when both sides have the same, every check that has its feeds agrees, and its inputs are on record once', async () => {
  await legSettled({ effect: 'SENT' });
  await bankSays([{ amount: -3_000n, reference: SWEEP }]);
  ledger.accounts.get('1002.c2')?.lines.push({ valueDate: DATE, amount: -3_000n }, { valueDate: '2026-11-21', amount: 99n }, { valueDate: DATE, amount: 0n });
  await run();

  expect(await verdicts()).toMatchObject({ 'A1 KS': 'AGREES', 'A3 c2': 'AGREES', 'A4 c2': 'AGREES', 'A5 c1': 'AGREES' });
  expect(await breaks()).toEqual([]);
  const runs = await world.get(ListChecks).runs({ businessDate: DATE, check: 'A4', subject: ALPHA.id, limit: 10 });
  expect(runs.map(({ inputs, inputsSha256 }) => [inputs['book'], inputsSha256?.length])).toEqual([['70.00', 64]]);
});

test('a transfer that the bank does not have, one that we do not have, and a balance that nothing explains are three breaks, each cleared when it is gone', async () => {
  await legSettled({ effect: 'SENT' });
  await bankSays([{ amount: -500n, reference: 'JINKU001202611202000000009' }]);
  ledger.accounts.get('1002.c2')?.lines.push({ valueDate: DATE, amount: -3_000n }, { valueDate: DATE, amount: -1n });
  await run();

  expect((await breaks()).sort()).toEqual(['A4 AMOUNT BALANCE 0.01', `A4 OURS_ONLY ${SWEEP} 30.00`, 'A4 THEIRS_ONLY JINKU001202611202000000009 -5.00']);

  await legSettled({ effect: 'SENT', serialNumber: 'JINKU001202611202000000009', amount: '5.00' });
  ledger.accounts.get('1002.c2')?.lines.push({ valueDate: DATE, amount: 1n }, { valueDate: DATE, amount: -500n });
  await run();

  expect(await breaks()).toEqual([`A4 OURS_ONLY ${SWEEP} 30.00`]);
  expect(await breaks('CLEARED')).toHaveLength(2);
});

test('what is on the way over the day cut is carried, and cleared by the day that has it', async () => {
  await legSettled({ effect: 'SENT', valueDate: '2026-11-19' });
  await bankSays([{ amount: -3_000n, reference: SWEEP }]);
  ledger.accounts.get('1002.c2')?.lines.push({ valueDate: '2026-11-19', amount: -3_000n });
  await run();
  await run();

  expect(await verdicts('2026-11-19')).toMatchObject({ 'A4 c2': 'DIFFERS' });
  expect(await verdicts()).toMatchObject({ 'A4 c2': 'AGREES' });
  expect(await breaks()).toEqual([]);
});

test('an entry that no rule knows is a break, though the ledger has it in suspense and the balances agree', async () => {
  await bankSays([{ amount: 700n, purpose: '来款' }]);
  ledger.accounts.get('1002.c2')?.lines.push({ valueDate: DATE, amount: 700n });
  await run();

  expect(await breaks()).toEqual(['A4 UNKNOWN_INCOMING_CREDIT B202611200001 7.00']);
});

test('the settlement of a session meets its movement in the central reserve', async () => {
  const session = { ...sessionAdvancedV1.example, clearingDate: '2026-11-19', state: 'SETTLED' as const, settledTo: 'CENTRAL_RESERVE' as const, advancedAt: `${DATE}T03:00:00.000Z` };
  await database.transaction((tx) => world.get(CounterpartRepository).upsertSessions(tx, [session]));
  world.centralBank.movements.set(DATE, [{ direction: 'CREDIT', amountMinor: 8_775_432n, payerReference: 'NETSUNION:2026-11-19', purpose: 'SETTLEMENT' }]);
  ledger.accounts.get('1001.c1')?.lines.push({ valueDate: DATE, amount: 8_775_433n });
  await world.get(CollectStatements).run();
  await run();

  expect(await breaks()).toContain('A5 AMOUNT NETSUNION:2026-11-19 -0.01');
  expect(await breaks()).not.toContainEqual(expect.stringContaining('BALANCE'));
});

test('a statement in quarantine is told by A3, and A4 does not run on it', async () => {
  world.alpha.files.set(`${ALPHA.accountNumber} 2026-11-18`, aCamt053({ date: '2026-11-18', closing: 1n }));
  await world.get(CollectStatements).run();
  await run();

  expect(await verdicts('2026-11-18')).toMatchObject({ 'A3 c2': 'DIFFERS', 'A4 c2': 'STATEMENT_IN_QUARANTINE' });
  expect(await breaks()).toEqual(['A3 AMOUNT closing 0.00']);
});

test('payouts meet the house\'s bill line by line; what was seeded is found, nothing else, and the same again', async () => {
  await concluded({ serialNumber: 'A1' }, { serialNumber: 'A2' }, { serialNumber: 'A3', conclusion: 'FAILED' }, { serialNumber: 'A4', conclusion: 'FAILED' }, { serialNumber: 'A6', clearingDate: '2026-11-21' });
  await concluded({ serialNumber: 'A1' });
  world.netsUnion.bills.set(DATE, [billLine('A1', 123_456n), billLine('A3', 123_456n), billLine('A5', 100n), billLine('A6', 123_456n)]);
  await world.get(CollectBills).run();
  await run();
  const found = ['A8 OURS_ONLY A2 -1234.56', 'A8 STATUS A3 1234.56', 'A8 THEIRS_ONLY A5 1.00', 'A8 TIMING A6 1234.56'];
  expect((await breaks()).sort()).toEqual(found);

  await database.transaction((tx) => world.get(CheckRepository).insertRequest(tx, { id: crypto.randomUUID(), businessDate: DATE, at: world.clock.now() }));
  await run();

  expect((await breaks()).sort()).toEqual(found);
  expect(await world.get(ListChecks).runs({ check: 'A8', subject: 'NETSUNION', businessDate: DATE, limit: 10 })).toHaveLength(1);
});

test('payouts and fund-downs of more lines than fit one page are all walked', async () => {
  const serial = (index: number): string => `S${String(index).padStart(8, '0')}`;
  const all = Array.from({ length: 10_050 }, (_, index) => index);
  for (let from = 0; from < all.length; from += 500) await concluded(...all.slice(from, from + 500).map((index) => ({ serialNumber: serial(index), amount: '1.00' })));
  await legSettled({ effect: 'PAID_BY_HOUSE', clearingHouse: 'NETSUNION', serialNumber: 'T1', amount: '5.00' });
  world.netsUnion.bills.set(DATE, [...all.filter((index) => index !== 10_020).map((index) => billLine(serial(index), 100n)), billLine('T1', 500n)]);
  await world.get(CollectBills).run();
  await run();

  expect(await breaks()).toEqual([`A8 OURS_ONLY ${serial(10_020)} -1.00`]);
});
