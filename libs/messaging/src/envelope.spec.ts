import { expect, test } from '@jest/globals';
import { defineMessage } from '@jinku/contracts';
import { z } from 'zod';
import { deliveryOf } from './delivery.ts';
import { envelopeHeaders, followingFrom, readEnvelope, UnreadableMessage } from './envelope.ts';
import { inboxId, uuidv7 } from './message-id.ts';

const contract = defineMessage({
  name: 'orders.order-numbered.v1',
  topic: 'jinku.orders.events',
  audience: 'INTERNAL',
  sentence: 'An order got its next number.',
  key: (message) => message.order,
  schema: z.strictObject({ order: z.string(), number: z.int() }),
  example: { order: 'A', number: 1 },
});
const ID = '01993c1e-0000-7000-8000-0000000000a1';
const fields = { id: ID, type: contract.name, source: '/jinku/orders', time: new Date('2026-11-21T02:00:00Z'), subject: 'A' };
const recordOf = (headers: Record<string, string>, value = '{"order":"A","number":1}') => ({ offset: 7n, key: 'A' as string | null, value, headers });

test('headers are CloudEvents 1.0 in binary mode, and a message that begins something is its own correlation', () => {
  expect(envelopeHeaders(fields)).toEqual({
    ce_specversion: '1.0',
    ce_id: ID,
    ce_type: 'orders.order-numbered.v1',
    ce_source: '/jinku/orders',
    ce_time: '2026-11-21T02:00:00.000Z',
    ce_subject: 'A',
    'content-type': 'application/json',
    correlationid: ID,
  });
});

test('what follows from a message keeps its correlation and trace and names it as the cause', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const cause = readEnvelope(recordOf(envelopeHeaders({ ...fields, context: { correlationId: 'request-1', traceparent } })), contract);

  expect(followingFrom(cause)).toEqual({ correlationId: 'request-1', causationId: ID, traceparent });
});

test('a signature among the headers and the exact text reach the handler, and cannot replace the envelope', () => {
  const headers = envelopeHeaders({ ...fields, context: { headers: { signature: 'abc', ce_id: 'forged' } } });

  const envelope = readEnvelope(recordOf(headers, '{ "order": "A", "number": 1 }'), contract);

  expect(envelope).toMatchObject({ id: ID, body: '{ "order": "A", "number": 1 }', headers: { signature: 'abc' } });
});

test.each([
  ['no JSON', envelopeHeaders(fields), '{"order":', 'body: is not valid JSON'],
  ['another shape', envelopeHeaders(fields), '{"order":"A","number":1.5,"account":"6222020200012345678"}', 'number: Invalid input'],
  ['no id', { ...envelopeHeaders(fields), ce_id: '' }, '{}', 'header ce_id: is missing'],
  ['no instant', { ...envelopeHeaders(fields), ce_time: 'today' }, '{}', 'header ce_time: is not an instant'],
])('a message with %s is unreadable, and the reason names the rule and never a value', (_, headers, value, reason) => {
  const delivery = deliveryOf({ topic: contract.topic, partition: 0, record: recordOf(headers, value) }, new Map([[contract.name, contract]]));

  expect(delivery!.envelope).toBeNull();
  expect(delivery!.unreadable).toContain(reason);
  expect(delivery!.unreadable).not.toContain('6222');
  expect(() => readEnvelope(recordOf(headers, value), contract)).toThrow(UnreadableMessage);
});

test('a type that the consumer does not take is not for it; a record without any type is kept to be parked', () => {
  const contracts = new Map([[contract.name, contract]]);

  expect(deliveryOf({ topic: 't', partition: 0, record: recordOf({ ...envelopeHeaders(fields), ce_type: 'orders.order-closed.v1' }) }, contracts)).toBeNull();
  expect(deliveryOf({ topic: 't', partition: 3, record: { ...recordOf({}), key: null } }, contracts)).toMatchObject({ key: '~t/3/7', unreadable: 'header ce_type: is missing' });
});

test('an outside sender cannot make another sender\'s message look like a duplicate', () => {
  expect(inboxId({ source: '/jinku/orders', id: ID })).toBe(ID);
  expect(inboxId({ source: 'client-1', id: ID })).not.toBe(inboxId({ source: 'client-2', id: ID }));
  expect(inboxId({ source: 'client-1', id: ID })).not.toBe(ID);
  expect(inboxId({ source: 'client-1', id: 'any text' })).toMatch(/^[0-9a-f-]{36}$/);
});

test('message ids are UUIDs of version 7 in the order of time', () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map(uuidv7);

  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
