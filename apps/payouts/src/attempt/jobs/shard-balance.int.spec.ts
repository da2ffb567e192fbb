import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import { eventually } from '@jinku/testing';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, FakeRail, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { Dispatcher } from './dispatcher.ts';

let testing: TestDatabase;
let database: Database;
let running: Dispatcher[] = [];

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
});
beforeEach(() => resetPayouts(testing));
afterEach(async () => {
  await Promise.all(running.map((dispatcher) => dispatcher.beforeApplicationShutdown()));
  running = [];
});
afterAll(() => testing.drop());

async function started(rail: FakeRail): Promise<{ world: PayoutsWorld; dispatcher: Dispatcher }> {
  const world = await PayoutsWorld.on(database, { rail, config: { shards: 4, leaseMs: 1_500 } });
  const dispatcher = world.get(Dispatcher);
  dispatcher.onApplicationBootstrap();
  running.push(dispatcher);
  return { world, dispatcher };
}

const led = (count: number, ...dispatchers: readonly Dispatcher[]) =>
  eventually(() => expect(dispatchers.map((dispatcher) => dispatcher.ledShards.length)).toEqual(dispatchers.map(() => count)), { withinMs: 20_000 });

test('a process started later takes over its share without another failing, under a new epoch; nothing is sent twice or asked about', async () => {
  const rail = new FakeRail();
  const { world, dispatcher: first } = await started(rail);
  await led(4, first);
  await testing.admin.query(`INSERT INTO payouts.quota_grant (grant_id, clearing_house, shard, epoch, granted_total, movement_sequence) SELECT gen_random_uuid(), 'NETSUNION', shard, 1, 1000000, 1 FROM generate_series(1, 3) AS shard`);
  await testing.admin.query(`INSERT INTO payouts.merchant SELECT 'MB' || n, 'x', 'ACTIVE', 0, '2026-11-21' FROM generate_series(1, 20) AS n`);
  await world.get(AdmissionGroup).all(
    Array.from({ length: 400 }, (_, at) => readPayoutRequest(aRequest({ amount: '1.00', merchantId: `MB${1 + (at % 20)}` }), { clientId: 'settlement', root: '' })),
  );

  const { dispatcher: second } = await started(rail);
  await led(2, first, second);

  expect([...first.ledShards, ...second.ledShards].sort()).toEqual([0, 1, 2, 3]);
  expect((await world.query<{ epoch: bigint }>(`SELECT epoch FROM lease WHERE name LIKE 'payouts.shard-%'`)).map(({ epoch }) => Number(epoch)).sort()).toEqual([1, 1, 2, 2]);
  await eventually(async () => expect(await world.query(`SELECT state, count(*)::int AS count FROM payout GROUP BY state`)).toEqual([{ state: 'SUCCEEDED', count: 400 }]), { withinMs: 20_000 });
  expect([rail.executed.size, rail.inquired.length]).toEqual([400, 0]);
}, 60_000);

test('what a process leaves when it ends goes to those that stay', async () => {
  const { dispatcher: first } = await started(new FakeRail());
  const { dispatcher: second } = await started(new FakeRail());
  await led(2, first, second);

  running = [second];
  await first.beforeApplicationShutdown();

  await led(4, second);
}, 60_000);
