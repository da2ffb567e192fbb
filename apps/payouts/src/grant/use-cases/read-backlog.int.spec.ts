import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { GrantUsageReportedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { DispatchBatch } from '../../attempt/use-cases/dispatch-batch.ts';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, FakeRail, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { MoveBreaker } from '../../route/use-cases/move-breaker.ts';
import { needByLineAndHouse } from '../domain/queue-need.ts';
import { ReadBacklog } from './read-backlog.ts';
import { ReportGrantUsage } from './report-grant-usage.ts';

const [ALPHA, BETA] = ['102100099996', '103100000026'];
let testing: TestDatabase;
let database: Database;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
});
beforeEach(async () => {
  await resetPayouts(testing);
  await testing.admin.query(`
    UPDATE payouts.business_line SET primary_house = 'UNIONPAY' WHERE code = 'WITHDRAWAL';
    INSERT INTO payouts.quota_grant (grant_id, clearing_house, shard, epoch, granted_total, movement_sequence) VALUES (gen_random_uuid(), 'UNIONPAY', 0, 1, 1000000, 1);`);
});
afterAll(() => testing.drop());

async function aWorld(): Promise<PayoutsWorld> {
  return PayoutsWorld.on(database, { unionPay: new FakeRail('UNIONPAY') });
}

async function queued(world: PayoutsWorld, businessLine: string, amounts: readonly string[], bankCode = ALPHA): Promise<void> {
  const requests = amounts.map((amount) => aRequest({ amount, businessLine })).map((one) => ({ ...one, payee: { ...one.payee, bankCode } }));
  await world.get(AdmissionGroup).all(requests.map((one) => readPayoutRequest(one, { clientId: 'settlement', root: '' })));
}

const needs = async (world: PayoutsWorld): Promise<string[]> =>
  needByLineAndHouse((await world.get(ReadBacklog).execute()).parts).map(({ businessLine, house, count, amountMinor }) => `${businessLine} ${house ?? 'NONE'} ${count} ${amountMinor}`);

test('what waits is told by line and by the house whose quota it needs, the oldest with it', async () => {
  const world = await aWorld();
  await queued(world, 'SETTLEMENT', ['1.00', '2.00'], BETA);
  await queued(world, 'SETTLEMENT', ['3.00']);
  await queued(world, 'WITHDRAWAL', ['0.50']);

  expect(await needs(world)).toEqual(['SETTLEMENT NETSUNION 3 600', 'WITHDRAWAL UNIONPAY 1 50']);
  const [{ receivedAt } = { receivedAt: null }] = await world.query<{ receivedAt: Date }>(`SELECT min(received_at) AS "receivedAt" FROM payout WHERE business_line = 'SETTLEMENT'`);
  expect(needByLineAndHouse((await world.get(ReadBacklog).execute()).parts)[0]?.oldestAt).toEqual(receivedAt);
});

test('need moves to the other house for what the first is broken for, does not reach, or is too small for; what stepped aside counts', async () => {
  const world = await aWorld();
  await testing.admin.query(`
    UPDATE payouts.route SET per_item_limit_minor = 1000 WHERE route = 'NETSUNION';
    INSERT INTO payouts.route_bank VALUES ('UNIONPAY', '${BETA}', false, NULL, '2026-11-21');`);
  await database.transaction((tx) => world.get(MoveBreaker).execute(tx, { key: `NETSUNION/${BETA}`, happening: { kind: 'TROUBLE', reason: 'r' }, seenEpoch: null, by: null }));
  await queued(world, 'SETTLEMENT', ['1.00'], BETA);
  const lease = world.lease(0);
  await lease.acquire();
  await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(10) });
  expect(await world.query('SELECT waits_for FROM deferred_entry')).toEqual([{ waits_for: 'NETSUNION' }]);
  await queued(world, 'SETTLEMENT', ['9.00', '11.00', '12.00']);

  expect(await needs(world)).toEqual(['SETTLEMENT UNIONPAY 2 2300', 'SETTLEMENT NETSUNION 2 1000']);
});

test('each grant of a shard tells the need of its own house', async () => {
  const world = await aWorld();
  await queued(world, 'SETTLEMENT', ['3.00']);
  await queued(world, 'WITHDRAWAL', ['0.50', '0.25']);

  await world.get(ReportGrantUsage).execute([0]);
  await world.get(ReportGrantUsage).execute([0]);

  const told = await world.told<GrantUsageReportedV1>('payouts.grant-usage-reported.v1');
  expect(told.map(({ clearingHouse, need }) => `${clearingHouse} ${need}`).sort()).toEqual(['NETSUNION 3.00', 'UNIONPAY 0.75']);
});
