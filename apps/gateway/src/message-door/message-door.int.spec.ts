import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { payoutResultsReportedV1, reportCollectionsV1, requestPayoutsV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { systemClock } from '@jinku/calendar';
import { signDetached } from '@jinku/security';
import { eventually } from '@jinku/testing';
import { BODY_BYTES_MAX } from '../config.ts';
import { aGateway, type Gateway } from '../gateway.builder.ts';

let gateway: Gateway;
let token: string;

beforeAll(async () => {
  gateway = await aGateway();
  token = await gateway.clientToken();
});
afterAll(() => gateway.stop());

const BODY = JSON.stringify(requestPayoutsV1.example);

function send(changes: { body?: string; signed?: string; key?: KeyObject; topic?: string; token?: string; headers?: Record<string, string> } = {}) {
  const body = changes.body ?? BODY;
  const jws = signDetached({ keyId: 'settlement', privateKey: changes.key ?? gateway.clientKey, payload: changes.signed ?? body });
  return gateway.request('POST', `/v1/messages/${changes.topic ?? 'settlement.payout-requests'}`, {
    token: changes.token ?? token,
    raw: body,
    headers: { 'x-message-type': requestPayoutsV1.name, 'x-message-id': randomUUID(), 'x-jws-signature': jws, ...changes.headers },
  });
}

test('a message that its client signed is in the log when the answer comes', async () => {
  expect(await send()).toMatchObject({ status: 202, body: { status: 'APPENDED', topic: 'settlement.payout-requests' } });
});

test('a message that was changed after signing, or that another key signed, is refused', async () => {
  expect(await send({ signed: `${BODY} ` })).toMatchObject({ status: 401, body: { code: 'MESSAGE_NOT_SIGNED' } });
  expect((await send({ key: generateKeyPairSync('ed25519').privateKey })).status).toBe(401);
  expect((await send({ headers: { 'x-jws-signature': 'rubbish' } })).status).toBe(401);
});

test('an oversized message, an expired token and a person\'s session are refused by their own codes', async () => {
  const oversized = `{"messageKey":"${'x'.repeat(BODY_BYTES_MAX)}"}`;
  expect(await send({ body: oversized })).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  expect(await send({ token: 'jka_unknown' })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  expect(await send({ token: await gateway.adminToken() })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});

test('malformed JSON, a missing key, wrong headers and unknown topics are refused by name', async () => {
  expect(await send({ body: '{"messageKey":' })).toMatchObject({ status: 400, body: { code: 'MALFORMED_JSON', violations: [{ field: 'body' }] } });
  expect(await send({ body: '{}' })).toMatchObject({ status: 400, body: { violations: [{ field: 'messageKey' }] } });
  expect(await send({ headers: { 'x-message-id': '7' } })).toMatchObject({ status: 400, body: { violations: [{ field: 'x-message-id' }] } });
  expect(await send({ headers: { 'x-message-type': 'other.message.v1' } })).toMatchObject({ status: 400, body: { violations: [{ field: 'x-message-type' }] } });
  expect((await send({ topic: 'jinku.payout-results' })).status).toBe(404);
  expect((await send({ topic: 'jinku.ledger.events' })).status).toBe(404);
});

test('a report of collections goes to its own topic, under its own name only', async () => {
  const report = { topic: 'settlement.collections', body: JSON.stringify(reportCollectionsV1.example) };

  expect(await send({ ...report, headers: { 'x-message-type': reportCollectionsV1.name } })).toMatchObject({ status: 202, body: { topic: 'settlement.collections' } });
  expect(await send(report)).toMatchObject({ status: 400, body: { violations: [{ field: 'x-message-type' }] } });
  expect((await send({ ...report, topic: 'settlement.payout-requests', headers: { 'x-message-type': reportCollectionsV1.name } })).status).toBe(400);
});

test('people and strangers cannot leave messages', async () => {
  expect((await send({ token: await gateway.adminToken() })).status).toBe(403);
  expect((await send({ token: 'jka_rubbish' })).status).toBe(401);
});

test('a client reads its own results in order and nobody else\'s', async () => {
  const outbox = new Outbox({ source: 'gateway', clock: systemClock });
  const results = (clientId: string, shard: number) => ({ ...payoutResultsReportedV1.example, clientId, resultKey: `${clientId}:${shard}` });
  await gateway.database.transaction((tx) =>
    outbox.addMany(tx, payoutResultsReportedV1, [results('settlement', 0), results('other', 0), results('settlement', 1), results('settlement', 2)]),
  );

  const read = (query = '') => gateway.request('GET', `/v1/messages/jinku.payout-results${query}`, { token });
  await eventually(async () => expect((await read()).body['items']).toHaveLength(3), { withinMs: 10_000 });
  const first = (await read('?limit=2')).body as { items: { sequence: string; data: { clientId: string } }[]; next: string };
  const rest = (await read(`?after=${first.next}`)).body as typeof first;

  expect([...first.items, ...rest.items].map((item) => item.sequence)).toEqual(['1', '2', '3']);
  expect([...first.items, ...rest.items].every((item) => item.data.clientId === 'settlement')).toBe(true);
  expect((await read(`?after=${rest.next}`)).body).toEqual({ items: [], next: '3' });
  expect((await read('?after=x')).status).toBe(400);
});
