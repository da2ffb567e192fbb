import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { eventually, testDatabase, type TestDatabase } from '@jinku/testing';
import { uuidv7 } from './message-id.ts';
import { LogUnavailable, type LogRecord, type MessageLog, type RecordPosition } from './message-log.ts';
import { ORDERS, ORDERS_MIGRATIONS, orderNumberedV1, silentLog } from './orders-service.builder.ts';
import { Outbox } from './outbox.ts';
import { OutboxRelay } from './outbox-relay.ts';

/** Keeps what it was given, and fails before or after that when told to. */
class FakeLog implements MessageLog {
  readonly records: LogRecord[] = [];
  readonly appendedAt: number[] = [];
  failures: ('BEFORE' | 'AFTER')[] = [];
  gate: Promise<void> = Promise.resolve();

  async append(records: readonly LogRecord[]): Promise<RecordPosition[]> {
    const failure = this.failures.shift();
    if (failure === 'BEFORE') throw new LogUnavailable('not reached');
    const base = this.records.length;
    this.appendedAt.push(performance.now());
    this.records.push(...records);
    await this.gate;
    if (failure === 'AFTER') throw new LogUnavailable('the answer was lost');
    return records.map((_, index) => ({ partition: 0, offset: BigInt(base + index) }));
  }

  ensureTopics = (): Promise<void> => Promise.resolve();
  subscribe = (): Promise<never> => Promise.reject(new Error('not in this spec'));
  close = (): Promise<void> => Promise.resolve();
}

jest.setTimeout(30_000);

let testing: TestDatabase;
let database: Database;
let log: FakeLog;
let relays: OutboxRelay[];
const outbox = new Outbox({ source: ORDERS, clock: systemClock });

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: ORDERS, migrations: ORDERS_MIGRATIONS }] });
  database = await testing.open(ORDERS, { poolMax: 10 });
});

afterAll(async () => {
  await testing.drop();
});

beforeEach(() => {
  log = new FakeLog();
  relays = [];
});

afterEach(async () => {
  for (const relay of relays) await relay.stop();
  await testing.admin.query('TRUNCATE outbox_message, outbox_batch');
});

test('an answer that was lost makes the log hold messages twice, and the outbox settle them once', async () => {
  log.failures = ['BEFORE', 'AFTER'];
  await add(['A', 'B'], 3);

  await start();
  await eventually(async () => expect(await left()).toBe(0));

  expect(numbersOf('A')).toEqual([0, 1, 2, 0, 1, 2]);
  expect(await settledIds()).toEqual([...new Set(log.records.map((record) => record.headers['ce_id']))].sort());
});

test('a relay that comes back after another took over settles nothing a second time', async () => {
  const gate = Promise.withResolvers<void>();
  log.gate = gate.promise;
  await add(['A'], 3);
  const stopped = await start();
  await eventually(() => expect(log.records).toHaveLength(3));
  // The lease runs out while the first relay waits for its answer.
  await testing.admin.query(`UPDATE lease SET expires_at = clock_timestamp() - interval '1 minute'`);
  log.gate = Promise.resolve();
  await start();
  await eventually(async () => expect(await left()).toBe(0));

  gate.resolve();
  await stopped.stop();

  expect(numbersOf('A')).toEqual([0, 1, 2, 0, 1, 2]);
  expect(await settledIds()).toHaveLength(3);
});

test('what is undone with its transaction is never published, and the bell is not rung for it', async () => {
  let rung = 0;
  const ringing = new Outbox({ source: ORDERS, clock: systemClock, wake: () => (rung += 1) });
  const undone = database.transaction(async (tx) => {
    await ringing.add(tx, orderNumberedV1, { order: 'A', number: 1 });
    throw new Error('changed its mind');
  });
  await expect(undone).rejects.toThrow('changed its mind');
  await database.transaction((tx) => ringing.add(tx, orderNumberedV1, { order: 'A', number: 2 }));
  await start();
  await eventually(async () => expect(await left()).toBe(0));

  expect(numbersOf('A')).toEqual([2]);
  expect(rung).toBe(1);
});

test('rows put back below the watermark are found by the sweep', async () => {
  await start();
  await add(['A'], 2);
  await eventually(async () => expect(await left()).toBe(0));
  await add(['A'], 1);
  await eventually(async () => expect(await left()).toBe(0));
  await testing.admin.query(
    `INSERT INTO outbox_message (sequence, id, topic, type, message_key, headers, body) OVERRIDING SYSTEM VALUE
     VALUES (1, gen_random_uuid(), 'jinku.orders.events', 'orders.order-numbered.v1', 'Y', '{}', '{"order":"Y","number":9}')`,
  );

  await eventually(() => expect(numbersOf('Y')).toEqual([9]));
});

test('after many messages at once the next ones wait for company', async () => {
  await add(['A'], 4);
  const relay = await start();
  await eventually(() => expect(log.records).toHaveLength(4));
  await add(['B'], 1);
  relay.wake();
  await eventually(() => expect(log.records).toHaveLength(5));

  expect(log.appendedAt[1]! - log.appendedAt[0]!).toBeGreaterThan(80);
});

test('a batch is bounded by its bytes, and a message that no log takes is refused where it is written', async () => {
  const filling = 'x'.repeat(400_000);
  await database.transaction((tx) => outbox.addMany(tx, orderNumberedV1, [0, 1, 2, 3, 4].map((number) => ({ order: 'A', number, filling }))));
  await start();
  await eventually(async () => expect(await left()).toBe(0));

  expect(numbersOf('A')).toEqual([0, 1, 2, 3, 4]);
  expect((await testing.admin.query('SELECT message_count FROM outbox_batch ORDER BY id')).rows.map((row) => row.message_count)).toEqual([2, 2, 1]);
  const tooLarge = database.transaction((tx) => outbox.add(tx, orderNumberedV1, { order: 'A', number: 5, filling: 'x'.repeat(5_000_000) }));
  await expect(tooLarge).rejects.toThrow('is larger than');
});

async function start(): Promise<OutboxRelay> {
  const relay = new OutboxRelay({ service: ORDERS, database, messageLog: log, holder: uuidv7(), log: silentLog, pollMs: 10 });
  relays.push(relay);
  await relay.start();
  return relay;
}

async function add(orders: readonly string[], numbers: number): Promise<void> {
  const payloads = Array.from({ length: numbers }, (_, number) => orders.map((order) => ({ order, number }))).flat();
  await database.transaction((tx) => outbox.addMany(tx, orderNumberedV1, payloads));
}

async function left(): Promise<number> {
  const [row] = await database.query<{ count: bigint }>('SELECT count(*) AS count FROM outbox_message');
  return Number(row!.count);
}

async function settledIds(): Promise<string[]> {
  return (await database.query<{ id: string }>('SELECT unnest(message_ids) AS id FROM outbox_batch')).map((row) => row.id).sort();
}

function numbersOf(order: string): number[] {
  return log.records.filter((record) => record.key === order).map((record) => (JSON.parse(record.value.toString()) as { number: number }).number);
}
