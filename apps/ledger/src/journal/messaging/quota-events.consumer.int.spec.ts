import { receiptsCountedV1, sessionAdvancedV1, type ReceiptsCountedV1, type SessionAdvancedV1 } from '@jinku/contracts';
import { uuidv7, type Envelope } from '@jinku/messaging';
import { aLedger, type LedgerForTest } from '../journal.builder.ts';
import { anAccount, anEnvelope, aRuleBook, delivery, linkedAccounts } from '../journal-events.builder.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';
import { BookClearing } from '../use-cases/book-clearing.ts';
import { QuotaEventsConsumer } from './quota-events.consumer.ts';

let ledger: LedgerForTest;
let deliver: (...messages: Envelope[]) => Promise<void>;

beforeEach(async () => {
  ledger = await aLedger();
  const rules = await aRuleBook(ledger);
  deliver = delivery(ledger, new QuotaEventsConsumer(ledger.postEntries, new BookClearing(new BookedEventRepository(), linkedAccounts(), rules), rules));
});
afterEach(() => ledger.test.drop());

const total = (previousTotal: string, reached: string, fields: Partial<ReceiptsCountedV1> = {}): Envelope =>
  anEnvelope(receiptsCountedV1, { ...receiptsCountedV1.example, receiptId: uuidv7(), previousTotal, total: reached, ...fields });
const session = (state: SessionAdvancedV1['state'], fields: Partial<SessionAdvancedV1> = {}): Envelope =>
  anEnvelope(sessionAdvancedV1, { ...sessionAdvancedV1.example, payouts: '7.00', returns: '1.00', receipts: '9.00', net: '3.00', state, ...(state === 'SETTLED' ? { settledTo: 'CENTRAL_RESERVE' as const } : {}), ...fields });
const balances = (...codes: string[]): Promise<bigint[]> => Promise.all(codes.map((code) => ledger.balance(code)));

test('totals that come twice, late or in another order book what the highest of them says', async () => {
  const [first, second, third] = [total('0.00', '1.00'), total('1.00', '4.00'), total('4.00', '9.00')];

  await deliver(third);
  await deliver(first, second);
  await deliver(second, third);
  await deliver(anEnvelope(receiptsCountedV1, second.data as ReceiptsCountedV1));

  expect(await balances('1201.COLLECTION.RECEIVABLE', '2001')).toEqual([900n, -900n]);
});

test('a total whose predecessor never came books for both', async () => {
  await deliver(total('0.00', '1.00'));
  await deliver(total('4.00', '9.00'));

  expect(await balances('1201.COLLECTION.RECEIVABLE')).toEqual([900n]);
});

test('totals of several channels, houses and dates are kept apart, and a total of nothing books nothing', async () => {
  await deliver(
    total('0.00', '1.00'),
    total('0.00', '2.00', { channel: 'QR_PAYMENT' }),
    total('0.00', '4.00', { clearingHouse: 'UNIONPAY' }),
    total('0.00', '8.00', { clearingDate: '2026-11-22' }),
    total('0.00', '0.00', { clearingDate: '2026-11-23' }),
  );

  expect(await balances('1201.COLLECTION.RECEIVABLE', '1202.COLLECTION.RECEIVABLE', '2001')).toEqual([1_100n, 400n, -1_500n]);
});

test('a raise that two deliver at once is booked once', async () => {
  await Promise.all([deliver(total('0.00', '9.00')), deliver(total('0.00', '9.00')), deliver(total('0.00', '5.00'))]);

  expect(await balances('1201.COLLECTION.RECEIVABLE')).toEqual([900n]);
});

test('a confirmed session goes into the net, gross, and its settlement moves the reserve, each once', async () => {
  const reserve = await anAccount(ledger, { number: 1 });
  const [confirmed, settled] = [session('CONFIRMED'), session('SETTLED')];

  await deliver(session('CLOSED'), session('RESULT_RECEIVED'), confirmed);
  expect(await balances('1201.PAYOUT.PAYABLE', '1201.PAYOUT.RECEIVABLE', '1201.COLLECTION.RECEIVABLE', '1201.CLEARED_NET', '1201')).toEqual([700n, -100n, -900n, 300n, 0n]);

  await deliver(settled, confirmed);
  await deliver(session('SETTLED'), session('CONFIRMED'));

  expect(await balances('1201.CLEARED_NET', reserve.code, '9001.AVAILABLE')).toEqual([0n, 300n, 700n]);
  expect(await ledger.controls()).toEqual([]);
});

test('a settlement that is told before the confirmation comes to the same books, and a net that we owe takes from the reserve', async () => {
  const reserve = await anAccount(ledger, { number: 1 });
  const owed = { receipts: '2.00', net: '-4.00' };

  await deliver(session('SETTLED', owed));
  await deliver(session('CONFIRMED', owed));

  expect(await balances('1201.CLEARED_NET', reserve.code, '1201.COLLECTION.RECEIVABLE')).toEqual([0n, -400n, -200n]);
});

test('a settlement waits for the account that it goes to: without one, or with several, it is undone and booked when it comes again', async () => {
  const settled = session('SETTLED', { settledTo: 'VIRTUAL' });
  await expect(deliver(settled)).rejects.toMatchObject({ code: 'SETTLEMENT_TARGET_UNCLEAR' });
  const [virtual, other] = [await anAccount(ledger, { number: 6, accountClass: 'VIRTUAL' }), await anAccount(ledger, { number: 7, accountClass: 'VIRTUAL' })];
  await expect(deliver(settled)).rejects.toMatchObject({ code: 'SETTLEMENT_TARGET_UNCLEAR' });

  await ledger.database.transaction((tx) => ledger.follow.close(tx, { accountId: other.accountId, closingId: uuidv7(), clearedAt: '2026-11-21T02:00:00Z', linkVersion: 2 }));
  await deliver(settled);

  expect(await balances(virtual.code)).toEqual([300n]);
});

test('an entry is dated on the day the session went on, in business time, and names the session', async () => {
  await deliver(session('CONFIRMED', { advancedAt: '2026-11-20T16:30:00.000Z' }));

  const { rows } = await ledger.test.admin.query<{ value_date: string; reference: string; description: string }>('SELECT DISTINCT value_date::text, reference, description FROM journal_entry');
  expect(rows).toEqual([{ value_date: '2026-11-21', reference: sessionAdvancedV1.example.sessionId, description: 'NETSUNION 2026-11-20' }]);
});
