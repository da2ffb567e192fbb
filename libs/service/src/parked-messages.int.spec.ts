import { Controller, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, jest, test } from '@jest/globals';
import { defineMessage } from '@jinku/contracts';
import { MessageBatchHandler, messagesOf, messagingTablesSql, migrateBus, Outbox, type MessageBatch } from '@jinku/messaging';
import type { Database, MigrationClass } from '@jinku/persistence';
import { eventually, testDatabase, type TestDatabase } from '@jinku/testing';
import { z } from 'zod';
import { bootService, platformTablesSql, type Role, type RunningService } from './index.ts';

jest.setTimeout(60_000);

const noteTakenV1 = defineMessage({
  name: 'probe.note-taken.v1',
  topic: 'jinku.probe.events',
  audience: 'INTERNAL',
  sentence: 'A note was taken.',
  key: (message) => message.order,
  schema: z.object({ order: z.string(), number: z.int(), payeeName: z.string() }),
  example: { order: 'A', number: 1, payeeName: 'x' },
});

class CreateProbe2026112100001 {
  readonly name = 'CreateProbe2026112100001';

  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query(messagingTablesSql('jinku_probe'));
    await runner.query(platformTablesSql('jinku_probe'));
    await runner.query('CREATE TABLE note (nth bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number integer NOT NULL); GRANT SELECT, INSERT ON note TO jinku_probe');
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('forward only'));
  }
}
const migrations: readonly MigrationClass[] = [CreateProbe2026112100001];

let refused: ReadonlySet<number> = new Set();

@Controller()
class NotesConsumer {
  @MessageBatchHandler({ consumer: 'probe.notes', contracts: [noteTakenV1] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    for (const { data } of messagesOf(batch, noteTakenV1)) {
      if (refused.has(data.number)) throw new Error(`note ${data.number} is not for the books`);
      await batch.tx.execute('INSERT INTO note (number) VALUES ($1)', [data.number]);
    }
  }
}

@Module({ controllers: [NotesConsumer] })
class ProbeModule {}

let testing: TestDatabase;
let database: Database;
let probe: RunningService;

beforeAll(async () => {
  testing = await testDatabase({ shared: [migrateBus], services: [{ name: 'probe', migrations }] });
  database = await testing.open('probe');
  const { host, port, database: name, secret } = testing.address;
  probe = await bootService(
    {
      name: 'probe',
      sentence: 'A service made up for this spec.',
      migrations,
      module: () => ({ module: ProbeModule }),
      bodyBytesMax: 10_000,
      tokenVerifier: () => ({
        verify: (token) => {
          const [id, role] = token.split('/') as [string, Role];
          return { kind: 'PERSON', id, roles: [role] };
        },
      }),
    },
    {
      JINKU_DATABASE_URL: `postgres://${host}:${port}/${name}`,
      JINKU_DATABASE_SECRET: secret,
      JINKU_KEYS_DIR: '/nowhere',
      JINKU_LOG_LEVEL: 'silent',
      JINKU_JOBS: 'off',
      JINKU_PROBE_PORT: String(await freePort()),
    },
  );
});
afterAll(async () => {
  await probe.stop();
  await testing.drop();
});
beforeEach(async () => {
  refused = new Set();
  await testing.admin.query('TRUNCATE probe.note');
});

let keys = 0;
async function call(method: 'GET' | 'POST', path: string, { as = 'alice/operator', body }: { as?: string; body?: object } = {}) {
  const answer = await fetch(`${probe.url}/v1/parked-messages/${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, 'idempotency-key': `key-0000-${(keys += 1)}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const items = async (query = '') => (await call('GET', `probe${query}`)).body['items'] as Record<string, unknown>[];
const notes = async () => (await database.query<{ number: number }>('SELECT number FROM note ORDER BY nth')).map(({ number }) => number);
const tell = async (order: string, ...numbers: number[]): Promise<void> => {
  const outbox = probe.app.get(Outbox);
  await database.transaction((tx) => outbox.addMany(tx, noteTakenV1, numbers.map((number) => ({ order, number, payeeName: '王伟' }))));
};
async function parkedHead(order: string): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const head = (await items('?state=PARKED')).find((item) => item['key'] === order);
    expect(head).toBeDefined();
    return head!;
  });
}

test('a message parked, listed, seen masked and replayed takes effect, and those of its key follow in order', async () => {
  refused = new Set([2]);
  await tell('A', 1, 2, 3, 4);
  const head = await parkedHead('A');
  await eventually(async () => expect((await items('?state=BEHIND')).filter((item) => item['key'] === 'A')).toHaveLength(2));
  expect(await notes()).toEqual([1]);

  expect((await call('GET', `probe/${String(head['id'])}`)).body).toMatchObject({
    failure: 'Error: note 2 is not for the books',
    payload: { order: 'A', number: 2, payeeName: '***' },
  });
  expect(await (await fetch(`${probe.url}/metrics`)).text()).toMatch(/jinku_parked_messages\{.*consumer="probe.notes".*\} 3/);
  refused = new Set();
  expect((await call('POST', `probe/${String(head['id'])}/replay`, { body: { reason: 'the handler was mended' } })).body).toMatchObject({ state: 'DUE' });

  await eventually(async () => expect(await notes()).toEqual([1, 2, 3, 4]));
  const [last] = await database.query<{ content: string }>('SELECT content FROM audit_entry ORDER BY sequence DESC LIMIT 1');
  expect(JSON.parse(last!.content)).toMatchObject({ actor: { id: 'alice' }, action: 'probe.parked-message.replay', reason: 'the handler was mended' });
});

test('a discarded message has no effect and lets the later ones go', async () => {
  refused = new Set([6]);
  await tell('B', 5, 6, 7);
  const head = await parkedHead('B');

  expect((await call('POST', `probe/${String(head['id'])}/discard`, { body: { reason: ' ' } })).body).toMatchObject({ code: 'INVALID_REQUEST' });
  expect((await call('POST', `probe/${String(head['id'])}/discard`, { body: { reason: 'sent by mistake' } })).status).toBe(200);

  await eventually(async () => expect(await notes()).toEqual([5, 7]));
  expect((await call('POST', `probe/${String(head['id'])}/replay`, { body: { reason: 'again' } })).body).toMatchObject({ code: 'PARKED_MESSAGE_NOT_WAITING' });
  expect((await items('?state=DISCARDED'))[0]).toMatchObject({ id: head['id'], decidedBy: 'alice', decisionReason: 'sent by mistake' });
});

test('of a replay and a discard at once one is taken', async () => {
  refused = new Set([8]);
  await tell('C', 8);
  const { id } = await parkedHead('C');

  const answers = await Promise.all(['replay', 'discard'].map((action) => call('POST', `probe/${String(id)}/${action}`, { body: { reason: 'both' } })));

  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  await eventually(async () => expect((await items()).find((item) => item['id'] === id)?.['state']).toMatch(/PARKED|DISCARDED/));
});

test('only operators and admins decide, of messages that exist, at the service that has them', async () => {
  for (const role of ['viewer', 'approver', 'auditor']) expect((await call('POST', 'probe/1/discard', { as: `bob/${role}`, body: { reason: 'x' } })).status).toBe(403);
  expect((await call('GET', 'probe', { as: 'bob/viewer' })).status).toBe(403);
  expect((await call('GET', 'probe?limit=1', { as: 'bob/auditor' })).status).toBe(200);
  expect((await call('GET', 'probe/999999')).body).toMatchObject({ code: 'PARKED_MESSAGE_UNKNOWN' });
  expect((await call('GET', 'ledger')).status).toBe(404);
  expect(await items('?topic=other')).toEqual([]);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
