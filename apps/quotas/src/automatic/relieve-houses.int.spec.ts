import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { AdjustQuota } from '../adjustment/jobs/adjust-quota.ts';
import { RecordReserve } from '../buffer/use-cases/record-reserve.ts';
import { GrantRepository } from '../grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from '../grant/use-cases/record-grant-usage.ts';
import { quotasMigrations } from '../migrations/index.ts';
import { SHIPPED_POLICY, type QuotaPolicyText } from '../policy/domain/quota-policy.ts';
import { ChangeQuotaPolicy } from '../policy/use-cases/change-quota-policy.ts';
import { CollectQuota } from '../quota/jobs/collect-quota.ts';
import { FakeQuotaRail, QuotasWorld } from '../quotas-world.builder.ts';
import { ListShifts } from '../shift/queries/list-shifts.ts';
import { AutomaticActRepository } from './persistence/automatic-act.repository.ts';
import { RelieveHouses } from './use-cases/relieve-houses.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: QuotasWorld;
let unionPay: FakeQuotaRail;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

/** The reserve holds 2,500.00; each house maps 1,000.00 of it, so the buffer has 500.00. */
beforeEach(async () => {
  await testing.admin.query(`TRUNCATE quota, quota_observation, quota_grant, grant_event, quota_adjustment, quota_adjustment_event, quota_shift, quota_shift_event,
    quota_buffer, quota_buffer_movement, reserve_movement, quota_policy, approval, approval_decision, automatic_act, clearing_session, clearing_session_event,
    outbox_message CASCADE; INSERT INTO quota_buffer DEFAULT VALUES`);
  const clock = new ManualClock(new Date('2026-11-21T02:00:00Z'));
  unionPay = new FakeQuotaRail(clock, 'UNIONPAY');
  world = await QuotasWorld.on(database, { clock, others: [unionPay] });
  await world.get(CollectQuota).run();
  await database.transaction((tx) => world.get(RecordReserve).observe(tx, { balance: 250_000n, asOf: clock.now() }));
});

/** Each grant is taken as it stands; the first shard of the house tells what its queue would take. */
async function need(clearingHouse: ClearingHouse, amount: bigint): Promise<void> {
  const grants = await world.get(GrantRepository).list(database);
  const usages = grants.map((grant) => ({
    ...{ grantId: grant.id, clearingHouse: grant.clearingHouse, acceptedEpoch: grant.epoch, acceptedTotal: grant.grantedTotal, consumedTotal: 0n, reserved: 0n },
    need: grant.clearingHouse === clearingHouse && grant.holder === 'PAYOUTS' && grant.shard === 0 ? amount : 0n,
    ...{ reportedAt: world.clock.now(), byDate: [] },
  }));
  await database.transaction((tx) => world.get(RecordGrantUsage).execute(tx, usages));
}

async function inForce(change: Partial<QuotaPolicyText>): Promise<void> {
  const proposed = { effectiveOn: '2026-11-21', content: { ...SHIPPED_POLICY, ...change } };
  const { id } = await database.transaction((tx) => world.get(ChangeQuotaPolicy).propose(tx, proposed, { maker: { kind: 'PERSON', id: 'li.na', roles: [] }, reason: 'spec' }));
  await database.transaction((tx) => world.get(ChangeQuotaPolicy).approve(tx, id, { kind: 'PERSON', id: 'wang.fang', roles: [] }));
}

const relieve = (): Promise<number> => world.get(RelieveHouses).execute();
const acts = async (): Promise<unknown[]> =>
  (await world.get(AutomaticActRepository).page(database, { limit: 10 })).toReversed().map(({ kind, toHouse, amount }) => [kind, toHouse, amount]);

test('the need of a backlog is served from the other house, then from the buffer, each act once and with its reason', async () => {
  await need('NETSUNION', 240_000n);
  await relieve();
  await relieve();

  expect(await acts()).toEqual([['SHIFT', 'NETSUNION', 100_000n], ['INCREASE', 'NETSUNION', 40_000n]]);
  expect(await world.get(ListShifts).page({ limit: 10 })).toMatchObject([{ fromHouse: 'UNIONPAY', amount: '1000.00', requestedBy: 'policy' }]);
  expect(world.events.map(({ event }) => event)).toContain('quota-automatic-act');
});

test('the amount of a shift that is on its way through the buffer is not taken for what is still missing', async () => {
  await inForce({ minimumBuffer: '500.00' });
  await need('NETSUNION', 300_000n);
  await relieve();
  expect(await acts()).toEqual([['SHIFT', 'NETSUNION', 100_000n], ['WARNING', 'NETSUNION', 100_000n]]);

  await need('NETSUNION', 300_000n);
  await world.get(AdjustQuota).run();
  expect(unionPay.mapped).toBe(0n);
  await relieve();

  expect(await acts()).toHaveLength(2);
});

test('two processes that see one need serve it once', async () => {
  await need('NETSUNION', 150_000n);
  const other = await QuotasWorld.on(database, { rail: world.rail, others: [unionPay], clock: world.clock });

  await Promise.all([relieve(), other.get(RelieveHouses).execute()]);

  expect(await acts()).toEqual([['SHIFT', 'NETSUNION', 50_000n]]);
});

test('what no rule may give is warned of, not at every look', async () => {
  await inForce({ minimumBuffer: '500.00', houses: { ...SHIPPED_POLICY.houses, UNIONPAY: { ...SHIPPED_POLICY.houses.UNIONPAY, floor: '1000.00' } } });
  await need('NETSUNION', 150_000n);
  await relieve();
  await relieve();

  expect(await acts()).toEqual([['WARNING', 'NETSUNION', 50_000n]]);
  world.clock.advance(600_000);
  await world.get(CollectQuota).run();
  await relieve();
  expect(await acts()).toHaveLength(2);
});

test('a policy that comes into force maps a house once, out of the buffer; what that would take below its minimum is warned of', async () => {
  const terms = (initialMapping: string) => ({ houses: { ...SHIPPED_POLICY.houses, UNIONPAY: { ...SHIPPED_POLICY.houses.UNIONPAY, initialMapping } } });
  await inForce({ ...terms('1600.00') });
  await relieve();
  await relieve();
  expect(await acts()).toEqual([['WARNING', 'UNIONPAY', 60_000n]]);

  await inForce({ ...terms('1400.00') });
  await relieve();
  await relieve();

  expect(await acts()).toEqual([['WARNING', 'UNIONPAY', 60_000n], ['INITIAL_MAPPING', 'UNIONPAY', 40_000n]]);
});

test('a negative buffer proposes a decrease where most is to spare, and no rule increases', async () => {
  unionPay.mapped = 200_000n;
  world.clock.advance(1_000);
  await world.get(CollectQuota).run();
  await need('NETSUNION', 100_000n);
  await relieve();

  expect(await acts()).toEqual([['DECREASE_PROPOSED', 'UNIONPAY', 50_000n]]);
});
