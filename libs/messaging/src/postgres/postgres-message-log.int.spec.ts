import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { partitionsOf } from '@jinku/contracts';
import { SqlState, sqlStateOf, type Database } from '@jinku/persistence';
import { eventually, testDatabase, type TestDatabase } from '@jinku/testing';
import type { MessageLog } from '../message-log.ts';
import { ORDERS, ORDERS_MIGRATIONS, silentLog } from '../orders-service.builder.ts';
import { migrateBus } from './bus-tables.ts';
import { PostgresMessageLog } from './postgres-message-log.ts';

jest.setTimeout(30_000);

let testing: TestDatabase;
let database: Database;
let log: MessageLog;

beforeAll(async () => {
  testing = await testDatabase({ shared: [migrateBus], services: [{ name: ORDERS, migrations: ORDERS_MIGRATIONS }] });
  database = await testing.open(ORDERS, { poolMax: 10 });
  log = new PostgresMessageLog({ database, log: silentLog });
});

afterAll(async () => {
  await log.close();
  await testing.drop();
});

test.each(['INSERT INTO bus.record VALUES (1, 1, 1)', 'UPDATE bus.group_partition SET committed_offset = 0', 'DELETE FROM bus.record'])('a service may not run %s', async (sql) => {
  const refused = await database.query(sql).catch((error: unknown) => sqlStateOf(error));

  expect(refused).toBe(SqlState.INSUFFICIENT_PRIVILEGE);
});

test('appends from many writers at once leave no gap and no double in any partition', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, writer) => log.append(Array.from({ length: 25 }, (__, nth) => recordOf('many', `${writer}-${nth % 7}`)))));

  const partitions = await rows(`SELECT count(*) AS records, min(record_offset) AS first, max(record_offset) AS last, count(DISTINCT record_offset) AS different
    FROM bus.record JOIN bus.topic USING (topic_id) WHERE name = 'many' GROUP BY partition`);
  for (const { records, first, last, different } of partitions) expect([first, last, different]).toEqual([0n, (records as bigint) - 1n, records]);
  expect(partitions.reduce((sum, one) => sum + Number(one['records']), 0)).toBe(1_000);
});

test('an epoch that is over cannot move the offset', async () => {
  await log.ensureTopics(['fenced']);
  const [topic] = await rows(`SELECT topic_id FROM bus.topic WHERE name = 'fenced'`);
  const claim = async (member: string): Promise<Record<string, unknown>[]> => database.query('SELECT * FROM bus.claim($1, $2, $3, $4)', ['g', member, [topic!['topic_id']], 30_000]);
  const commit = async (member: string, epoch: unknown): Promise<unknown[]> => database.query('SELECT * FROM bus.commit($1, $2, $3, $4, $5, $6)', ['g', member, [topic!['topic_id']], [0], [epoch], [7]]);
  const first = await claim('a');
  await testing.admin.query(`UPDATE bus.group_partition SET expires_at = clock_timestamp() - interval '1 minute' WHERE group_name = 'g'`);
  await testing.admin.query(`DELETE FROM bus.group_member WHERE member = 'a'`);
  const second = await claim('b');

  expect([first.length, second.length]).toEqual([partitionsOf('fenced'), partitionsOf('fenced')]);
  expect(await commit('a', first[0]!['epoch'])).toEqual([]);
  expect(await commit('b', first[0]!['epoch'])).toEqual([]);
  expect(await commit('b', second[0]!['epoch'])).toHaveLength(1);
});

test('old records are trimmed once every group has passed them, and a new group begins behind them', async () => {
  await log.append(Array.from({ length: 10 }, () => recordOf('trimmed', 'A')));
  let seen = 0;
  const subscription = await log.subscribe({
    group: 'reader',
    topics: ['trimmed'],
    maxBatch: 4,
    onBatch: async ({ records, signal }) => {
      signal.throwIfAborted();
      if (seen >= 4) await new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
      seen += records.length;
    },
  });
  await eventually(async () => expect(await rows(`SELECT max(committed_offset) AS at FROM bus.group_partition WHERE group_name = 'reader'`)).toEqual([{ at: 4n }]));
  await subscription.close();

  expect(await rows('SELECT bus.trim(60000, 100) AS count')).toEqual([{ count: 0n }]);
  await testing.admin.query(`UPDATE bus.record SET appended_at = appended_at - interval '2 hours' FROM bus.topic t WHERE t.topic_id = record.topic_id AND t.name = 'trimmed'`);
  expect(await rows('SELECT bus.trim(3600000, 3) AS count')).toEqual([{ count: 3n }]);
  expect(await rows('SELECT bus.trim(3600000, 100) AS count')).toEqual([{ count: 1n }]);
  const offsets: bigint[] = [];
  const late = await log.subscribe({ group: 'late', topics: ['trimmed'], maxBatch: 100, onBatch: async ({ records }) => void offsets.push(...records.map((one) => one.offset)) });
  await eventually(() => expect(offsets).toEqual([4n, 5n, 6n, 7n, 8n, 9n]));
  await late.close();
});

function recordOf(topic: string, key: string): { topic: string; key: string; value: string; headers: Record<string, string> } {
  return { topic, key, value: '{}', headers: {} };
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return await database.query(sql);
}
