import { aLedger, anEntry, type LedgerForTest } from '../journal.builder.ts';

let ledger: LedgerForTest;
beforeEach(async () => {
  ledger = await aLedger();
  await ledger.post(anEntry({ from: '1101', to: '3001', amount: 100n }));
  await ledger.test.admin.query('UPDATE internal_account SET balance_min = 0 WHERE code = \'1101\'');
});
afterEach(() => ledger.test.drop());

const EXPIRY = new Date('2026-11-21T03:00:00Z');
const taking = (amount: bigint) => anEntry({ from: '3001', to: '1101', amount });
const hold = (entry: ReturnType<typeof taking>): Promise<void> => ledger.database.transaction((tx) => ledger.settle.hold(tx, entry, EXPIRY));
const post = (id: string): Promise<void> => ledger.database.transaction((tx) => ledger.settle.post(tx, id));
const giveUp = (id: string): Promise<void> => ledger.database.transaction((tx) => ledger.settle.void(tx, id));

test('what is held cannot be spent by another entry, and is not in the balance yet', async () => {
  await hold(taking(80n));

  await expect(ledger.post(taking(30n))).rejects.toMatchObject({ code: 'ACCOUNT_OVERDRAWN' });
  await expect(hold(taking(30n))).rejects.toMatchObject({ code: 'ACCOUNT_OVERDRAWN' });
  expect(await ledger.balance('1101')).toBe(100n);
});

test('a posted one moves the balance and gives its hold back, once', async () => {
  const entry = taking(80n);
  await hold(entry);

  const settled = await Promise.allSettled([post(entry.id), post(entry.id), giveUp(entry.id)]);

  expect(settled.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  await expect(post(entry.id)).rejects.toMatchObject({ code: 'PENDING_ENTRY_SETTLED' });
});

test('a voided one leaves no trace in balances', async () => {
  const entry = taking(80n);
  await hold(entry);
  await giveUp(entry.id);

  await ledger.post(taking(100n));

  expect(await ledger.balance('1101')).toBe(0n);
});

test('one whose time has passed is not posted, and the sweep gives its hold back', async () => {
  const entry = taking(80n);
  await hold(entry);
  ledger.clock.stepTo(EXPIRY);

  await expect(post(entry.id)).rejects.toMatchObject({ code: 'PENDING_ENTRY_SETTLED' });
  expect(await ledger.database.transaction((tx) => ledger.settle.expire(tx))).toBe(1);
  expect(await ledger.database.transaction((tx) => ledger.settle.expire(tx))).toBe(0);
  await ledger.post(taking(100n));
  await expect(giveUp(entry.id)).rejects.toMatchObject({ code: 'PENDING_ENTRY_SETTLED' });
});
