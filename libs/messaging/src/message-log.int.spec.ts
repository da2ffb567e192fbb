import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { eventually as eventuallyWithin } from '@jinku/testing';
import { Header, type ReadableContract } from './envelope.ts';
import type { MessageBatch } from './message-batch-handler.ts';
import { MessageBatchStrategy } from './message-batch-strategy.ts';
import { uuidv7 } from './message-id.ts';
import type { LogRecord, MessageLog, Subscription } from './message-log.ts';
import { insertEffects, isPoison, lockOrder, orderNames, range, record } from './order-messages.builder.ts';
import { Outbox } from './outbox.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { orderNumberedV1, silentLog, type OrderNumbered } from './orders-service.builder.ts';
import { kafkaLibs, kafkaLog, OwnPostgres, postgresLog, type LogUnderTest } from './own-infrastructure.builder.ts';
import { ParkedMessages } from './parked-messages.ts';

jest.setTimeout(30_000);

let postgres: OwnPostgres;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
}, 60_000);

afterAll(async () => {
  await postgres?.stop();
});

describe('PostgreSQL', () => contract(() => Promise.resolve(postgresLog(postgres))));
const libs = await kafkaLibs();
(libs === null ? describe.skip : describe)('Kafka', () => contract(() => kafkaLog(libs!)));

function contract(start: () => Promise<LogUnderTest>): void {
  let subject: LogUnderTest;
  let database: Database;
  let log: MessageLog;
  let outbox: Outbox;
  let consumer: string;
  /** What a test started, ended in reverse. */
  let running: (() => Promise<void>)[];

  beforeAll(async () => {
    subject = await start();
  }, 60_000);

  afterAll(async () => {
    await subject.stop();
  });

  beforeEach(async () => {
    database = await postgres.open();
    log = subject.connect(database);
    consumer = `orders.consumer-${uuidv7()}`;
    outbox = new Outbox({ source: 'orders', clock: systemClock });
    running = [() => database.close(), () => log.close()];
  });

  afterEach(async () => {
    for (const end of running.reverse()) await end();
  }, 30_000);

  const startConsumer = async (
    handle: (batch: MessageBatch) => Promise<void> = recordEffects,
    connect = log,
    contract: ReadableContract = contractHere(),
  ): Promise<{ close(): Promise<void> }> => {
    const strategy = new MessageBatchStrategy({
      service: 'orders',
      database,
      messageLog: connect,
      log: silentLog,
      retry: { firstPauseMs: 5, messageAttempts: 2 },
    });
    strategy.addHandler(topic(), handle, true, { jinku: { consumer, contracts: [contract] } });
    await new Promise<void>((resolve, reject) => void strategy.listen((error) => (error === undefined ? resolve() : reject(error as Error))));
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (isOpen) await strategy.close();
      isOpen = false;
    };
    running.push(close);
    return { close };
  };

  const startRelay = async (): Promise<OutboxRelay> => {
    const relay = new OutboxRelay({ service: 'orders', database, messageLog: log, holder: uuidv7(), log: silentLog, pollMs: 10 });
    await relay.start();
    running.push(() => relay.stop());
    return relay;
  };

  /** Each test has a topic of its own, so that none reads another's. */
  const topic = (): string => `jinku.${consumer}`;
  const contractHere = (): typeof orderNumberedV1 => ({ ...orderNumberedV1, topic: topic() });

  const recordEffects = async ({ tx, messages }: MessageBatch): Promise<void> => insertEffects(tx, consumer, messages);

  const effects = async (): Promise<Map<string, number[]>> => {
    const rows = await database.query<{ order_name: string; number: number }>('SELECT order_name, number FROM effect WHERE consumer = $1 ORDER BY nth', [consumer]);
    const byOrder = new Map<string, number[]>();
    for (const row of rows) byOrder.set(row.order_name, [...(byOrder.get(row.order_name) ?? []), row.number]);
    return byOrder;
  };

  const count = (byOrder: Map<string, number[]>): number => [...byOrder.values()].reduce((sum, numbers) => sum + numbers.length, 0);

  /** All numbers of all orders, once each and in order. */
  const expectOnceInOrder = async (orders: number, numbers: number): Promise<void> => {
    await eventually(async () => expect(count(await effects())).toBeGreaterThanOrEqual(orders * numbers));
    expect(await effects()).toEqual(new Map(orderNames(orders).map((order) => [order, range(numbers)])));
  };

  test('the messages of a key are handled in the order in which they were appended', async () => {
    await startConsumer();

    for (let from = 0; from < 200; from += 20) await log.append(range(200).slice(from, from + 20).flatMap((number) => orderNames(10).map((order) => record(topic(), order, number))));

    await expectOnceInOrder(10, 200);
  });

  test('append tells where each record stands', async () => {
    const first = await log.append(range(40).map((number) => record(topic(), `O${number % 7}`, number)));
    const second = await log.append(range(40).map((number) => record(topic(), `O${number % 7}`, number)));

    const seen = new Map<string, string>();
    const subscription = await subscribe(log, consumer, topic(), (place, value) => seen.set(place, value));
    // Kafka's client may have sent a batch again; the positions told are those of one of the two.
    await eventually(() => expect(seen.size).toBeGreaterThanOrEqual(80));
    await eventually(() => expect([...first, ...second].every(({ partition, offset }) => seen.has(`${partition}/${offset}`))).toBe(true));
    await subscription.close();

    [...first, ...second].forEach(({ partition, offset }, index) => {
      expect(JSON.parse(seen.get(`${partition}/${offset}`)!)).toMatchObject({ order: `O${index % 40 % 7}`, number: index % 40 });
    });
  });

  test('a transaction that commits late keeps its place in the order of its key, and is not lost', async () => {
    await startConsumer();
    await startRelay();
    const written = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();

    // Draws the lowest sequence numbers of all, and commits when hundreds of later ones are published; the next writer of its key waits
    // for its row.
    const slow = database.transaction(async (tx) => {
      await lockOrder(tx, 'O0');
      await outbox.addMany(tx, contractHere(), range(5).map((number) => ({ order: 'O0', number })));
      written.resolve();
      await late.promise;
    });
    await written.promise;
    const next = database.transaction(async (tx) => {
      await lockOrder(tx, 'O0');
      await outbox.addMany(tx, contractHere(), [5, 6, 7, 8, 9].map((number) => ({ order: 'O0', number })));
    });
    for (const number of range(10)) await database.transaction((tx) => outbox.addMany(tx, contractHere(), orderNames(30).slice(1).map((order) => ({ order, number }))));
    await eventually(async () => expect(count(await effects())).toBe(290));
    late.resolve();
    await Promise.all([slow, next]);

    await expectOnceInOrder(30, 10);
  });

  test('each message delivered ten times has its effect once', async () => {
    const records = range(30).flatMap((number) => orderNames(5).map((order) => record(topic(), order, number)));
    for (let time = 0; time < 10; time += 1) await log.append(records);

    await startConsumer();

    await expectOnceInOrder(5, 30);
    const last = await log.append([record(topic(), 'END', 0)]);
    expect(last).toHaveLength(1);
    await eventually(async () => expect((await effects()).get('END')).toEqual([0]));
    expect(count(await effects())).toBe(151);
  });

  test('a second consumer joins and leaves while messages flow, and none is lost, doubled or out of order', async () => {
    const otherDatabase = await postgres.open();
    const otherLog = subject.connect(otherDatabase);
    running.push(() => otherDatabase.close(), () => otherLog.close());
    let handledBySecond = 0;
    await startConsumer();
    let number = 0;
    let isDone = false;
    const writing = (async () => {
      for (; !isDone; number += 1) {
        await log.append(orderNames(16).map((order) => record(topic(), order, number)));
        await wait(5);
      }
    })();

    const second = await startConsumer(async (batch) => {
      await recordEffects(batch);
      handledBySecond += batch.messages.length;
    }, otherLog);
    await eventually(() => expect(handledBySecond).toBeGreaterThan(16));
    await second.close();
    await wait(100);
    isDone = true;
    await writing;

    await expectOnceInOrder(16, number);
  });

  test('a poison message is parked, later ones of its key wait behind it, all others go on; replay and discard settle it', async () => {
    let isBroken = true;
    await startConsumer(async (batch) => {
      if (isBroken && batch.messages.some(({ data }) => isPoison(data as OrderNumbered))) throw new TypeError('cannot digest it');
      await recordEffects(batch);
    });
    const parked = new ParkedMessages(database);
    const unsettled = async (): Promise<unknown[][]> =>
      (await parked.list({ consumer, states: ['PARKED', 'BEHIND', 'DUE'], limit: 100 })).map(({ key, state, failure }) => [key, state, failure]);

    await log.append([
      ...range(10).flatMap((number) => orderNames(6).map((order) => record(topic(), order, number))),
      { ...record(topic(), 'O5', 10), value: '{"order":' },
    ]);
    await log.append([record(topic(), 'O3', 10), record(topic(), 'O5', 11)]);
    await eventually(async () => expect(await unsettled()).toHaveLength(10));

    expect(await effects()).toEqual(new Map(orderNames(6).map((order) => [order, order === 'O3' ? range(3) : range(10)])));
    expect((await unsettled()).filter(([key]) => key === 'O5')).toEqual([
      ['O5', 'PARKED', 'body: is not valid JSON'],
      ['O5', 'BEHIND', null],
    ]);
    const waiting = await parked.list({ consumer, states: ['PARKED'], limit: 10 });
    const [poison, unreadable] = ['O3', 'O5'].map((key) => waiting.find((one) => one.key === key));
    expect(poison).toMatchObject({ key: 'O3', failure: 'TypeError: cannot digest it', attempts: 2 });
    isBroken = false;
    await parked.replay({ id: poison!.id, by: 'operator-1', reason: 'the handler was corrected' });
    await parked.discard({ id: unreadable!.id, by: 'operator-1', reason: 'the sender sent it again' });

    await eventually(async () => expect(await unsettled()).toEqual([]));
    await log.append([record(topic(), 'O3', 11)]);
    await eventually(async () => expect((await effects()).get('O3')).toEqual(range(12)));
    expect((await effects()).get('O5')).toEqual([...range(10), 11]);
  });

  test('a record from outside that cannot be read reaches its handler as such, once, and nothing of its key waits behind it', async () => {
    const seen: [name: string, undecodable: string | undefined][] = [];
    await startConsumer(
      async ({ tx, messages }) => {
        seen.push(...messages.map(({ body, undecodable }): [string, string | undefined] => [body, undecodable]));
        await insertEffects(tx, consumer, messages.filter(({ undecodable }) => undecodable === undefined));
      },
      log,
      { ...contractHere(), origin: 'OUTSIDE' },
    );
    const [first, last] = [record(topic(), 'O1', 0), record(topic(), 'O1', 1)];
    const without = (name: string, value: string): LogRecord => ({ ...record(topic(), 'O1', 9), value, headers: headersBut(name) });
    const headersBut = (name: string): Record<string, string> => Object.fromEntries(Object.entries(record(topic(), 'O1', 9).headers).filter(([given]) => given !== name));
    const broken = { ...record(topic(), 'O1', 9), value: '{"order":' };
    const otherType = { ...record(topic(), 'O1', 9), value: 'other' };

    await log.append([
      ...[first, broken, broken, without(Header.TYPE, 'untyped'), without(Header.TIME, '"timeless"'), without(Header.ID, '"nameless"')],
      ...[{ ...otherType, headers: { ...otherType.headers, [Header.TYPE]: 'orders.order-lost.v1' } }, last],
    ]);

    await eventually(async () => expect((await effects()).get('O1')).toEqual([0, 1]));
    expect(seen.filter(([, undecodable]) => undecodable !== undefined)).toEqual([
      ['{"order":', 'body: is not valid JSON'],
      ['untyped', 'header ce_type: is missing'],
      ['"timeless"', 'header ce_time: is missing'],
      ['"nameless"', 'header ce_id: is missing'],
      ['other', 'header ce_type: names no message of this topic'],
    ]);
    expect(await new ParkedMessages(database).list({ consumer, limit: 10 })).toEqual([]);
  });

  test('the broker is killed while messages flow, and none is lost, doubled or out of order', async () => {
    await startConsumer();
    await startRelay();
    let number = 0;
    let isDone = false;
    // A commit whose answer was lost may have happened: the order's row knows, as a request's id does.
    const commitNumber = async (next: number): Promise<boolean> => {
      try {
        await database.transaction(async (tx) => {
          if ((await lockOrder(tx, `${consumer}/last`, next)) >= next) return;
          await outbox.addMany(tx, contractHere(), orderNames(8).map((order) => ({ order, number: next })));
        });
        return true;
      } catch {
        return false;
      }
    };
    const writing = (async () => {
      while (!isDone) {
        const written = await commitNumber(number);
        if (written) number += 1;
        else await wait(50);
      }
    })();

    await eventually(async () => expect(count(await effects())).toBeGreaterThan(80));
    await subject.killAndRestart();
    const before = number;
    await eventually(() => expect(number).toBeGreaterThan(before + 10));
    isDone = true;
    await writing;

    await expectOnceInOrder(8, number);
  }, 40_000);

  test('a consumer that is slower than its lease keeps its partitions, and its messages their single effect', async () => {
    let batches = 0;
    const slowly = async (batch: MessageBatch): Promise<void> => {
      batches += 1;
      await wait(2_600);
      await recordEffects(batch);
    };
    await startConsumer(slowly);

    await log.append(range(20).map((number) => record(topic(), 'O0', number)));

    await expectOnceInOrder(1, 20);
    expect(batches).toBe(1);
  });

  test('a backlog of 10 MB is read in batches of bounded size', async () => {
    const filling = '汇'.repeat(17_000);
    for (const number of range(20)) await log.append(orderNames(10).map((order) => record(topic(), order, number, filling)));
    const sizes: { messages: number; bytes: number }[] = [];

    await startConsumer(async (batch) => {
      sizes.push({ messages: batch.messages.length, bytes: batch.messages.reduce((sum, message) => sum + Buffer.byteLength(message.body), 0) });
      await recordEffects(batch);
    });

    await expectOnceInOrder(10, 20);
    expect(sizes.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...sizes.map((size) => size.bytes))).toBeLessThan(2 * 1_048_576);
    expect(Math.max(...sizes.map((size) => size.messages))).toBeLessThanOrEqual(200);
  });
}

async function subscribe(log: MessageLog, group: string, topic: string, see: (place: string, value: string) => void): Promise<Subscription> {
  return await log.subscribe({
    group,
    topics: [topic],
    maxBatch: 50,
    onBatch: async ({ partition, records }) => {
      for (const one of records) see(`${partition}/${one.offset}`, one.value);
      await Promise.resolve();
    },
  });
}

async function eventually(assertion: () => Promise<void> | void): Promise<void> {
  await eventuallyWithin(assertion, { withinMs: 20_000 });
}
