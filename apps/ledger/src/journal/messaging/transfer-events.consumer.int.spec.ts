import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { uuidv7, type Envelope, type MessageBatch } from '@jinku/messaging';
import { aLedger, type LedgerForTest } from '../journal.builder.ts';
import { anAccount, anEnvelope, aRuleBook, delivery, linkedAccounts } from '../journal-events.builder.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';
import { BookTransferLegs } from '../use-cases/book-transfer-legs.ts';
import { TransferEventsConsumer } from './transfer-events.consumer.ts';

let ledger: LedgerForTest;
let deliver: (...messages: Envelope[]) => Promise<void>;
let consumer: TransferEventsConsumer;
let [bank, reserve, own] = [{ accountId: '', code: '' }, { accountId: '', code: '' }, { accountId: '', code: '' }];
const orderId = uuidv7();

beforeEach(async () => {
  ledger = await aLedger();
  consumer = new TransferEventsConsumer(new BookTransferLegs(new BookedEventRepository(), linkedAccounts(), await aRuleBook(ledger), ledger.postEntries));
  deliver = delivery(ledger, consumer as { handle(batch: MessageBatch): Promise<void> });
  bank = await anAccount(ledger, { number: 2, accountClass: 'CLIENT_FUND' });
  reserve = await anAccount(ledger, { number: 1, accountClass: 'CENTRAL_RESERVE' });
  own = await anAccount(ledger, { number: 3, accountClass: 'OWN_FUND', owner: 'OWN' });
});
afterEach(() => ledger.test.drop());

const leg = (fields: Partial<LegSettledV1>): Envelope => anEnvelope(legSettledV1, { ...legSettledV1.example, orderId, movementId: uuidv7(), amount: '5.00', ...fields });
const balances = (...codes: string[]): Promise<bigint[]> => Promise.all(codes.map((code) => ledger.balance(code)));

test('a sweep is in transit after it left and on the reserve after it arrived, and the books are whole', async () => {
  await deliver(leg({ accountId: bank.accountId }));
  expect(await balances(bank.code, '1101.CLIENT', '1101', reserve.code)).toEqual([-500n, 500n, 500n, 0n]);

  await deliver(leg({ effect: 'ARRIVED', accountId: reserve.accountId }));

  expect(await balances(bank.code, '1101', reserve.code)).toEqual([-500n, 0n, 500n]);
  expect(await ledger.controls()).toEqual([]);
});

test('a message delivered again, and the same movement told by another message, are booked once', async () => {
  const sent = leg({ accountId: bank.accountId });
  const toldAgain = anEnvelope(legSettledV1, sent.data as LegSettledV1);

  await deliver(sent, toldAgain);
  await deliver(sent);
  await deliver(toldAgain, toldAgain);

  expect(await balances(bank.code, '1101')).toEqual([-500n, 500n]);
});

test('an arrival that is told before its leaving comes to the same books', async () => {
  await deliver(leg({ effect: 'ARRIVED', accountId: reserve.accountId }));
  expect(await balances('1101', reserve.code)).toEqual([-500n, 500n]);

  await deliver(leg({ accountId: bank.accountId }));

  expect(await balances(bank.code, '1101', reserve.code)).toEqual([-500n, 0n, 500n]);
});

test('two deliveries of one movement at once book it once', async () => {
  const sent = leg({ accountId: bank.accountId });

  await Promise.all([deliver(sent), deliver(anEnvelope(legSettledV1, sent.data as LegSettledV1))]);

  expect(await balances('1101')).toEqual([500n]);
});

test('a movement on an account that is not linked yet is undone as a whole, and booked when it is delivered after the link', async () => {
  const accountId = '01993c1e-0000-7000-8000-000000000004';
  const [known, early] = [leg({ accountId: bank.accountId }), leg({ accountId, amount: '7.00' })];

  await expect(deliver(known, early)).rejects.toMatchObject({ code: 'ACCOUNT_NOT_LINKED' });
  expect(await balances('1101')).toEqual([0n]);
  await deliver(known);
  const { code } = await anAccount(ledger, { number: 4, accountClass: 'CLIENT_FUND' });
  await deliver(early);

  expect(await balances(bank.code, code, '1101')).toEqual([-500n, -700n, 1_200n]);
});

test('fees paid by the house leave client money, earn own money and use quota, once', async () => {
  const paid = leg({ effect: 'PAID_BY_HOUSE', clearingHouse: 'UNIONPAY', purpose: 'FEE_INCOME_TRANSFER', accountId: own.accountId });

  await deliver(paid);
  await deliver(anEnvelope(legSettledV1, paid.data as LegSettledV1));

  expect(await balances('2001', '1202.PAYOUT.PAYABLE', own.code, '4001', '9002.CONSUMED', '9002.AVAILABLE')).toEqual([500n, -500n, 500n, -500n, 500n, -500n]);
  expect(await ledger.controls()).toEqual([]);
});

test('client money that would become own money without saying so is refused and leaves no trace', async () => {
  const wrong = leg({ effect: 'PAID_BY_HOUSE', clearingHouse: 'UNIONPAY', purpose: 'FUND_DOWN', accountId: own.accountId });

  await expect(deliver(wrong)).rejects.toMatchObject({ code: 'PURPOSE_DOES_NOT_FIT_FUNDS' });

  const { rows } = await ledger.test.admin.query('SELECT 1 FROM booked_event');
  expect(rows).toEqual([]);
});
