import { roleOf, type Database } from '@jinku/persistence';
import { testDatabase, type TestDatabase } from '@jinku/testing';

import type { RailAnswer } from './payout-rail.ts';
import { RailMessageLog, railMessageLogTablesSql, verifyRailMessageChain, type RailMessage } from './rail-message-log.ts';

const APPEND_ONLY = { code: '42501' };
const ANSWER: RailAnswer = {
  outcome: 'SUCCEEDED',
  code: '0000',
  latencyMs: 12.4,
  requestDigest: 'ab'.repeat(32),
  answerDigest: 'cd'.repeat(32),
  detail: 'ANSWERED',
  log: { operation: 'SUBMIT', httpStatus: 200, request: '{"payee":"6222****7890 张**"}', answer: '{"code":"0000"}' },
};
let owned: TestDatabase;
let database: Database;

beforeAll(async () => {
  owned = await testDatabase({ services: [{ name: 'connectors', sql: railMessageLogTablesSql(roleOf('connectors')) }] });
  database = await owned.open('connectors', { poolMax: 10 });
});

afterAll(async () => {
  await owned.drop();
});

function messages(count: number, change: Partial<RailAnswer> = {}): RailMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    serialNumber: `JINKU00120261121000000000${index}`,
    occurredAt: new Date('2026-11-21T02:00:00.123Z'),
    answer: { ...ANSWER, ...change },
  }));
}

async function append(writer: string, batches: readonly RailMessage[][]): Promise<string> {
  const log = new RailMessageLog({ connector: 'netsunion', writer });
  for (const batch of batches) await database.transaction((tx) => log.append(tx, batch));
  return `netsunion/${writer}`;
}

test('a chain of batches verifies, with empty fields, other alphabets and separators in it', async () => {
  const odd = {
    code: null,
    answerDigest: null,
    detail: 'TIMEOUT',
    outcome: 'UNKNOWN',
    log: { ...ANSWER.log, httpStatus: null, answer: '\x1f:\x1e\\"\n,张' },
  } as const;
  const chain = await append('intact', [
    messages(3),
    messages(1, odd),
    messages(250),
    [{ ...(messages(1)[0] as RailMessage), serialNumber: null }],
  ]);

  expect(await verifyRailMessageChain(database, chain)).toEqual({ intact: true, batches: 4n });
  expect(await database.query('SELECT count(*) AS count FROM rail_message WHERE chain = $1', [chain])).toEqual([{ count: 255n }]);
});

test('a batch of nothing writes nothing', async () => {
  const chain = await append('nothing', [[]]);

  expect(await verifyRailMessageChain(database, chain)).toEqual({ intact: true, batches: 0n });
});

test('a chain longer than one page verifies', async () => {
  const chain = await append(
    'long',
    Array.from({ length: 403 }, () => messages(1)),
  );

  expect(await verifyRailMessageChain(database, chain)).toEqual({ intact: true, batches: 403n });
});

test('writers that race for one chain leave one unbroken chain, also when some are undone', async () => {
  const log = new RailMessageLog({ connector: 'netsunion', writer: 'racing' });
  const undone = new Error('undone');

  await Promise.all(
    Array.from({ length: 20 }, (_, turn) =>
      database
        .transaction(async (tx) => {
          await log.append(tx, messages(5));
          if (turn % 4 === 0) throw undone;
        })
        .catch((error: unknown) => expect(error).toBe(undone)),
    ),
  );

  expect(await verifyRailMessageChain(database, 'netsunion/racing')).toEqual({ intact: true, batches: 15n });
});

test('the service can neither change nor delete what was said', async () => {
  await append('kept', [messages(1)]);

  await expect(database.query(`UPDATE rail_message SET code = '0101'`)).rejects.toMatchObject(APPEND_ONLY);
  await expect(database.query('DELETE FROM rail_message')).rejects.toMatchObject(APPEND_ONLY);
  await expect(database.query('TRUNCATE rail_message_batch')).rejects.toMatchObject(APPEND_ONLY);
});

test.each([
  ['a code changed', `UPDATE rail_message SET code = '0101' WHERE chain = 'netsunion/NAME' AND batch_number = 2 AND position = 1`, 2n],
  [
    'an instant moved by a second',
    `UPDATE rail_message SET occurred_at = occurred_at + interval '1 s' WHERE chain = 'netsunion/NAME' AND batch_number = 2`,
    2n,
  ],
  ['two rows swapped', `UPDATE rail_message SET position = 3 - position WHERE chain = 'netsunion/NAME' AND batch_number = 1`, 1n],
  ['a row deleted', `DELETE FROM rail_message WHERE chain = 'netsunion/NAME' AND batch_number = 3 AND position = 2`, 3n],
  ['a whole batch deleted', `DELETE FROM rail_message_batch WHERE chain = 'netsunion/NAME' AND batch_number = 2`, 2n],
  ['the last batch deleted', `DELETE FROM rail_message_batch WHERE chain = 'netsunion/NAME' AND batch_number = 3`, 3n],
  [
    'a digest recomputed without the hash',
    `UPDATE rail_message_batch SET content_digest = sha256('x') WHERE chain = 'netsunion/NAME' AND batch_number = 2`,
    2n,
  ],
])('%s is found at its batch', async (name, statement, batchNumber) => {
  const writer = name.replaceAll(' ', '-');
  const other = { ...messages(1)[0], answer: { ...ANSWER, code: '0102' } } as RailMessage;
  const chain = await append(writer, [
    [...messages(1), other],
    [...messages(1), other],
    [...messages(1), other],
  ]);

  await owned.admin.query(`ALTER TABLE rail_message DROP CONSTRAINT rail_message_pkey; ${statement.replace('NAME', writer)};
    ALTER TABLE rail_message ADD PRIMARY KEY (chain, batch_number, position)`);

  expect(await verifyRailMessageChain(database, chain)).toEqual({ intact: false, batchNumber });
});
