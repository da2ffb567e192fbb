import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { grantUsageReportedV1, type GrantUsageReportedV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { DispatchBatch } from '../../attempt/use-cases/dispatch-batch.ts';
import { RecordNotices } from '../../attempt/use-cases/record-notices.ts';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { ReportGrantUsage } from './report-grant-usage.ts';

let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database);
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

async function dispatched(requestId: string): Promise<string> {
  await world.get(AdmissionGroup).all([readPayoutRequest(aRequest({ requestId }), { clientId: 'settlement', root: '' })]);
  const lease = world.lease(0);
  await lease.acquire();
  const claimed = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(10) });
  await lease.release();
  return ('halt' in claimed ? undefined : claimed.batches[0]?.instructions[0]?.serialNumber) ?? '';
}

test('what was consumed is told by the house\'s clearing date, failures on none', async () => {
  const numbers = [await dispatched('R-00000001'), await dispatched('R-00000002'), await dispatched('R-00000003')];
  const dates = ['2026-11-21', '2026-11-22', '2026-11-22'];
  const notices = numbers.map((serialNumber, at): RailNoticeReceivedV1 => {
    const outcome = at === 2 ? ('FAILED' as const) : ('SUCCEEDED' as const);
    return {
      ...{ noticeId: `N-${at}`, clearingHouse: 'NETSUNION', kind: 'PAYOUT_RESULT', serialNumber, outcome, amount: '100.00', clearingDate: dates[at] },
      ...{ code: at === 2 ? '0104' : '0000', occurredAt: '2026-11-21T02:00:00.000Z' },
    } as RailNoticeReceivedV1;
  });
  await database.transaction((tx) => world.get(RecordNotices).execute(tx, notices));

  await world.get(ReportGrantUsage).execute([0]);

  const told = (await world.told<GrantUsageReportedV1>(grantUsageReportedV1.name)).at(-1);
  expect(told?.consumedTotal).toBe('200.00');
  expect(told?.consumedByDate).toEqual([
    { clearingDate: '2026-11-21', total: '100.00', count: 1 },
    { clearingDate: '2026-11-22', total: '100.00', count: 1 },
  ]);
});
