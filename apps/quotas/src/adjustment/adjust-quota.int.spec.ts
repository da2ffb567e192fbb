import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { testDatabase } from '@jinku/testing';
import { GrantRepository } from '../grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from '../grant/use-cases/record-grant-usage.ts';
import { quotasMigrations } from '../migrations/index.ts';
import { CollectQuota } from '../quota/jobs/collect-quota.ts';
import { ReadPositionBoard, type QuotaPosition } from '../quota/queries/read-position-board.ts';
import { QuotasWorld, railAnswer } from '../quotas-world.builder.ts';
import { AdjustQuota } from './jobs/adjust-quota.ts';
import { AdjustmentRepository } from './persistence/adjustment.repository.ts';
import { ListAdjustments } from './queries/list-adjustments.ts';
import { CancelAdjustment } from './use-cases/cancel-adjustment.ts';
import { InstructAdjustment } from './use-cases/instruct-adjustment.ts';
import { RecordAdjustmentOutcome, type AdjustmentOutcome } from './use-cases/record-adjustment-outcome.ts';
import { RequestAdjustment } from './use-cases/request-adjustment.ts';

const operator: Actor = { kind: 'PERSON', id: 'li.na', roles: [] };
let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: QuotasWorld;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

/** The house maps 1,000.00 and two shards hold half of it each. */
beforeEach(async () => {
  await testing.admin.query('TRUNCATE quota, quota_observation, quota_grant, grant_event, quota_adjustment, quota_adjustment_event, quota_buffer_movement, outbox_message CASCADE');
  world = await QuotasWorld.on(database);
  await world.get(CollectQuota).run();
  await answerGrants();
});

/** Each shard takes the newest epoch; a recall only down to what it has used. */
async function answerGrants(used = 0n): Promise<void> {
  const grants = await world.get(GrantRepository).list(database, 'NETSUNION');
  const usages = grants.map((grant) => ({
    grantId: grant.id,
    clearingHouse: grant.clearingHouse,
    acceptedEpoch: grant.epoch,
    acceptedTotal: grant.grantedTotal > used ? grant.grantedTotal : used,
    consumedTotal: 0n,
    reserved: used,
    need: 0n,
    reportedAt: world.clock.now(),
    byDate: [],
  }));
  await database.transaction((tx) => world.get(RecordGrantUsage).execute(tx, usages));
}

async function request(direction: 'INCREASE' | 'DECREASE', amount: bigint): Promise<string> {
  const asked = { clearingHouse: 'NETSUNION', direction, amount, reason: 'spec' } as const;
  return (await database.transaction((tx) => world.get(RequestAdjustment).execute(tx, asked, { actor: operator, allowance: 'TO_MINIMUM' }))).id;
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await world.get(ListAdjustments).find(id))?.state;
}

async function board(): Promise<QuotaPosition> {
  return (await world.get(ReadPositionBoard).execute())[0] as QuotaPosition;
}

function notice(change: Partial<AdjustmentOutcome>): Promise<void> {
  const told: AdjustmentOutcome = { serialNumber: '', source: 'NOTICE', outcome: 'SUCCEEDED', amountMinor: null, code: '0000', railReference: null, ...change };
  return database.transaction((tx) => world.get(RecordAdjustmentOutcome).execute(tx, told));
}

function sent(index = 0): (typeof world.rail.sent)[number] {
  const instruction = world.rail.sent[index];
  if (instruction === undefined) throw new Error('nothing was sent');
  return instruction;
}

async function laterRun(ms = 10_000): Promise<void> {
  world.clock.advance(ms);
  await world.get(AdjustQuota).run();
}

test('a decrease above the free quota is refused', async () => {
  await expect(request('DECREASE', 100_001n)).rejects.toMatchObject({ code: 'DECREASE_EXCEEDS_FREE' });
  await answerGrants(20_000n);
  await expect(request('DECREASE', 60_001n)).rejects.toMatchObject({ code: 'DECREASE_EXCEEDS_FREE' });

  expect(world.rail.sent).toEqual([]);
});

test('nothing is adjusted at a house that no figure is known of', async () => {
  const asked = { clearingHouse: 'UNIONPAY', direction: 'INCREASE', amount: 1n, reason: 'spec' } as const;

  await expect(database.transaction((tx) => world.get(RequestAdjustment).execute(tx, asked, { actor: operator, allowance: 'TO_MINIMUM' }))).rejects.toMatchObject({ code: 'HOUSE_NOT_OBSERVED' });
});

test('two decreases that race for one quota never take more than is free', async () => {
  const raced = await Promise.allSettled([request('DECREASE', 60_000n), request('DECREASE', 60_000n)]);

  expect(raced.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a decrease leaves only when the shards have answered its recall', async () => {
  const id = await request('DECREASE', 40_000n);

  await world.get(AdjustQuota).run();
  expect(world.rail.sent).toEqual([]);
  expect(await stateOf(id)).toBe('PLANNED');

  await answerGrants();
  await world.get(AdjustQuota).run();

  expect(sent()).toMatchObject({ direction: 'DECREASE', amountMinor: 40_000n });
  expect(await stateOf(id)).toBe('SUCCEEDED');
  expect(await board()).toMatchObject({ bookAvailable: '600.00', isCovered: true });
});

test('a decrease is not taken off twice once the figure of the house holds it', async () => {
  const id = await request('DECREASE', 40_000n);
  await answerGrants();
  await world.get(AdjustQuota).run();
  world.clock.advance(1_000);

  await world.get(CollectQuota).run();

  expect(await board()).toMatchObject({ mappedQuota: '600.00', bookAvailable: '600.00', pendingDecreases: '0.00' });
  expect((await world.get(ListAdjustments).find(id))?.reflectedAt).not.toBeNull();
});

test('a planned decrease is taken back and the quota is free again, but not one that has left', async () => {
  const id = await request('DECREASE', 40_000n);
  const cancel = (): Promise<unknown> => database.transaction((tx) => world.get(CancelAdjustment).execute(tx, { id, reason: 'spec', actor: operator }));

  await cancel();
  expect(await board()).toMatchObject({ bookAvailable: '1000.00', pendingDecreases: '0.00' });
  await expect(cancel()).rejects.toMatchObject({ code: 'ADJUSTMENT_HAS_LEFT' });

  await answerGrants();
  await world.get(AdjustQuota).run();
  expect(world.rail.sent).toEqual([]);
});

test('an increase that is only accepted is not available; the figure that holds it is', async () => {
  const id = await request('INCREASE', 50_000n);
  await world.get(AdjustQuota).run();
  expect(await stateOf(id)).toBe('ACCEPTED');
  expect(await board()).toMatchObject({ bookAvailable: '1000.00', pendingIncreases: '500.00' });

  world.rail.carryOut(sent());
  await notice({ serialNumber: sent().serialNumber, amountMinor: 50_000n });
  expect(await board()).toMatchObject({ bookAvailable: '1000.00' });
  world.clock.advance(1_000);
  await world.get(CollectQuota).run();

  expect(await stateOf(id)).toBe('SUCCEEDED');
  expect(await board()).toMatchObject({ bookAvailable: '1500.00', pendingIncreases: '0.00' });
});

test('a lost notice is made good by inquiry, and the notice that comes after all changes nothing', async () => {
  const id = await request('INCREASE', 50_000n);
  await world.get(AdjustQuota).run();
  world.rail.carryOut(sent());

  await laterRun();
  await notice({ serialNumber: sent().serialNumber, amountMinor: 50_000n });
  await notice({ serialNumber: sent().serialNumber, outcome: 'FAILED', code: '0104', amountMinor: 50_000n });

  expect(await stateOf(id)).toBe('SUCCEEDED');
  expect(world.events).toEqual(expect.arrayContaining([{ event: 'quota-adjustment-contradicted' }]));
});

test('a notice of another amount, or of an unknown number, decides nothing', async () => {
  const id = await request('INCREASE', 50_000n);
  await world.get(AdjustQuota).run();

  await notice({ serialNumber: sent().serialNumber, amountMinor: 50_100n });
  await notice({ serialNumber: 'JINKU001202611211999999999', amountMinor: 50_000n });

  expect(await stateOf(id)).toBe('ACCEPTED');
  expect(world.events).toEqual(expect.arrayContaining([{ event: 'quota-adjustment-other-amount' }, { event: 'quota-adjustment-not-ours' }]));
});

test('a decrease whose answer is lost is inquired about under its number and never sent again', async () => {
  const id = await request('DECREASE', 40_000n);
  await answerGrants();
  world.rail.onAnswer = () => railAnswer({ outcome: 'UNKNOWN', code: null, detail: 'TIMEOUT' });
  await world.get(AdjustQuota).run();
  expect(await stateOf(id)).toBe('UNKNOWN');
  expect(await board()).toMatchObject({ pendingDecreases: '400.00' });

  await laterRun();

  expect(await stateOf(id)).toBe('SUCCEEDED');
  expect(world.rail.sent).toHaveLength(1);
});

test('a request that never arrived fails only after its validity and three agreeing answers, and gives the quota back', async () => {
  const id = await request('DECREASE', 40_000n);
  await answerGrants();
  world.rail.isReached = false;
  await world.get(AdjustQuota).run();

  for (let runs = 0; runs < 5; runs += 1) await laterRun();
  expect(await stateOf(id)).toBe('UNKNOWN');
  await laterRun(60_000);
  await laterRun();
  expect(await stateOf(id)).toBe('UNKNOWN');
  await laterRun();

  expect(await stateOf(id)).toBe('FAILED');
  expect(await board()).toMatchObject({ bookAvailable: '1000.00', pendingDecreases: '0.00' });
  expect(world.rail.sent).toHaveLength(1);
});

test('a refusal is a definite end, and what was held back is free again', async () => {
  const id = await request('DECREASE', 40_000n);
  await answerGrants();
  world.rail.onAnswer = () => railAnswer({ outcome: 'REJECTED_FUNDS', code: '0301' });

  await world.get(AdjustQuota).run();

  expect(await stateOf(id)).toBe('FAILED');
  expect(await board()).toMatchObject({ pendingDecreases: '0.00' });
});

test('a process that dies between the commit of the number and the call leaves it to be inquired about by the next', async () => {
  const id = await request('INCREASE', 50_000n);
  const [planned] = await world.get(AdjustmentRepository).listPlanned(database, 10);
  if (planned === undefined) throw new Error('it is planned');
  const committed = await world.get(InstructAdjustment).execute(planned);

  const next = await QuotasWorld.on(database, { rail: world.rail, clock: world.clock });
  await next.get(AdjustQuota).run();
  world.clock.advance(70_000);
  for (let runs = 0; runs < 3; runs += 1) {
    await next.get(AdjustQuota).run();
    world.clock.advance(2_000);
  }

  expect(world.rail.sent).toEqual([]);
  expect(await next.get(ListAdjustments).find(id)).toMatchObject({ state: 'FAILED', serialNumber: committed?.serialNumber });
});

test('two processes that find one adjustment send it once', async () => {
  await request('INCREASE', 50_000n);
  const other = await QuotasWorld.on(database, { rail: world.rail, clock: world.clock });

  await Promise.all([world.get(AdjustQuota).run(), other.get(AdjustQuota).run()]);

  expect(world.rail.sent).toHaveLength(1);
});

test('the database gives an adjustment one number for ever', async () => {
  await request('INCREASE', 50_000n);
  await world.get(AdjustQuota).run();

  await expect(database.query("UPDATE quota_adjustment SET serial_number = 'ANOTHER'")).rejects.toMatchObject({ code: '23001' });
});
