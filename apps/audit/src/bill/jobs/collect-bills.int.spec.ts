import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PayoutFileLine } from '@jinku/connectors';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { AuditWorld, CLERK } from '../../audit-world.builder.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { ListBills } from '../queries/list-bills.ts';
import { UploadBill } from '../use-cases/upload-bill.ts';
import { CollectBills } from './collect-bills.ts';

const DATE = '2026-11-20';
const LINES: PayoutFileLine[] = Array.from({ length: 5_003 }, (_, index) => ({
  serialNumber: `JINKU00120261120${String(index).padStart(10, '0')}`,
  amountMinor: 100n,
  railReference: `NU${index}`,
  executedAt: new Date('2026-11-20T02:00:00Z'),
  status: index === 0 ? 'RETURNED' : 'SUCCEEDED',
}));

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: AuditWorld;

beforeEach(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  world = await AuditWorld.on(database);
});
afterEach(() => testing.drop());

async function bills(): Promise<string[]> {
  return (await world.get(ListBills).page({ limit: 10 })).map(({ state, lineCount, payoutTotal, returnTotal }) => `${state} ${lineCount} ${payoutTotal} ${returnTotal}`);
}

async function lineCount(): Promise<bigint | undefined> {
  return (await database.query<{ count: bigint }>('SELECT count(*) FROM payout_bill_line'))[0]?.count;
}

test('a bill that is longer than a batch is taken whole, once', async () => {
  world.netsUnion.bills.set(DATE, LINES);
  await world.get(CollectBills).run();
  await world.get(CollectBills).run();

  expect(await bills()).toEqual(['ACCEPTED 5003 5002.00 1.00']);
  expect(await lineCount()).toBe(5_003n);
});

test('a bill that breaks off leaves nothing that counts, and is asked for again', async () => {
  world.netsUnion.bills.set(DATE, LINES);
  world.netsUnion.breaksAfter = 5_001;
  await world.get(CollectBills).run();
  expect(await bills()).toEqual(['ABANDONED 0 0.00 0.00']);
  expect(await lineCount()).toBe(0n);

  world.netsUnion.breaksAfter = Infinity;
  await world.get(CollectBills).run();

  expect((await bills())[0]).toBe('ACCEPTED 5003 5002.00 1.00');
});

test('a bill is uploaded once; a second one of its house and date, or one that does not add up, is refused', async () => {
  const file = (total: string): Buffer =>
    Buffer.from(
      [`clearingHouse,UNIONPAY`, `clearingDate,${DATE}`, 'lineCount,1', `payoutTotal,${total}`, 'returnTotal,0.00', 'serialNumber,amount,status,railReference,executedAt', 'A1,12.00,SUCCEEDED,U1,2026-11-20T02:00:00Z'].join('\n'),
    );
  const upload = (content: Buffer): Promise<unknown> => database.transaction((tx) => world.get(UploadBill).execute(tx, { fileName: 'bill.csv', content }, CLERK));

  await expect(upload(file('13.00'))).rejects.toMatchObject({ code: 'PAYOUT_BILL_UNREADABLE', violations: [{ field: 'content.payoutTotal' }] });
  expect(await upload(file('12.00'))).toMatchObject({ lineCount: 1 });
  await expect(upload(Buffer.concat([file('12.00'), Buffer.from('\n')]))).rejects.toMatchObject({ code: 'PAYOUT_BILL_TAKEN' });
  expect(await lineCount()).toBe(1n);
});
