import { attemptsConcludedV1, payoutsDispatchedV1, payoutsReturnedV1 } from '@jinku/contracts';
import { Inbox, readEnvelope, uuidv7, type Envelope } from '@jinku/messaging';
import { Metrics } from '@jinku/service';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import { RuleScheduleRepository } from '../../posting-rule/persistence/rule-schedule.repository.ts';
import { aLedger, type LedgerForTest } from '../journal.builder.ts';
import { PayoutEventsConsumer } from './payout-events.consumer.ts';

let ledger: LedgerForTest;
let consumer: PayoutEventsConsumer;
const inbox = new Inbox();
beforeEach(async () => {
  ledger = await aLedger();
  const rules = new RuleBook(ledger.database, new RuleScheduleRepository());
  await rules.onModuleInit();
  consumer = new PayoutEventsConsumer(ledger.postEntries, rules, new Metrics('ledger'));
});
afterEach(() => ledger.test.drop());

function envelope(contract: { name: string; topic: string; schema: typeof payoutsDispatchedV1.schema | typeof attemptsConcludedV1.schema | typeof payoutsReturnedV1.schema }, data: unknown): Envelope {
  const headers = { ce_id: uuidv7(), ce_time: '2026-11-21T02:00:00Z', ce_source: '/jinku/payouts', ce_type: contract.name };
  return readEnvelope({ key: 'shard:0', value: JSON.stringify(data), headers }, contract);
}

/** As the bus does it: what the inbox has seen before is left out. */
async function deliver(messages: readonly Envelope[]): Promise<void> {
  await ledger.database.transaction(async (tx) => {
    const fresh = await inbox.firstSeen(tx, 'ledger.payout-entries', messages.map((message) => message.id));
    await consumer.handle({ tx, messages: messages.filter((message) => fresh.has(message.id)) });
  });
}

const payouts = Array.from({ length: 500 }, () => uuidv7());
const dispatchOf = (): Envelope =>
  envelope(payoutsDispatchedV1, { ...payoutsDispatchedV1.example, attempts: payouts.map((payoutId) => ({ ...payoutsDispatchedV1.example.attempts[0], payoutId, amount: '1.00' })) });
const conclusionOf = (): Envelope =>
  envelope(attemptsConcludedV1, {
    ...attemptsConcludedV1.example,
    attempts: payouts.map((payoutId, index) => ({
      ...attemptsConcludedV1.example.attempts[0], payoutId, amount: '1.00',
      ...(index < 400 ? {} : { conclusion: 'FAILED', payoutState: 'FAILED' }),
    })),
  });

test('messages delivered again are posted once', async () => {
  const messages = [dispatchOf(), conclusionOf()];

  await deliver(messages);
  await deliver(messages);

  expect(await Promise.all(['2001', '2002', '1201.PAYOUT.PAYABLE', '9001.RESERVED', '9001.CONSUMED', '9001.AVAILABLE'].map((code) => ledger.balance(code)))).toEqual([
    40_000n, 0n, -40_000n, 0n, 40_000n, -40_000n,
  ]);
  expect(await ledger.controls()).toEqual([]);
});

test('money that came back is owed by the house and to the client again, once, and the success stays booked', async () => {
  const returned = envelope(payoutsReturnedV1, { ...payoutsReturnedV1.example, returns: [{ ...payoutsReturnedV1.example.returns[0], payoutId: payouts[0], amount: '0.30', returnedTotal: '0.30' }] });
  await deliver([dispatchOf(), conclusionOf()]);

  await deliver([returned]);
  await deliver([returned]);

  expect(await Promise.all(['2001', '1201.PAYOUT.RECEIVABLE', '1201.PAYOUT.PAYABLE', '9001.CONSUMED'].map((code) => ledger.balance(code)))).toEqual([39_970n, 30n, -40_000n, 40_000n]);
  expect(await ledger.checks.controls()).toEqual([]);
});

test('thirty messages of five hundred attempts are posted in one transaction, in batches that chain', async () => {
  await deliver(Array.from({ length: 30 }, dispatchOf));

  const { rows } = await ledger.test.admin.query<{ entry_count: number }>('SELECT entry_count FROM journal_batch ORDER BY sequence');
  expect(rows.map((row) => row.entry_count)).toEqual([5_000, 5_000, 5_000, 30]);
  expect((await ledger.checks.chain({ after: 0n, limit: 100 })).broken).toBeNull();
});

test('each entry carries the version that the schedule names for its value date, and a schedule the code cannot carry out stops the start', async () => {
  await deliver([dispatchOf()]);
  const { rows } = await ledger.test.admin.query('SELECT DISTINCT rule FROM journal_entry ORDER BY rule');
  expect(rows).toEqual([{ rule: 'payout-dispatched.v1' }, { rule: 'quota-reserved.v1' }]);

  const overlapping = ledger.test.admin.query(`INSERT INTO posting_rule_schedule VALUES ('payout-failed', 2, '2027-01-01', NULL)`);
  await expect(overlapping).rejects.toMatchObject({ constraint: 'posting_rule_schedule_overlap' });
  await ledger.test.admin.query(`UPDATE posting_rule_schedule SET valid_to = '2027-01-01' WHERE kind = 'payout-failed'`);
  await ledger.test.admin.query(`INSERT INTO posting_rule_schedule VALUES ('payout-failed', 2, '2027-01-01', NULL)`);
  await expect(new RuleBook(ledger.database, new RuleScheduleRepository()).onModuleInit()).rejects.toThrow('payout-failed.v2 is scheduled and not in the code');
  await expect(ledger.database.query('DELETE FROM posting_rule_schedule')).rejects.toMatchObject({ code: '42501' });
});
