import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { createMessageLog, envelopeHeaders, MessageBatchStrategy, ParkedMessages, uuidv7, type LogRecord, type MessageBatch, type MessageLog } from '@jinku/messaging';
import { eventually } from '@jinku/testing';
import { aLedgerWithBus, type LedgerForTest } from '../journal.builder.ts';
import { anAccount, aRuleBook, linkedAccounts } from '../journal-events.builder.ts';
import { BookedEventRepository } from '../persistence/booked-event.repository.ts';
import { BookTransferLegs } from '../use-cases/book-transfer-legs.ts';

const CONSUMER = 'ledger.transfer-entries';
const NOT_LINKED = '01993c1e-0000-7000-8000-000000000004';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let ledger: LedgerForTest;
let log: MessageLog;
let strategy: MessageBatchStrategy;

beforeEach(async () => {
  ledger = await aLedgerWithBus();
  const { database } = ledger;
  const book = new BookTransferLegs(new BookedEventRepository(), linkedAccounts(), await aRuleBook(ledger), ledger.postEntries);
  log = await createMessageLog({ profile: 'embedded', database, kafkaBrokers: [], clientId: 'spec', log: silent });
  strategy = new MessageBatchStrategy({ service: 'ledger', database, messageLog: log, log: silent, retry: { firstPauseMs: 5 } });
  const handle = ({ tx, messages }: MessageBatch): Promise<void> => book.execute(tx, messages.map(({ data }) => data as LegSettledV1));
  strategy.addHandler(legSettledV1.topic, handle, true, { jinku: { consumer: CONSUMER, contracts: [legSettledV1] } });
  await new Promise<void>((resolve, reject) => void strategy.listen((error) => (error === undefined ? resolve() : reject(error as Error))));
}, 30_000);
afterEach(async () => {
  await strategy.close();
  await log.close();
  await ledger.test.drop();
}, 30_000);

function record(fields: Partial<LegSettledV1>): LogRecord {
  const data = { ...legSettledV1.example, movementId: uuidv7(), amount: '5.00', ...fields };
  const headers = envelopeHeaders({ id: uuidv7(), type: legSettledV1.name, source: '/jinku/transfers', time: new Date('2026-11-21T02:00:00Z'), subject: data.orderId, context: {} });
  return { topic: legSettledV1.topic, key: legSettledV1.key(data), value: JSON.stringify(data), headers };
}

test('a movement on an account without a link is parked with those of its order behind it, all others are booked, and a replay after the link books it', async () => {
  const [bank, reserve] = [await anAccount(ledger, { number: 2, accountClass: 'CLIENT_FUND' }), await anAccount(ledger, { number: 1 })];
  const orderId = uuidv7();

  await log.append([record({ orderId, accountId: NOT_LINKED }), record({ orderId, effect: 'ARRIVED', accountId: reserve.accountId }), record({ orderId: uuidv7(), accountId: bank.accountId, amount: '7.00' })]);

  await eventually(async () => expect(await ledger.balance('1101.CLIENT')).toBe(700n), { withinMs: 10_000 });
  const parked = new ParkedMessages(ledger.database);
  await eventually(async () => expect((await parked.list({ limit: 10 })).map(({ state }) => state)).toEqual(['PARKED', 'BEHIND']), { withinMs: 10_000 });
  const [head] = await parked.list({ limit: 1 });
  expect(head).toMatchObject({ consumer: CONSUMER, key: orderId, failure: expect.stringContaining('has no internal account yet') });

  const { code } = await anAccount(ledger, { number: 4, accountClass: 'CLIENT_FUND' });
  await parked.replay({ id: head!.id, by: 'alice', reason: 'the link is confirmed' });

  await eventually(async () => expect([await ledger.balance(code), await ledger.balance(reserve.code), await ledger.balance('1101.CLIENT')]).toEqual([-500n, 500n, 700n]), { withinMs: 10_000 });
}, 60_000);
