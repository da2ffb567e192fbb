import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import { requestPayoutsV1 } from '@jinku/contracts';
import { envelopeHeaders, migrateBus, PostgresMessageLog, type MessageLog } from '@jinku/messaging';
import { issueServiceToken, signDetached } from '@jinku/security';
import { bootService, MESSAGE_LOG, type RunningService } from '@jinku/service';
import { eventually, testDatabase } from '@jinku/testing';
import { payoutsService } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { aRequest } from './payout/payout.builder.ts';
import { resetPayouts, type TestDatabase } from './payouts-world.builder.ts';

const gateway = generateKeyPairSync('ed25519');
const client = generateKeyPairSync('ed25519');
const keysDir = mkdtempSync(join(tmpdir(), 'jinku-payouts-keys-'));
let testing: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  const pem = { type: 'spki', format: 'pem' } as const;
  mkdirSync(join(keysDir, 'clients'));
  mkdirSync(join(keysDir, 'netsunion'));
  writeFileSync(join(keysDir, 'gateway-token.pub'), gateway.publicKey.export(pem));
  writeFileSync(join(keysDir, 'clients', 'settlement.pub'), client.publicKey.export(pem));
  writeFileSync(join(keysDir, 'netsunion', 'hmac.key'), randomBytes(32).toString('hex'));
  const key = (): string => randomBytes(32).toString('base64');
  writeFileSync(join(keysDir, 'payee-encryption.json'), JSON.stringify({ current: 'k1', keys: { k1: key() }, hashKey: key() }));
  testing = await testDatabase({ services: [{ name: 'payouts', migrations: MIGRATIONS }], shared: [migrateBus] });
  await resetPayouts(testing);
  const { host, port, database, secret } = testing.address;
  service = await bootService(payoutsService, {
    JINKU_DATABASE_URL: `postgres://${host}:${port}/${database}`,
    JINKU_DATABASE_SECRET: secret,
    JINKU_JOBS: 'off',
    JINKU_KEYS_DIR: keysDir,
    JINKU_LOG_LEVEL: 'silent',
    JINKU_PAYOUTS_PORT: String(await freePort()),
    JINKU_PAYOUT_SHARDS: '1',
    // Nobody listens there: what is dispatched is not connected, and waits in the queue again.
    JINKU_NETSUNION_URL: `http://127.0.0.1:${await freePort()}`,
  });
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await testing?.drop();
  rmSync(keysDir, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { violations?: { field: string }[]; rows?: Record<string, unknown>[]; items?: Record<string, unknown>[] };
}

async function call(method: string, path: string, given: { body?: unknown; subject?: string; kind?: 'PERSON' | 'CLIENT'; roles?: string[] } = {}): Promise<Answer> {
  const { subject = 'settlement', kind = 'CLIENT', roles = ['client'] } = given;
  const token = issueServiceToken(gateway.privateKey, { subject, kind, roles }, systemClock.wallNow());
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

test('a payout is asked for once, seen by its client alone, and a reused id is refused', async () => {
  const request = aRequest();

  const created = await call('POST', '/v1/payouts', { body: request });
  const repeated = await call('POST', '/v1/payouts', { body: request });
  const reused = await call('POST', '/v1/payouts', { body: { ...request, amount: '100.01' } });
  const path = `/v1/payouts/${String(created.body['payoutId'])}`;

  expect([created.status, repeated.status, reused.status]).toEqual([201, 200, 409]);
  expect(reused.body['code']).toBe('REQUEST_ID_REUSED');
  expect(repeated.body['payoutId']).toBe(created.body['payoutId']);
  expect((await call('GET', path)).body).toMatchObject({ amount: '100.00', payee: { accountNumber: '6222****5678' } });
  expect((await call('GET', path, { subject: 'wallet' })).status).toBe(404);
  expect((await call('GET', `/v1/payouts?requestId=${request.requestId}`)).body.items).toHaveLength(1);
  expect((await call('GET', `${path}/attempts`)).status).toBe(200);
});

test('bad requests are problems that name field and rule', async () => {
  const zero = await call('POST', '/v1/payouts', { body: aRequest({ amount: '0.00' }) });
  const unknownField = await call('POST', '/v1/payouts', { body: { ...aRequest(), urgent: true } });
  const unknownMerchant = await call('POST', '/v1/payouts', { body: aRequest({ merchantId: 'M99999' }) });
  const batch = await call('POST', '/v1/payouts/batch', { body: { payouts: [aRequest(), aRequest({ amount: '1.234' }), 7] } });

  expect([zero.status, zero.body.violations?.[0]?.field]).toEqual([400, 'amount']);
  expect([unknownField.status, unknownField.body.violations?.[0]?.field]).toEqual([400, 'urgent']);
  expect([unknownMerchant.status, unknownMerchant.body['code']]).toEqual([422, 'UNKNOWN_MERCHANT']);
  expect(batch.body).toMatchObject({ accepted: 1, refused: 2 });
  expect(batch.body.rows?.[1]).toMatchObject({ refusal: { violations: [{ field: 'payouts[1].amount' }] } });
  expect((await call('POST', '/v1/payouts/stop-all', { body: { reason: 'no' } })).status).toBe(403);
  expect((await call('GET', '/v1/payouts/not-an-id')).status).toBe(400);
});

test('one person stops all payouts and two start them', async () => {
  const as = (subject: string) => ({ subject, kind: 'PERSON' as const, roles: ['operator'], body: { reason: 'drill' } });

  expect((await call('POST', '/v1/payouts/stop-all', as('alice'))).body).toMatchObject({ stopped: true });
  expect((await call('POST', '/v1/payouts/start-all', as('alice'))).body).toMatchObject({ stopped: true, startProposedBy: 'alice' });
  expect((await call('POST', '/v1/payouts/start-all', as('alice'))).body['code']).toBe('SAME_PERSON');
  expect((await call('POST', '/v1/payouts/start-all', as('bob'))).body).toMatchObject({ stopped: false });
});

test('merchants and lines are put and listed', async () => {
  const person = { subject: 'alice', kind: 'PERSON' as const, roles: ['operator'] };

  expect((await call('PUT', '/v1/business-lines/DISBURSEMENT', { ...person, body: { name: '代发', priority: 2, perItemLimit: '50000.00' } })).status).toBe(200);
  expect((await call('PUT', '/v1/merchants/M20001', { ...person, body: { name: '新商户', state: 'ACTIVE', priority: 1 } })).status).toBe(200);
  expect((await call('GET', '/v1/business-lines', person)).body.items).toHaveLength(3);
  expect((await call('GET', '/v1/payee-banks', person)).body.items?.length).toBeGreaterThan(40);
});

test('a signed message is answered request by request, and a forged one is quarantined and not answered', async () => {
  const log = service.app.get<MessageLog>(MESSAGE_LOG);
  expect(log).toBeInstanceOf(PostgresMessageLog);
  const append = async (body: string, privateKey = client.privateKey): Promise<void> => {
    const jws = signDetached({ keyId: 'settlement', privateKey, payload: body });
    const fields = { id: randomUUID(), type: requestPayoutsV1.name, source: '/settlement', time: systemClock.now(), subject: 'M10001' };
    const headers = envelopeHeaders({ ...fields, context: { headers: { clientid: 'settlement', jws } } });
    await log.append([{ topic: requestPayoutsV1.topic, key: 'M10001', value: body, headers }]);
  };
  const [good, bad, forged] = [aRequest(), aRequest({ amount: '-1.00' }), aRequest()];
  await append(JSON.stringify({ messageKey: 'M10001', requests: [forged] }), generateKeyPairSync('ed25519').privateKey);
  await append(JSON.stringify({ messageKey: 'M10001', requests: [good, bad] }));

  await eventually(async () => expect((await call('GET', `/v1/payouts?requestId=${good.requestId}`)).body.items).toHaveLength(1), { withinMs: 10_000 });

  const { rows } = await testing.admin.query<{ value: string }>(`SELECT body AS value FROM payouts.outbox_message WHERE type = 'payouts.payout-results-reported.v1'`);
  const rejectedInOutbox = rows.some((row) => row.value.includes(bad.requestId));
  const { rows: sent } = await testing.admin.query<{ count: string }>(`SELECT count(*)::text AS count FROM payouts.outbox_batch WHERE type = 'payouts.payout-results-reported.v1'`);
  expect(rejectedInOutbox || Number(sent[0]?.count) > 0).toBe(true);
  expect((await call('GET', `/v1/payouts?requestId=${forged.requestId}`)).body.items).toEqual([]);
  expect((await testing.admin.query('SELECT fault FROM payouts.quarantined_request')).rows).toEqual([{ fault: 'BAD_SIGNATURE' }]);
  expect((await testing.admin.query('SELECT 1 FROM payouts.parked_message')).rows).toEqual([]);
});
