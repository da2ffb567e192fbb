import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { quotasMigrations } from '../../migrations/index.ts';
import { QuotasWorld } from '../../quotas-world.builder.ts';
import { CollectQuota } from '../jobs/collect-quota.ts';
import { ListQuotaHistory, type QuotaHistoryQuery } from './list-quota-history.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let history: ListQuotaHistory;

/** The house maps 1.00 at 10:00, 2.00 at 11:00 and so on until 5.00 at 14:00; each figure is read twice. */
beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
  const world = await QuotasWorld.on(database);
  history = world.get(ListQuotaHistory);
  for (let yuan = 1n; yuan <= 5n; yuan += 1n) {
    world.rail.mapped = yuan * 100n;
    await world.get(CollectQuota).run();
    world.clock.advance(1_800_000);
    await world.get(CollectQuota).run();
    world.clock.advance(1_800_000);
  }
});
afterAll(() => testing.drop());

async function mapped(query: Partial<QuotaHistoryQuery>): Promise<string[]> {
  const points = await history.execute({ clearingHouse: 'NETSUNION', limit: 10, ...query });
  return points.map(({ mappedQuota }) => mappedQuota);
}

test('a figure is a point only when it differs, the oldest first', async () => {
  expect(await mapped({})).toEqual(['1.00', '2.00', '3.00', '4.00', '5.00']);
  expect(await mapped({ clearingHouse: 'UNIONPAY' })).toEqual([]);
});

test('a period begins with the figure that held at its start and ends before its end', async () => {
  expect(await mapped({ from: '2026-11-21T03:30:00Z', until: '2026-11-21T05:00:00Z' })).toEqual(['2.00', '3.00']);
  expect(await mapped({ from: '2026-11-21T03:00:00Z', until: '2026-11-21T05:00:01Z' })).toEqual(['2.00', '3.00', '4.00']);
});

test('pages follow each other without a gap or a repetition', async () => {
  const first = await history.execute({ clearingHouse: 'NETSUNION', limit: 2 });

  expect(first).toHaveLength(3);
  expect(await mapped({ after: first[1]?.id, limit: 10 })).toEqual(['3.00', '4.00', '5.00']);
});
