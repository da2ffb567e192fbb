import 'reflect-metadata';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { eventually, testDatabase, type TestDatabase } from '@jinku/testing';
import type { Envelope } from './envelope.ts';
import { MessageBatchHandler, messagesOf, type MessageBatch } from './message-batch-handler.ts';
import { MessageBatchStrategy } from './message-batch-strategy.ts';
import { uuidv7 } from './message-id.ts';
import type { MessageLog } from './message-log.ts';
import type { MessagingObservation } from './observation.ts';
import { ORDERS, ORDERS_MIGRATIONS, orderNumberedV1, silentLog, type OrderNumbered } from './orders-service.builder.ts';
import { Outbox } from './outbox.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { migrateBus } from './postgres/bus-tables.ts';
import { PostgresMessageLog } from './postgres/postgres-message-log.ts';

jest.setTimeout(30_000);

let testing: TestDatabase;
let database: Database;
let log: MessageLog;

@Injectable()
class Seen {
  readonly messages: Envelope<OrderNumbered>[] = [];
  failures: unknown[] = [];
}

@Controller()
class OrdersConsumer {
  constructor(private readonly seen: Seen) {}

  @MessageBatchHandler({ consumer: 'orders.first', contracts: [orderNumberedV1] })
  async handle(@Payload() batch: MessageBatch<OrderNumbered>): Promise<void> {
    await batch.tx.execute(`INSERT INTO effect (consumer, order_name, number) VALUES ('orders.first', $1, $2)`, ['count', batch.messages.length]);
    const failure = this.seen.failures.shift();
    if (failure !== undefined) throw failure;
    this.seen.messages.push(...messagesOf(batch, orderNumberedV1));
  }
}

@Controller()
class OtherConsumer {
  @MessageBatchHandler({ consumer: 'orders.second', contracts: [orderNumberedV1] })
  async handle(@Payload() batch: MessageBatch<OrderNumbered>): Promise<void> {
    await batch.tx.execute(`INSERT INTO effect (consumer, order_name, number) VALUES ('orders.second', $1, $2)`, ['count', batch.messages.length]);
  }
}

@Module({ controllers: [OrdersConsumer, OtherConsumer], providers: [Seen] })
class OrdersModule {}

beforeAll(async () => {
  testing = await testDatabase({ shared: [migrateBus], services: [{ name: ORDERS, migrations: ORDERS_MIGRATIONS }] });
  database = await testing.open(ORDERS, { poolMax: 12 });
  log = new PostgresMessageLog({ database, log: silentLog });
});

afterAll(async () => {
  await log.close();
  await testing.drop();
});

test('a Nest controller gets each message once, with its context; a deadlock is retried without end and another failure until it is parked', async () => {
  const observations: MessagingObservation[] = [];
  const relay = new OutboxRelay({ service: ORDERS, database, messageLog: log, holder: uuidv7(), log: silentLog });
  const outbox = new Outbox({ source: ORDERS, clock: systemClock, wake: () => relay.wake(), currentContext: () => ({ correlationId: 'request-1' }) });
  const strategy = new MessageBatchStrategy({
    service: ORDERS,
    database,
    messageLog: log,
    log: silentLog,
    observe: (one) => observations.push(one),
    retry: { firstPauseMs: 1, messageAttempts: 2 },
  });
  const app = await NestFactory.createMicroservice(OrdersModule, { strategy, logger: false });
  await relay.start();
  await app.listen();
  const seen = app.get(Seen);
  seen.failures = Array.from({ length: 9 }, () => Object.assign(new Error('deadlock'), { code: '40P01' }));

  await database.transaction((tx) => outbox.add(tx, orderNumberedV1, { order: 'A', number: 1 }));
  await eventually(() => expect(seen.messages).toHaveLength(1));

  expect(seen.messages[0]).toMatchObject({
    type: 'orders.order-numbered.v1',
    source: '/jinku/orders',
    subject: 'A',
    correlationId: 'request-1',
    causationId: null,
    data: { order: 'A', number: 1 },
    body: '{"order":"A","number":1}',
  });
  seen.failures = [new Error('first'), new Error('second')];
  await database.transaction((tx) => outbox.add(tx, orderNumberedV1, { order: 'B', number: 1 }));
  await eventually(async () => expect(await rows(`SELECT message_key, state, failure FROM parked_message`)).toEqual([{ message_key: 'B', state: 'PARKED', failure: 'Error: second' }]));

  // Each attempt that failed was undone; the other consumer of the topic went its own way.
  await eventually(async () =>
    expect(await rows('SELECT consumer, number FROM effect ORDER BY consumer, nth')).toEqual([
      { consumer: 'orders.first', number: 1 },
      { consumer: 'orders.second', number: 1 },
      { consumer: 'orders.second', number: 1 },
    ]),
  );
  expect(observations.filter((one) => one.kind === 'ATTEMPT_FAILED' && one.isTransient)).toHaveLength(9);
  expect(await rows('SELECT consumer, topic, types FROM message_consumer ORDER BY consumer')).toEqual([
    { consumer: 'orders.first', topic: 'jinku.orders.events', types: ['orders.order-numbered.v1'] },
    { consumer: 'orders.second', topic: 'jinku.orders.events', types: ['orders.order-numbered.v1'] },
  ]);
  await eventually(async () => expect(await rows('SELECT message_count FROM outbox_batch')).toHaveLength(2));
  expect(await rows(`SELECT i.consumer FROM outbox_batch b JOIN inbox_message i ON i.message_id = ANY (b.message_ids)`)).toHaveLength(4);
  await app.close();
  await relay.stop();
});

test('a handler that takes messages of two topics, or shares its name, is refused at the start', () => {
  expect(() => MessageBatchHandler({ consumer: 'orders.x', contracts: [orderNumberedV1, { ...orderNumberedV1, topic: 'other' }] })).toThrow('one topic');
  const strategy = new MessageBatchStrategy({ service: ORDERS, database, messageLog: log, log: silentLog });
  const extras = { jinku: { consumer: 'orders.x', contracts: [orderNumberedV1] } };
  const handler = (): Promise<void> => Promise.resolve();
  strategy.addHandler('topic', handler, true, extras);

  expect(() => strategy.addHandler('topic', handler, true, extras)).toThrow('a consumer has one');
  expect(() => strategy.addHandler('other', handler, true, {})).toThrow('@MessageBatchHandler');
});

async function rows(sql: string): Promise<unknown[]> {
  return await database.query(sql);
}
