import { accountClosingClearedV1, accountOpenedV1, accountRenamedV1, accountStateChangedV1, type AccountStateChangedV1 } from '@jinku/contracts';
import type { MessageBatch } from '@jinku/messaging';
import { aLedger, anEntry, type LedgerForTest } from '../../journal/journal.builder.ts';
import { AccountEventsConsumer } from '../messaging/account-events.consumer.ts';

let ledger: LedgerForTest;
beforeEach(async () => {
  ledger = await aLedger();
});
afterEach(() => ledger.test.drop());

const opened = accountOpenedV1.example;
const CODE = '1001.0000000000c1';
const open = (): Promise<void> => ledger.database.transaction((tx) => ledger.follow.open(tx, opened));
const change = (from: AccountStateChangedV1['from'], to: AccountStateChangedV1['to']): Promise<void> =>
  ledger.database.transaction((tx) => ledger.follow.changeState(tx, { accountId: opened.accountId, from, to, changedAt: opened.openedAt, linkVersion: 2 }));
const close = (): Promise<void> =>
  ledger.database.transaction((tx) =>
    ledger.follow.close(tx, { accountId: opened.accountId, closingId: opened.accountId, clearedAt: opened.openedAt, linkVersion: 3 }),
  );
const answers = async () =>
  (await ledger.test.admin.query<{ body: string }>('SELECT body FROM outbox_message ORDER BY sequence')).rows.map((row) => JSON.parse(row.body) as object);

test('an opening told twice opens one internal account under the parent of its class, and is confirmed twice', async () => {
  await open();
  await open();

  expect(await ledger.accounts.findByCode(ledger.database, CODE)).toMatchObject({ registeredAccountId: opened.accountId, state: 'OPEN', unit: 'CNY' });
  expect(await answers()).toMatchObject([{ link: 'CONFIRMED', internalAccountCode: CODE }, { link: 'CONFIRMED' }]);
});

test('a frozen account takes no posting until it is opened again', async () => {
  await open();
  await change('ACTIVE', 'FROZEN');
  await expect(ledger.post(anEntry({ from: CODE, to: '3001' }))).rejects.toMatchObject({ code: 'ACCOUNT_FROZEN' });

  await change('FROZEN', 'ACTIVE');

  await ledger.post(anEntry({ from: CODE, to: '3001' }));
  expect(await ledger.balance('1001')).toBe(100n);
});

test('an account with money is not closed, an empty one is', async () => {
  await open();
  await ledger.post(anEntry({ from: CODE, to: '3001' }));
  await close();
  await ledger.post(anEntry({ from: '3001', to: CODE }));
  await close();
  await close();

  expect(await answers()).toMatchObject([
    { link: 'CONFIRMED', linkVersion: 1 },
    { link: 'REFUSED', reason: 'BALANCE_NOT_ZERO', linkVersion: 3 },
    { link: 'CLOSED', linkVersion: 3 },
    { link: 'CLOSED' },
  ]);
  await expect(ledger.post(anEntry({ from: CODE, to: '3001' }))).rejects.toMatchObject({ code: 'ACCOUNT_CLOSED' });
});

test('a closing account takes postings again, so that the residual can leave a frozen one', async () => {
  await open();
  await change('ACTIVE', 'FROZEN');
  await change('FROZEN', 'CLOSING');

  await ledger.post(anEntry({ from: CODE, to: '3001' }));
  expect(await ledger.balance('1001')).toBe(100n);
});

test('a renamed account has its new name in the chart, until it is closed', async () => {
  const rename = (name: string): Promise<void> =>
    ledger.database.transaction((tx) => ledger.follow.rename(tx, { accountId: opened.accountId, name, renamedAt: opened.openedAt, linkVersion: 2 }));
  await open();
  await rename('存管账户');
  expect(await ledger.accounts.findByCode(ledger.database, CODE)).toMatchObject({ name: '存管账户' });

  await close();
  await rename('别的账户');

  expect(await ledger.accounts.findByCode(ledger.database, CODE)).toMatchObject({ name: '存管账户' });
  expect(await answers()).toMatchObject([{ linkVersion: 1 }, { link: 'CONFIRMED', linkVersion: 2 }, { link: 'CLOSED' }, { link: 'CLOSED', linkVersion: 2 }]);
});

test('questions about an account that the ledger does not know are refused', async () => {
  await change('ACTIVE', 'FROZEN');
  await close();

  expect(await answers()).toMatchObject([
    { link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT', linkVersion: 2 },
    { link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT', linkVersion: 3 },
  ]);
});

test('a change of state that asks nothing is not answered', async () => {
  const told = { accountId: opened.accountId, from: 'PENDING_OPEN', to: 'ACTIVE', changedAt: opened.openedAt } as const;

  await ledger.database.transaction((tx) => ledger.follow.changeState(tx, told));

  expect(await answers()).toEqual([]);
});

test('every message of the register finds its answer, in the order in which it was told', async () => {
  const messages = [accountOpenedV1, accountRenamedV1, accountStateChangedV1, accountClosingClearedV1].map(({ name, example }) => ({ type: name, data: example }));
  const consumer = new AccountEventsConsumer(ledger.follow);

  await ledger.database.transaction((tx) => consumer.handle({ tx, messages } as unknown as MessageBatch));

  expect(await answers()).toMatchObject([
    { link: 'CONFIRMED', linkVersion: 1 },
    { link: 'CONFIRMED', linkVersion: 2 },
    { link: 'CONFIRMED', linkVersion: 2 },
    { link: 'CLOSED', linkVersion: 3 },
  ]);
  expect(await ledger.accounts.findByCode(ledger.database, CODE)).toMatchObject({ name: accountRenamedV1.example.name, state: 'CLOSED' });
});
