import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accountDescribedV1, type AccountDescribedV1 } from '@jinku/contracts';
import type { MessageBatch } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { auditMigrations } from '../../migrations/index.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { AccountDescribedConsumer } from './account-described.consumer.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
const accounts = new AccountRepository();
const consumer = new AccountDescribedConsumer(accounts);

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
});
afterAll(() => testing.drop());

function tell(...described: readonly Partial<AccountDescribedV1>[]): Promise<void> {
  const messages = described.map((given) => ({ data: { ...accountDescribedV1.example, ...given } }));
  return database.transaction((tx) => consumer.handle({ tx, messages } as unknown as MessageBatch<AccountDescribedV1>));
}

test('the highest version counts, in whatever order the versions arrive', async () => {
  await tell({ version: 2, state: 'ACTIVE' }, { version: 4, state: 'FROZEN' }, { version: 3, state: 'CLOSING' });
  await tell({ version: 1, state: 'PENDING_OPEN' });

  expect(await accounts.list(database)).toEqual([expect.objectContaining({ id: accountDescribedV1.example.accountId, version: 4, state: 'FROZEN' })]);
});

test('a number that two banks gave is found only with its bank', async () => {
  const other = '01993c1e-0000-7000-8000-0000000000c9';
  await tell({ version: 5 }, { accountId: other, version: 1, connectorType: 'BANK_BETA' });
  const { accountNumber } = accountDescribedV1.example;

  expect(await accounts.findByNumber(database, { accountNumber, connectorType: null })).toBeNull();
  expect((await accounts.findByNumber(database, { accountNumber, connectorType: 'BANK_BETA' }))?.id).toBe(other);
});
