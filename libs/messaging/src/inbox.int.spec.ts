import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import { eventually, testDatabase, type TestDatabase } from '@jinku/testing';
import { Inbox } from './inbox.ts';
import { uuidv7 } from './message-id.ts';
import { ORDERS, ORDERS_MIGRATIONS } from './orders-service.builder.ts';
import { insertParked, ParkedState } from './parked-message.row.ts';

const CONSUMER = 'orders.consumer';
const inbox = new Inbox();
jest.setTimeout(30_000);

let testing: TestDatabase;
let database: Database;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: ORDERS, migrations: ORDERS_MIGRATIONS }] });
  database = await testing.open(ORDERS);
});

afterAll(async () => {
  await testing.drop();
});

test('a message is new to each consumer once, and new again when the transaction was undone', async () => {
  const ids = [uuidv7(), uuidv7()];
  await expect(
    database.transaction(async (tx) => {
      await inbox.firstSeen(tx, CONSUMER, ids);
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');

  expect(await database.transaction((tx) => inbox.firstSeen(tx, CONSUMER, ids))).toEqual(new Set(ids));
  expect(await database.transaction((tx) => inbox.firstSeen(tx, CONSUMER, ids))).toEqual(new Set());
  expect(await database.transaction((tx) => inbox.firstSeen(tx, 'orders.other', ids))).toEqual(new Set(ids));
});

test('of two members that handle the same batch at once, one waits and finds nothing new', async () => {
  const arrivals = [{ inboxId: uuidv7(), key: 'A' }];
  const gate = Promise.withResolvers<void>();
  const first = database.transaction(async (tx) => {
    const admission = await inbox.admit(tx, CONSUMER, arrivals);
    await gate.promise;
    return admission;
  });
  await eventually(async () => expect(await waiting('idle in transaction')).toBe(1));
  const second = database.transaction((tx) => inbox.admit(tx, CONSUMER, arrivals));
  await eventually(async () => expect(await waiting('active')).toBe(1));

  gate.resolve();

  expect((await first).fresh.size).toBe(1);
  expect((await second).fresh.size).toBe(0);
});

test('a member that waited for another to park a message lets the later one of its key wait behind it', async () => {
  const [poison, later] = [uuidv7(), uuidv7()];
  const gate = Promise.withResolvers<void>();
  const parking = database.transaction(async (tx) => {
    await inbox.admit(tx, CONSUMER, [{ inboxId: poison, key: 'K' }]);
    const parked = { messageId: poison, topic: 't', partition: 0, offset: 1n, key: 'K', type: 'x', headers: {}, body: '{}', failure: 'x', attempts: 1 };
    await insertParked(tx, CONSUMER, [{ ...parked, state: ParkedState.PARKED }]);
    await gate.promise;
  });
  await eventually(async () => expect(await waiting('idle in transaction')).toBe(1));
  const other = database.transaction((tx) =>
    inbox.admit(tx, CONSUMER, [
      { inboxId: poison, key: 'K' },
      { inboxId: later, key: 'K' },
    ]),
  );
  await eventually(async () => expect(await waiting('active')).toBe(1));
  gate.resolve();
  await parking;

  expect(await other).toEqual({ fresh: new Set([later]), blockedKeys: new Set(['K']) });
});

test('only what is older than the retention is forgotten', async () => {
  const [old, recent] = [uuidv7(), uuidv7()];
  await database.transaction((tx) => inbox.firstSeen(tx, 'orders.pruned', [old, recent]));
  await testing.admin.query(`UPDATE inbox_message SET handled_at = clock_timestamp() - interval '15 days' WHERE message_id = $1`, [old]);

  expect(await inbox.prune(database, 14 * 24 * 3_600_000)).toBe(1);

  expect(await database.transaction((tx) => inbox.firstSeen(tx, 'orders.pruned', [old, recent]))).toEqual(new Set([old]));
});

async function waiting(state: string): Promise<number> {
  const found = await testing.admin.query<{ count: bigint }>(
    `SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND usename = 'jinku_orders' AND state = $1`,
    [state],
  );
  return Number(found.rows[0]!.count);
}
