import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { RelieveHouses } from '../../automatic/use-cases/relieve-houses.ts';
import { RecordReserve } from '../../buffer/use-cases/record-reserve.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from '../../grant/use-cases/record-grant-usage.ts';
import { quotasMigrations } from '../../migrations/index.ts';
import { ReadPositions } from '../../position/queries/read-positions.ts';
import { FakeQuotaRail, QuotasWorld } from '../../quotas-world.builder.ts';
import { ListShifts } from '../../shift/queries/list-shifts.ts';
import { CollectQuota } from '../jobs/collect-quota.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: QuotasWorld;
let unionPay: FakeQuotaRail;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

/** Each house maps 1,000.00 of a reserve of 2,000.00. */
beforeEach(async () => {
  await testing.admin.query(`TRUNCATE quota, quota_figure, quota_observation, quota_grant, grant_event, quota_adjustment, quota_adjustment_event, quota_shift, quota_shift_event,
    quota_buffer, quota_buffer_movement, automatic_act, outbox_message CASCADE; INSERT INTO quota_buffer DEFAULT VALUES`);
  const clock = new ManualClock(new Date('2026-11-21T02:00:00Z'));
  unionPay = new FakeQuotaRail(clock, 'UNIONPAY');
  world = await QuotasWorld.on(database, { clock, others: [unionPay] });
  await collected();
  await database.transaction((tx) => world.get(RecordReserve).observe(tx, { balance: 200_000n, asOf: clock.now() }));
});

async function collected(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    world.clock.advance(5_000);
    await world.get(CollectQuota).run();
  }
}

/** What the first shard of UnionPay tells; NetsUnion's first shard needs `need`. */
async function used({ consumed = 0n, reserved = 0n, need = 0n }: { consumed?: bigint; reserved?: bigint; need?: bigint }): Promise<void> {
  const usages = (await world.get(GrantRepository).list(database)).map((grant) => {
    const isFirst = grant.holder === 'PAYOUTS' && grant.shard === 0;
    const spends = isFirst && grant.clearingHouse === 'UNIONPAY';
    return {
      ...{ grantId: grant.id, clearingHouse: grant.clearingHouse, acceptedEpoch: grant.epoch, acceptedTotal: grant.grantedTotal, reportedAt: world.clock.now(), byDate: [] },
      ...{ consumedTotal: spends ? consumed : 0n, reserved: spends ? reserved : 0n, need: isFirst && grant.clearingHouse === 'NETSUNION' ? need : 0n },
    };
  });
  await database.transaction((tx) => world.get(RecordGrantUsage).execute(tx, usages));
}

const differences = async (): Promise<string[]> => (await world.get(ReadPositions).execute()).houses.map(({ figureDifference }) => figureDifference);
const alerts = async (): Promise<readonly string[]> => (await world.get(ReadPositions).execute()).alerts;

test('a figure is explained by what was under way when it was read, though we hear of it only later', async () => {
  await used({ reserved: 30_000n });
  unionPay.takenOff = 20_000n;
  await collected();
  await used({ consumed: 20_000n, reserved: 10_000n });
  await collected(2);

  expect(await differences()).toEqual(['0.00', '0.00']);
});

test('what nothing explains is told once it has stood for long, and no rule takes from or gives to the house until it is explained', async () => {
  await used({ need: 150_000n });
  unionPay.takenOff = 1n;
  await collected(2);
  expect(await differences()).toEqual(['0.00', '-0.01']);
  expect(await alerts()).toEqual([]);

  await collected(24);
  expect(await alerts()).toEqual(['FIGURE_DIFFERS']);
  expect(world.events.map(({ event }) => event)).toContain('figure-differs');
  await world.get(RelieveHouses).execute();
  expect(await world.get(ListShifts).page({ limit: 10 })).toEqual([]);

  unionPay.takenOff = 0n;
  await collected(2);
  await used({ need: 150_000n });
  await world.get(RelieveHouses).execute();

  expect(await alerts()).toEqual([]);
  expect(await world.get(ListShifts).page({ limit: 10 })).toHaveLength(1);
});

test('a house that has more than we know of differs as well; a difference that comes and goes is not told', async () => {
  unionPay.takenOff = -500n;
  await collected(20);
  expect(await differences()).toEqual(['0.00', '5.00']);
  unionPay.takenOff = 0n;
  await collected(2);
  unionPay.takenOff = -500n;
  await collected(20);

  expect(await alerts()).toEqual([]);
});
