import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BalanceRail, BalanceReading } from '@jinku/connectors';
import { accountDescribedV1, type AccountDescribedV1, type LegSettledV1, legSettledV1 } from '@jinku/contracts';
import type { MessageBatch } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { quotasMigrations } from '../migrations/index.ts';
import { CollectQuota } from '../quota/jobs/collect-quota.ts';
import { QuotasWorld } from '../quotas-world.builder.ts';
import { TransferLegsConsumer } from '../session/messaging/transfer-legs.consumer.ts';
import { CountSessionItems } from '../session/use-cases/count-session-items.ts';
import { CollectPositions } from './jobs/collect-positions.ts';
import { AccountsDescribedConsumer } from './messaging/accounts-described.consumer.ts';
import { PositionRepository } from './persistence/position.repository.ts';
import { ReadPositions, type AccountPosition } from './queries/read-positions.ts';

const RESERVE = '01993c1e-0000-7000-8000-0000000000c1';
const PREPAID = '01993c1e-0000-7000-8000-0000000000c2';
let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: QuotasWorld;

/** A bank with one figure for every account; without one it does not answer. */
class FakeBank implements BalanceRail {
  balance: bigint | null = 50_000n;
  asOf: Date | null = null;

  async readBalance(): Promise<BalanceReading> {
    if (this.balance === null) return { outcome: 'UNKNOWN', balanceMinor: null, asOf: null, detail: 'TIMEOUT' };
    return { outcome: 'SUCCEEDED', balanceMinor: this.balance, asOf: this.asOf ?? world.clock.now(), detail: 'ANSWERED' };
  }
}
let bank: FakeBank;
let centralBank: FakeBank;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

beforeEach(async () => {
  await testing.admin.query(`TRUNCATE quota, quota_observation, quota_grant, grant_event, quota_buffer, quota_buffer_movement, reserve_movement, clearing_session,
    clearing_session_event, position_account, position, position_observation, transit_movement, outbox_message CASCADE; INSERT INTO quota_buffer DEFAULT VALUES`);
  bank = new FakeBank();
  centralBank = new FakeBank();
  world = await QuotasWorld.on(database, { balanceRails: new Map([['BANK_ALPHA', bank], ['CENTRAL_BANK', centralBank]]) });
  await world.get(CollectQuota).run();
  await describeAccount({});
  await describeAccount({ accountId: RESERVE, accountClass: 'CENTRAL_RESERVE', name: '央行备付金账户', connectorType: 'NETSUNION', subtype: undefined });
});

async function handle<P>(data: P, consume: (batch: MessageBatch<P>) => Promise<void>): Promise<void> {
  await database.transaction((tx) => consume({ tx, messages: [{ data }] } as unknown as MessageBatch<P>));
}

function describeAccount(change: Partial<AccountDescribedV1>): Promise<void> {
  const consumer = new AccountsDescribedConsumer(world.get(PositionRepository));
  return handle({ ...accountDescribedV1.example, ...change } as AccountDescribedV1, (batch) => consumer.handle(batch));
}

function settleLeg(change: Partial<LegSettledV1>): Promise<void> {
  const consumer = new TransferLegsConsumer(world.get(CountSessionItems), world.get(PositionRepository));
  return handle({ ...legSettledV1.example, ...change }, (batch) => consumer.handle(batch));
}

async function collect(): Promise<void> {
  await world.get(CollectPositions).run();
}

async function positionOf(accountId: string): Promise<AccountPosition | undefined> {
  return (await world.get(ReadPositions).execute()).accounts.find((account) => account.accountId === accountId);
}

async function told(): Promise<string[]> {
  const { rows } = await testing.admin.query("SELECT body FROM outbox_message WHERE type = 'quotas.position-observed.v1' ORDER BY sequence");
  return (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as { accountId: string; balance: string }).flatMap(({ accountId, balance }) => (accountId === PREPAID ? [balance] : []));
}

test('a balance is told when it changes, and once a minute while it stands', async () => {
  await collect();
  world.clock.advance(5_000);
  await collect();
  expect(await told()).toEqual(['500.00']);

  bank.balance = 60_000n;
  world.clock.advance(5_000);
  await collect();
  expect(await told()).toEqual(['500.00', '600.00']);
  world.clock.advance(60_000);
  await collect();

  expect(await told()).toEqual(['500.00', '600.00', '600.00']);
  expect(await world.get(PositionRepository).history(database, PREPAID, { limit: 10 })).toMatchObject([{ balance: 60_000n }, { balance: 50_000n }]);
});

test('a bank that does not answer leaves the balance as it was, older, and at last stale; the others go on', async () => {
  await collect();
  bank.balance = null;
  world.clock.advance(40_000);
  await collect();

  expect(await positionOf(PREPAID)).toMatchObject({ balance: '500.00', source: 'QUERY', ageMs: 40_000, isStale: true });
  expect(await positionOf(RESERVE)).toMatchObject({ ageMs: 0, isStale: false });
});

test('an answer as of an earlier moment than the one known changes nothing', async () => {
  await collect();
  bank.balance = 1n;
  bank.asOf = new Date('2026-11-21T01:00:00Z');
  await collect();

  expect(await positionOf(PREPAID)).toMatchObject({ balance: '500.00' });
});

test('the central reserve\'s balance opens the buffer; its connector is the central bank unless a binding says otherwise', async () => {
  centralBank.balance = 300_000n;
  await collect();

  expect(await world.get(ReadPositions).execute()).toMatchObject({ buffer: { unallocatedBuffer: '2000.00', centralReserve: { balance: '3000.00' } }, alerts: [] });
});

test('an older description of an account changes nothing, and a closed one is asked about no more', async () => {
  await describeAccount({ version: 9, state: 'CLOSED', isUsable: false });
  await describeAccount({ version: 8, state: 'ACTIVE' });
  await collect();

  expect(await told()).toEqual([]);
});

test('an overdrawn account is shown and not told: no rule acts on it', async () => {
  bank.balance = -1n;
  await collect();

  expect(await positionOf(PREPAID)).toMatchObject({ balance: '-0.01' });
  expect(await told()).toEqual([]);
  expect(world.events.map(({ event }) => event)).toContain('position-below-zero');
});

test('what was sent is in transit until it arrives or comes back, each told twice and counted once', async () => {
  const sent = { movementId: '01993c1e-0000-7000-8000-0000000000e1', effect: 'SENT', amount: '250.00' } as const;
  await settleLeg(sent);
  await settleLeg(sent);
  expect(await world.get(ReadPositions).execute()).toMatchObject({ inTransit: { amount: '250.00' } });

  await settleLeg({ movementId: '01993c1e-0000-7000-8000-0000000000e2', effect: 'ARRIVED', amount: '250.00' });

  expect(await world.get(ReadPositions).execute()).toMatchObject({ inTransit: { amount: '0.00' } });
});
