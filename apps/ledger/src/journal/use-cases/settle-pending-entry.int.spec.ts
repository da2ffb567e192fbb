import { aLedger, anEntry, type LedgerForTest } from '../journal.builder.ts';

let ledger: LedgerForTest;
beforeEach(async () => {
  ledger = await aLedger();
  await ledger.post(anEntry({ from: '1101.OWN', to: '3001', amount: 100n }));
  await ledger.test.admin.query('UPDATE internal_account SET balance_min = 0 WHERE code = \'1101.OWN\'');
});
afterEach(() => ledger.test.drop());

const EXPIRY = new Date('2026-11-21T03:00:00Z');
const taking = (amount: bigint) => anEntry({ from: '3001', to: '1101.OWN', amount });
const hold = (entry: ReturnType<typeof taking>): Promise<void> => ledger.database.transaction((tx) => ledger.settle.hold(tx, entry, { expiresAt: EXPIRY, heldBy: null }));
const post = (id: string): Promise<unknown> => ledger.database.transaction((tx) => ledger.settle.post(tx, id));
const giveUp = (id: string): Promise<void> => ledger.database.transaction((tx) => ledger.settle.void(tx, id));

test('what is held cannot be spent by another entry, and is not in the balance yet', async () => {
  await hold(taking(80n));

  await expect(ledger.post(taking(30n))).rejects.toMatchObject({ code: 'ACCOUNT_OVERDRAWN' });
  await expect(hold(taking(30n))).rejects.toMatchObject({ code: 'ACCOUNT_OVERDRAWN' });
  expect(await ledger.balance('1101.OWN')).toBe(100n);
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

  expect(await ledger.balance('1101.OWN')).toBe(0n);
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

test('a post and the sweep at once: one of them wins, and the hold is given back once', async () => {
  const entry = taking(80n);
  await hold(entry);

  const posting = post(entry.id).then(() => 'POSTED', () => 'REFUSED');
  ledger.clock.stepTo(EXPIRY);
  const [posted] = await Promise.all([posting, ledger.database.transaction((tx) => ledger.settle.expire(tx))]);
  await ledger.database.transaction((tx) => ledger.settle.expire(tx));

  expect(await ledger.balance('1101.OWN')).toBe(posted === 'POSTED' ? 20n : 100n);
  const { rows } = await ledger.test.admin.query('SELECT 1 FROM account_balance WHERE pending_debit > 0 OR pending_credit > 0');
  expect(rows).toEqual([]);
});

test('one that would expire at once is refused', async () => {
  ledger.clock.stepTo(EXPIRY);

  await expect(hold(taking(1n))).rejects.toMatchObject({ code: 'PENDING_ENTRY_EXPIRES_AT_ONCE' });
});
