import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { eventually, testDatabase } from '@jinku/testing';
import { AdjustQuota } from '../../adjustment/jobs/adjust-quota.ts';
import { RequestAdjustment } from '../../adjustment/use-cases/request-adjustment.ts';
import { quotasMigrations } from '../../migrations/index.ts';
import { FakeQuotaRail, QuotasWorld } from '../../quotas-world.builder.ts';
import { ReadPositionBoard } from '../queries/read-position-board.ts';
import { CollectQuota } from './collect-quota.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

test('a house that does not answer keeps neither the figure nor the adjustments of the other waiting', async () => {
  const clock = new ManualClock(new Date('2026-11-21T02:00:00Z'));
  const unionPay = new FakeQuotaRail(clock, 'UNIONPAY');
  const world = await QuotasWorld.on(database, { clock, others: [unionPay] });
  await world.get(CollectQuota).run();
  for (const clearingHouse of ['UNIONPAY', 'NETSUNION'] as const) {
    const asked = { clearingHouse, direction: 'INCREASE', amount: 100n, reason: 'spec' } as const;
    await database.transaction((tx) => world.get(RequestAdjustment).execute(tx, asked, { actor: null, allowance: 'TO_MINIMUM' }));
  }
  let answer = (): void => undefined;
  unionPay.answersAfter = new Promise((resolve) => (answer = resolve));
  world.rail.mapped = 200_000n;
  unionPay.mapped = 200_000n;
  clock.advance(1_000);

  const runs = [world.get(CollectQuota).run(), world.get(AdjustQuota).run()];
  const mapped = async (): Promise<readonly string[]> => (await world.get(ReadPositionBoard).execute()).map(({ mappedQuota }) => mappedQuota);
  await eventually(async () => expect(await mapped()).toEqual(['2000.00', '1000.00']));
  await eventually(() => expect(world.rail.sent).toHaveLength(1));

  answer();
  await Promise.all(runs);
  expect(await mapped()).toEqual(['2000.00', '2000.00']);
});
