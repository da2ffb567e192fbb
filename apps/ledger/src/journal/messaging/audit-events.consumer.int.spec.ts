import { entriesRecognisedV1, type EntriesRecognisedV1 } from '@jinku/contracts';
import { uuidv7, type Envelope, type MessageBatch } from '@jinku/messaging';
import { aLedger, type LedgerForTest } from '../journal.builder.ts';
import { anAccount, anEnvelope, aRuleBook, delivery, linkedAccounts } from '../journal-events.builder.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';
import { BookRecognisedEntries } from '../use-cases/book-recognised-entries.ts';
import { AuditEventsConsumer } from './audit-events.consumer.ts';

let ledger: LedgerForTest;
let deliver: (...messages: Envelope[]) => Promise<void>;
let client = { accountId: '', code: '' };
const [example] = entriesRecognisedV1.example.entries;

beforeEach(async () => {
  ledger = await aLedger();
  const consumer = new AuditEventsConsumer(new BookRecognisedEntries(new BookedEventRepository(), linkedAccounts(), await aRuleBook(ledger), ledger.postEntries));
  deliver = delivery(ledger, consumer as { handle(batch: MessageBatch): Promise<void> });
  client = await anAccount(ledger, { number: 2, accountClass: 'CLIENT_FUND' });
});
afterEach(() => ledger.test.drop());

type Entry = EntriesRecognisedV1['entries'][number];
const told = (accountId: string, ...entries: Entry[]): Envelope => anEnvelope(entriesRecognisedV1, { ...entriesRecognisedV1.example, accountId, entries });
const entry = (fields: Partial<Entry>): Entry => ({ ...example!, entryId: uuidv7(), ...fields });
const balances = (...codes: string[]): Promise<bigint[]> => Promise.all(codes.map((code) => ledger.balance(code)));

test('a statement that is recognised anew books only what is new in it', async () => {
  const [charge, interest, credit] = [entry({ kind: 'CHARGE', amount: '-1.00' }), entry({ kind: 'INTEREST', amount: '3.00' }), entry({ kind: 'UNKNOWN_CREDIT', amount: '9.00' })];

  await deliver(told(client.accountId, charge, interest));
  await deliver(told(client.accountId, charge, interest, credit), told(client.accountId, credit));

  expect(await balances(client.code, '1301', '5001', '2301', '2201', '1302', '4002', '2101.CLIENT', '2101')).toEqual([1_100n, 100n, 100n, -100n, -300n, 300n, -300n, -900n, -900n]);
  expect(await ledger.controls()).toEqual([]);
});

test('a batch of nothing new posts nothing', async () => {
  const charge = told(client.accountId, entry({ amount: '-1.00' }));

  await deliver(charge);
  await deliver(anEnvelope(entriesRecognisedV1, charge.data as EntriesRecognisedV1));

  const { rows } = await ledger.test.admin.query('SELECT 1 FROM journal_batch');
  expect(rows).toHaveLength(1);
});

test('entries of an account that is not linked yet are not lost', async () => {
  const early = told('01993c1e-0000-7000-8000-000000000009', entry({ amount: '-1.00' }));
  await expect(deliver(early)).rejects.toMatchObject({ code: 'ACCOUNT_NOT_LINKED' });

  const own = await anAccount(ledger, { number: 9, accountClass: 'OWN_FUND', owner: 'OWN' });
  await deliver(early);

  expect(await balances(own.code, '5001')).toEqual([-100n, 100n]);
});
