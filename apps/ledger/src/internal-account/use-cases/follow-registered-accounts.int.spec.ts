import { accountOpenedV1, type AccountStateChangedV1 } from '@jinku/contracts';
import { aLedger, anEntry, type LedgerForTest } from '../../journal/journal.builder.ts';

let ledger: LedgerForTest;
beforeEach(async () => {
  ledger = await aLedger();
});
afterEach(() => ledger.test.drop());

const opened = accountOpenedV1.example;
const CODE = '1001.0000000000c1';
const open = (): Promise<void> => ledger.database.transaction((tx) => ledger.follow.open(tx, opened));
const change = (from: AccountStateChangedV1['from'], to: AccountStateChangedV1['to']): Promise<void> =>
  ledger.database.transaction((tx) => ledger.follow.changeState(tx, { accountId: opened.accountId, from, to, changedAt: opened.openedAt }));
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
  await change('CLOSING', 'CLOSED');
  await ledger.post(anEntry({ from: '3001', to: CODE }));
  await change('CLOSING', 'CLOSED');

  expect(await answers()).toMatchObject([{ link: 'CONFIRMED' }, { link: 'REFUSED', reason: 'BALANCE_NOT_ZERO' }, { link: 'CLOSED' }]);
  await expect(ledger.post(anEntry({ from: CODE, to: '3001' }))).rejects.toMatchObject({ code: 'ACCOUNT_CLOSED' });
});

test('a change of an account that the ledger does not know is refused', async () => {
  await change('ACTIVE', 'FROZEN');

  expect(await answers()).toMatchObject([{ link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT' }]);
});
