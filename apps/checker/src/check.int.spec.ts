import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { emptyTestDatabase, TEST_ADMIN, type TestDatabase } from '@jinku/testing';
import { closeBooks, inSnapshot, openBooks, type Books } from './books.ts';
import { check, examineAll, verdictLines } from './check.ts';
import { fillCleanBooks } from './clean-books.builder.ts';
import { selfTest } from './self-test.ts';

const SIZE = { payouts: 40, perBatch: 8 };
/** Of ten payouts: the first has two attempts, the second none, the third one that was paid, the tenth one that failed. A part of the third came back, none of the fourth. */
const [TWICE, UNSENT, PAID, KEPT, FAILED] = [1, 2, 3, 4, 10].map((n) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`) as [string, string, string, string, string];

let databases: { ours: TestDatabase; rails: TestDatabase };
let books: Books;

beforeAll(async () => {
  databases = { ours: await emptyTestDatabase(), rails: await emptyTestDatabase() };
  await fillCleanBooks({ ours: databases.ours.admin, rails: databases.rails.admin }, SIZE);
  books = await openBooks(environmentOf(databases));
});

afterAll(async () => {
  await closeBooks(books);
  for (const database of Object.values(databases)) await database.drop();
});

function environmentOf({ ours, rails }: typeof databases): NodeJS.ProcessEnv {
  const url = ({ address: { host, port, database } }: TestDatabase): string => `postgres://${host}:${port}/${database}`;
  return { JINKU_DATABASE_URL: url(ours), JINKU_RAILS_DATABASE_URL: url(rails), JINKU_DATABASE_SECRET: ours.address.secret, JINKU_DATABASE_ADMIN: TEST_ADMIN };
}

/** What the checker says of the books after some damage, which is undone again: invariant and kind of offence, each once. */
async function saidAfter(damage: { ours?: string; rails?: string }): Promise<string[]> {
  return await inSnapshot(books, 'READ WRITE', async () => {
    // Damage comes behind the back of triggers and foreign keys.
    for (const client of [books.ours, books.rails]) await client.query("SET LOCAL session_replication_role = 'replica'");
    if (damage.ours !== undefined) await books.ours.query(damage.ours);
    if (damage.rails !== undefined) await books.rails.query(damage.rails);
    // The damage is seen in its own transaction only, so the second look at the rail's books is taken there too.
    const said = new Set<string>();
    for await (const { id, offenders } of examineAll({ ...books, railsNow: books.rails }, { isQuiescent: true })) {
      for (const line of offenders.shown) said.add(`${id} ${line.split(': ')[0] ?? ''}`);
    }
    return [...said];
  });
}

test('clean books are clean, and every verdict says how much it looked at', async () => {
  const lines: string[] = [];
  const verdict = await check(books, { isQuiescent: true }, (line) => lines.push(line));

  expect(lines).toEqual([
    'N1 ok: 40 acknowledgements, 40 payouts, 40 attempts, 2 held (each acknowledged request exists once, with one fate)',
    'N2 ok: 87 entries, 177 lines (each journal entry sums to zero and never mixes units)',
    'N3 ok: 10 balances, 177 lines, 10 points (each balance equals its journal)',
    "N4 ok: 33 executed payouts, 33 successes of ours, 41 attempts (the rails' executed payouts and our successes match one to one, to the fen)",
    'N5 ok: 5 published, 5 handled (each outbox row took effect once)',
    'N6 ok: 1 grants, 11 movements (reserved and successful payouts never exceed the quota granted, nor the grants what is mapped)',
    'N8 ok: 87 entries of money, 3 places, 2 closings of days (client money is never negative, at any place or in all, and never mixed with our own)',
    'N9 ok: 11 journal batches, 5 rail message batches, 3 audit entries (hash chains verify)',
    'N10 ok: 3 orders, 4 movements, 1 amounts in transit (in transit is zero at day end or explained by name, and the ledger booked each movement of transfers once, to the fen)',
    '   explained: in transit by order 00000000-0000-7000-8000-00000000f002: amount=300 since=2026-11-21 legs: 1 IN_TRANSIT',
    'BOOKED ok: 40 attempts, 1 returns, 81 entries (the ledger booked each dispatch, success, failure and return of payouts once, to the fen)',
  ]);
  expect(verdict).toEqual({ violations: 0, notRun: [] });
});

test('a check over nothing says so', async () => {
  const lines: string[] = [];
  await inSnapshot(books, 'READ WRITE', async () => {
    await books.ours.query("SET LOCAL session_replication_role = 'replica'");
    await books.ours.query('DELETE FROM payouts.quota_grant; DELETE FROM payouts.grant_movement');
    for await (const examined of examineAll(books, { isQuiescent: false })) lines.push(...verdictLines(examined));
  });

  expect(lines.find((line) => line.startsWith('N6'))).toMatch(/^N6 nothing to check: 0 grants, 0 movements /);
});

test.each<[string, { ours?: string; rails?: string }, string[]]>([
  ['a promise that was not kept', { rails: `INSERT INTO settlement.acknowledged_request (request_id, how, acknowledged_at) VALUES ('LOST', 'MESSAGE', '2026-11-21')` }, ['N1 an acknowledged request that is lost']],
  ['a promise of another payout', { rails: `UPDATE settlement.acknowledged_request SET payout_id = '${UNSENT}' WHERE request_id = 'REQUEST-4'` }, ['N1 an acknowledged request that is lost']],
  ['a request whose payout is gone', { ours: `INSERT INTO payouts.payout_request SELECT client_id, 'GONE', gen_random_uuid(), request_hash FROM payouts.payout_request LIMIT 1` }, ['N1 a request without its payout']],
  ['two requests for one payout', { ours: `INSERT INTO payouts.payout_request SELECT client_id, 'AGAIN', payout_id, request_hash FROM payouts.payout_request LIMIT 1` }, ['N1 a payout without exactly one request']],
  ['a success that was edited away', { ours: `UPDATE payouts.payout SET state = 'FAILED' WHERE payout_id = '${KEPT}'` }, ['N1 a payout whose state and attempts disagree']],
  ['an amount that was edited', { ours: `UPDATE payouts.payout SET amount_minor = amount_minor + 1 WHERE payout_id = '${PAID}'` }, ['N1 an attempt of another amount than its payout, or of none']],
  [
    'a concluded attempt that is still open',
    { ours: `INSERT INTO payouts.open_attempt (payout_id, attempt_number, serial_number, shard, route, merchant_id, business_line, amount_minor, grant_id, valid_until) SELECT payout_id, 1, serial_number, 0, 'NETSUNION', 'M1', 'SETTLEMENT', 1, grant_id, valid_until FROM payouts.attempt WHERE payout_id = '${PAID}'` },
    ['N1 an attempt that is open in one table only'],
  ],
  ['a paid payout that is in the queue again', { ours: `INSERT INTO payouts.queue_entry (payout_id, shard, dispatch_order, amount_minor, business_line, bank_code) VALUES ('${PAID}', 0, 1, 1, '', '')` }, ['N1 a payout whose place in the queue does not fit its state']],
  [
    'a payout that is still waiting',
    { ours: `UPDATE payouts.payout SET state = 'QUEUED' WHERE payout_id = '${UNSENT}'; INSERT INTO payouts.queue_entry (payout_id, shard, dispatch_order, amount_minor, business_line, bank_code) VALUES ('${UNSENT}', 0, 1, 1, '', '')` },
    ['N1 a payout without a final fate'],
  ],
  [
    'a line that was edited by one fen',
    { ours: `UPDATE ledger.journal_line SET amount = amount + 1 WHERE batch_id = 1 AND entry_number = 1 AND line_number = 1` },
    ['N2 an entry that does not sum to zero', 'N3 a balance that is not the sum of its lines', 'N9 a batch of the journal whose entries were changed', 'BOOKED a payout that the ledger booked otherwise'],
  ],
  [
    'an entry that changed its unit',
    { ours: `UPDATE ledger.journal_entry SET unit = 'CNY.QUOTA' WHERE batch_id = 1 AND entry_number = 1` },
    ['N2 a line in another unit than its entry, or on a parent account', 'N9 a batch of the journal whose entries were changed'],
  ],
  [
    'a line that was slipped in beside every entry',
    { ours: `INSERT INTO ledger.journal_line (batch_id, entry_number, line_number, account_id, amount) SELECT -1, 1, 1, id, 100 FROM ledger.internal_account WHERE code = '2001'` },
    ['N2 a line without its entry', 'N3 a balance that is not the sum of its lines'],
  ],
  ['a balance that was edited with its history', { ours: 'UPDATE ledger.account_balance SET debit_total = debit_total + 1; UPDATE ledger.balance_point SET debit_total = debit_total + 1' }, ['N3 a balance that is not the sum of its lines']],
  ['a history that was edited', { ours: 'UPDATE ledger.balance_point SET credit_total = credit_total + 1' }, ['N3 a balance that is not its last point']],
  ['an execution that we do not know', { rails: `UPDATE rails.payout_instruction SET serial_number = 'SERIAL-UNKNOWN', status = 'SUCCEEDED', code = '0000' WHERE serial_number = 'SERIAL-000000010-1'` }, ['N4 executed by the rail, unknown to us']],
  ['a success that the rail has not executed', { rails: `DELETE FROM rails.payout_instruction WHERE serial_number = 'SERIAL-000000003-1'` }, ['N4 a success of ours that the rail did not execute']],
  ['an execution of one fen more', { rails: `UPDATE rails.payout_instruction SET amount_minor = amount_minor + 1 WHERE serial_number = 'SERIAL-000000003-1'` }, ['N4 executed with another amount than ours']],
  ['an execution that we hold for failed', { rails: `UPDATE rails.payout_instruction SET status = 'SUCCEEDED', code = '0000' WHERE serial_number = 'SERIAL-000000010-1'` }, ['N4 executed by the rail, not a success of ours']],
  ['both attempts of a payout executed', { rails: `UPDATE rails.payout_instruction SET status = 'SUCCEEDED', code = '0000' WHERE serial_number = 'SERIAL-000000001-1'` }, ['N4 executed by the rail, not a success of ours', 'N4 paid twice']],
  ['a message that was published twice', { ours: `INSERT INTO payouts.outbox_batch (topic, type, message_count, message_ids, partitions, record_offsets) SELECT topic, type, message_count, message_ids, partitions, record_offsets FROM payouts.outbox_batch LIMIT 1` }, ['N5 a message of payouts published twice']],
  ['a figure that was told long ago and never left', { ours: `INSERT INTO quotas.outbox_message (id, topic, type, message_key, headers, body) VALUES (uuidv7(interval '-11 seconds'), 't', 'quotas.position-observed.v1', 'k', '{}', '{}')` }, ['N5 a message of quotas that was not published']],
  ['a message that never left', { ours: `INSERT INTO quotas.outbox_message (id, topic, type, message_key, headers, body) VALUES (gen_random_uuid(), 't', 't', 'k', '{}', '{}')` }, ['N5 a message of quotas that was not published']],
  [
    'a message that waits for a person',
    { ours: `INSERT INTO ledger.parked_message (consumer, message_id, topic, partition, record_offset, message_key, type, headers, body, state, attempts) VALUES ('c', gen_random_uuid(), 't', 0, 0, 'k', 't', '{}', '{}', 'PARKED', 4)` },
    ['N5 a message parked at ledger'],
  ],
  ['a message that was not handled', { ours: `DELETE FROM ledger.inbox_message WHERE message_id = md5('message0')::uuid` }, ['N5 a message of payouts that ledger has not handled']],
  ['a reservation beyond its grant', { ours: 'ALTER TABLE payouts.grant_movement DROP CONSTRAINT grant_movement_check; UPDATE payouts.grant_movement SET granted_after = 1 WHERE sequence = 2' }, ['N6 a reservation beyond its grant']],
  ['a movement that is missing', { ours: 'DELETE FROM payouts.grant_movement WHERE sequence = 4' }, ['N6 a movement that does not follow from the one before']],
  ['a grant that moved without a movement', { ours: 'DELETE FROM payouts.grant_movement WHERE sequence = 11' }, ['N6 a grant that is not what its last movement left']],
  ['an attempt of another grant', { ours: `UPDATE payouts.attempt SET grant_id = gen_random_uuid() WHERE payout_id = '${PAID}'` }, ['N6 a grant whose totals are not those of its attempts']],
  ['a grant that is overdrawn', { ours: 'ALTER TABLE payouts.quota_grant DROP CONSTRAINT quota_grant_covers_use; UPDATE payouts.quota_grant SET granted_total = 1' }, ['N6 a grant that is overdrawn']],
  ['a house that maps less than is used', { ours: 'UPDATE quotas.quota SET mapped = 1' }, ['N6 a clearing house of which more is used than it maps']],
  ['a batch of the journal that is gone', { ours: 'DELETE FROM ledger.journal_batch WHERE sequence = 3' }, ['N9 a batch of the journal that is missing', 'N9 an entry outside every batch']],
  ['an entry that was edited', { ours: `UPDATE ledger.journal_entry SET description = 'edited' WHERE batch_id = 2 AND entry_number = 1` }, ['N9 a batch of the journal whose entries were changed']],
  ['a batch that was dated back', { ours: `UPDATE ledger.journal_batch SET booked_at = booked_at - interval '1 day' WHERE sequence = 2` }, ['N9 a batch of the journal that does not follow from the one before']],
  ['a journal whose head is ahead of it', { ours: 'UPDATE ledger.journal_head SET sequence = sequence + 1' }, ['N9 a journal that does not end where its head says']],
  ['a word of the rail that was edited', { ours: `UPDATE payouts.rail_message_batch SET content_digest = sha256('edited') WHERE batch_number = 2` }, ['N9 a batch of the rail log that does not follow from the one before']],
  ['a word of the rail that is gone', { ours: 'DELETE FROM payouts.rail_message WHERE batch_number = 2 AND position = 1' }, ['N9 a batch of the rail log with messages missing or added']],
  ['the rail log\'s end cut off', { ours: 'UPDATE payouts.rail_message_chain SET batch_number = batch_number + 1' }, ['N9 a chain of the rail log that does not end where its head says']],
  ['an act that was edited', { ours: `UPDATE payouts.audit_entry SET content = 'edited' WHERE sequence = 2` }, ['N9 a row of the audit trail of payouts that does not follow from the one before']],
  ['the last act cut off', { ours: 'DELETE FROM payouts.audit_entry WHERE sequence = 3' }, ['N9 an audit trail of payouts that does not end where its head says']],
  ['a success that was booked under another name', { ours: `UPDATE ledger.journal_entry SET rule = 'manual.v1' WHERE rule = 'payout-succeeded.v1' AND reference = '${PAID}'` }, ['N9 a batch of the journal whose entries were changed', 'BOOKED a payout that the ledger booked otherwise']],
  ['a failure that was booked for another payout', { ours: `UPDATE ledger.journal_entry SET reference = '${TWICE}' WHERE rule = 'payout-failed.v1' AND reference = '${FAILED}'` }, ['N9 a batch of the journal whose entries were changed', 'BOOKED a payout that the ledger booked otherwise']],
  ['a held payout without its entry', { ours: 'DELETE FROM payouts.held_entry WHERE payout_id = (SELECT payout_id FROM payouts.held_entry ORDER BY 1 LIMIT 1)' }, ['N1 a payout that is held in one table only']],
  ['a held entry of a payout that was paid', { ours: `INSERT INTO payouts.held_entry (payout_id) VALUES ('${PAID}')` }, ['N1 a payout that is held in one table only']],
  ['a return that was edited away', { ours: `UPDATE payouts.payout SET returned_minor = 0 WHERE payout_id = '${PAID}'` }, ['N1 a payout of which other returns are recorded than it says']],
  [
    'a return that was recorded with another amount than was booked',
    { ours: `UPDATE payouts.payout_return SET amount_minor = 29; UPDATE payouts.payout SET returned_minor = 29 WHERE payout_id = '${PAID}'` },
    ['BOOKED a payout that the ledger booked otherwise'],
  ],
  ['a return that was never recorded', { ours: `DELETE FROM payouts.payout_return; UPDATE payouts.payout SET returned_minor = 0 WHERE payout_id = '${PAID}'` }, ['BOOKED a payout that the ledger booked otherwise']],
  [
    'client money that was booked as fee income without owing clients less',
    { ours: `UPDATE ledger.journal_line l SET account_id = (SELECT id FROM ledger.internal_account WHERE code = '3001') FROM ledger.journal_entry e, ledger.internal_account a WHERE e.batch_id = l.batch_id AND e.entry_number = l.entry_number AND a.id = l.account_id AND e.rule = 'fee-income-paid-by-house.v1' AND a.code = '2001'` },
    ['N3 a balance that is not the sum of its lines', 'N8 an entry that makes client money own money, or the reverse', 'N9 a batch of the journal whose entries were changed'],
  ],
  [
    'both funds in one entry under a rule that is not meant to',
    { ours: `UPDATE ledger.journal_entry SET rule = 'manual.v1' WHERE rule = 'fee-income-paid-by-house.v1'` },
    ['N8 an entry of client and own money that no rule is named for', 'N9 a batch of the journal whose entries were changed', 'N10 a movement of a transfer that the ledger booked otherwise'],
  ],
  ['an account that is about nobody\'s money', { ours: `UPDATE ledger.internal_account SET code = '7001' WHERE code = '4001'` }, ["N8 an entry on an account that is about nobody's money"]],
  [
    'a client-fund account that held less than it paid',
    { ours: `UPDATE ledger.journal_entry SET value_date = '2026-11-22' WHERE reference = 'OPENING'` },
    ['N8 a place of client money below zero at the end of a day', 'N8 client money in all below zero at the end of a day', 'N9 a batch of the journal whose entries were changed'],
  ],
  [
    'houses that paid more than clients had',
    { ours: `UPDATE ledger.journal_line l SET amount = 1002069 * sign(l.amount) FROM ledger.journal_entry e WHERE e.batch_id = l.batch_id AND e.entry_number = l.entry_number AND e.rule = 'fee-income-paid-by-house.v1'` },
    ['N3 a balance that is not the sum of its lines', 'N8 client money in all below zero at the end of a day', 'N9 a batch of the journal whose entries were changed', 'N10 a movement of a transfer that the ledger booked otherwise'],
  ],
  [
    'money in transit of no order',
    { ours: `DELETE FROM transfers.transfer_order WHERE state = 'RUNNING'; DELETE FROM transfers.leg_movement WHERE amount = 300` },
    ['N10 a movement of a transfer that the ledger booked otherwise', 'N10 money in transit that belongs to no transfer'],
  ],
  ['an order that ended on its way', { ours: `UPDATE transfers.transfer_order SET state = 'FAILED', ended_at = now() WHERE state = 'RUNNING'` }, ['N10 a transfer that ended and does not sum to zero over its legs', 'N10 money in transit that no open leg explains']],
  ['an arrival that was told and not booked', { ours: `INSERT INTO transfers.leg_movement SELECT gen_random_uuid(), order_id, leg_number, serial_number, 'ARRIVED', account_id, amount, value_date, settled_at FROM transfers.leg_movement WHERE amount = 300` }, ['N10 a movement of a transfer that the ledger booked otherwise']],
])('%s is named, and nothing else is', async (_, damage, expected) => {
  expect(await saidAfter(damage)).toEqual(expected);
});

test('a figure of an endless stream that was told just now may still be under way', async () => {
  const told = `INSERT INTO quotas.outbox_message (id, topic, type, message_key, headers, body) VALUES (uuidv7(), 't', 'quotas.position-observed.v1', 'k', '{}', '{}')`;

  expect(await saidAfter({ ours: told })).toEqual([]);
});

test('the books are clean again after all of that', async () => {
  expect(await check(books, { isQuiescent: true }, () => undefined)).toEqual({ violations: 0, notRun: [] });
});

test('what needs the books of a service that is not installed is not run, by name, and is not green', async () => {
  const lines: string[] = [];
  await inSnapshot(books, 'READ WRITE', async () => {
    await books.ours.query('DROP SCHEMA transfers CASCADE');
    for await (const examined of examineAll(books, { isQuiescent: true })) lines.push(...verdictLines(examined));
  });

  expect(lines.find((line) => line.startsWith('N10'))).toMatch(/^N10 NOT RUN: not installed: the schema of transfers /);
});

test('the self-test catches every plant by the line that is meant for it', async () => {
  const lines: string[] = [];

  const verdict = await selfTest(books, (line) => lines.push(line));

  expect(lines.filter((line) => !line.endsWith(': caught'))).toEqual([]);
  expect(verdict).toEqual({ violations: 0, notRun: [] });
});
