import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { businessDateOf, systemClock } from '@jinku/calendar';
import { accountDescribedV1, reportCollectionsV1 } from '@jinku/contracts';
import { envelopeHeaders, migrateBus, type MessageLog } from '@jinku/messaging';
import { issueServiceToken, signDetached } from '@jinku/security';
import { bootService, MESSAGE_LOG, type RunningService } from '@jinku/service';
import { eventually, testDatabase } from '@jinku/testing';
import { quotasService } from './index.ts';
import { quotasMigrations } from './migrations/index.ts';
import { SHIPPED_POLICY } from './policy/domain/quota-policy.ts';

const keysDir = mkdtempSync(join(tmpdir(), 'jinku-quotas-keys-'));
const gateway = generateKeyPairSync('ed25519');
const client = generateKeyPairSync('ed25519');
let testing: Awaited<ReturnType<typeof testDatabase>>;
let service: RunningService;

/** The service with all its doors on a database of its own; its house is not there. */
beforeAll(async () => {
  const pem = { type: 'spki', format: 'pem' } as const;
  for (const folder of ['clients', 'netsunion']) mkdirSync(join(keysDir, folder));
  writeFileSync(join(keysDir, 'gateway-token.pub'), gateway.publicKey.export(pem));
  writeFileSync(join(keysDir, 'clients', 'settlement.pub'), client.publicKey.export(pem));
  writeFileSync(join(keysDir, 'netsunion', 'hmac.key'), randomBytes(32).toString('hex'));
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }], shared: [migrateBus] });
  const { host, port, database, secret } = testing.address;
  service = await bootService(quotasService, {
    JINKU_DATABASE_URL: `postgres://${host}:${port}/${database}`,
    JINKU_DATABASE_SECRET: secret,
    JINKU_JOBS: 'off',
    JINKU_KEYS_DIR: keysDir,
    JINKU_LOG_LEVEL: 'silent',
    JINKU_QUOTAS_PORT: String(await freePort()),
    JINKU_NETSUNION_URL: `http://127.0.0.1:${await freePort()}`,
  });
}, 60_000);

afterAll(async () => {
  await service?.stop();
  await testing?.drop();
  rmSync(keysDir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { items?: Record<string, unknown>[]; violations?: { field: string }[] };
}

async function call(method: string, path: string, { body, subject = 'li.na', roles = ['operator'] }: { body?: unknown; subject?: string; roles?: string[] } = {}): Promise<Answer> {
  const token = issueServiceToken(gateway.privateKey, { subject, kind: 'PERSON', roles }, systemClock.wallNow());
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${service.url}${path}`, { method, headers, ...content });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function append(contract: { name: string; topic: string }, data: unknown, { source = '/settlement', key = client.privateKey } = {}): Promise<void> {
  const body = JSON.stringify(data);
  const jws = signDetached({ keyId: 'settlement', privateKey: key, payload: body });
  const fields = { id: randomUUID(), type: contract.name, source, time: systemClock.now(), subject: 'spec' };
  const headers = envelopeHeaders({ ...fields, context: { headers: { clientid: 'settlement', jws } } });
  await service.app.get<MessageLog>(MESSAGE_LOG).append([{ topic: contract.topic, key: 'spec', value: body, headers }]);
}

test('every list answers while nothing has been seen yet', async () => {
  const paths = ['quotas', 'quotas/adjustments', 'quotas/shifts', 'quotas/sessions', 'quotas/automatic-acts', 'quotas/buffer', 'quotas/buffer/movements', 'quotas/policy', 'quotas/policy/proposals'];

  for (const path of [...paths, 'positions', 'grants']) expect([path, (await call('GET', `/v1/${path}`)).status]).toEqual([path, 200]);
});

test('bad requests name the field, and what cannot be done is refused by its code', async () => {
  const shift = { fromHouse: 'UNIONPAY', toHouse: 'NETSUNION', amount: '1.00', reason: 'spec' };

  expect((await call('POST', '/v1/quotas/shifts', { body: { ...shift, amount: '0.00' } })).body.violations?.[0]?.field).toBe('amount');
  expect((await call('POST', '/v1/quotas/shifts', { body: { ...shift, toHouse: 'UNIONPAY' } })).body['code']).toBe('SHIFT_WITHIN_ONE_HOUSE');
  expect((await call('POST', '/v1/quotas/shifts', { body: shift })).body['code']).toBe('HOUSE_NOT_OBSERVED');
  expect((await call('POST', '/v1/quotas/shifts', { body: shift, roles: ['auditor'] })).status).toBe(403);
  expect((await call('GET', `/v1/quotas/shifts/${randomUUID()}`)).status).toBe(404);
});

test('a policy is changed by two persons through the door, and the maker is not the second', async () => {
  const effectiveOn = '2099-01-01';
  const virtual = { ...SHIPPED_POLICY, houses: { ...SHIPPED_POLICY.houses, UNIONPAY: { ...SHIPPED_POLICY.houses.UNIONPAY, merchantSettlementDraws: 'VIRTUAL' } } };
  const propose = (content: unknown): Promise<Answer> => call('POST', '/v1/quotas/policy/proposals', { body: { effectiveOn, content, reason: 'spec' } });
  expect((await propose(virtual)).body['code']).toBe('POLICY_NEEDS_VIRTUAL_POSITION');
  const path = `/v1/quotas/policy/proposals/${String((await propose({ ...SHIPPED_POLICY, minimumBuffer: '5.00' })).body['id'])}/approve`;

  expect((await call('POST', path, { roles: ['approver'] })).body['code']).toBe('MAKER_CANNOT_CHECK');
  expect((await call('POST', path, { roles: ['approver'], subject: 'wang.fang' })).body['state']).toBe('APPROVED');
  expect((await call('GET', '/v1/quotas/policy')).body).toMatchObject({ version: 0 });
});

test('signed collections are counted in their session, a forged report is quarantined, and neither holds up the next', async () => {
  const report = { ...reportCollectionsV1.example, channel: 'QR', clearingDate: businessDateOf(systemClock.now()) };
  await append(reportCollectionsV1, { ...report, sequence: 1, amountTotal: '10.00' });
  await append(reportCollectionsV1, { ...report, sequence: 3, amountTotal: '900.00' }, { key: generateKeyPairSync('ed25519').privateKey });
  await append(reportCollectionsV1, { ...report, sequence: 2, amountTotal: '25.00' });

  await eventually(
    async () => {
      const { body } = await call('GET', '/v1/quotas/sessions?clearingHouse=NETSUNION');
      expect(body.items?.find(({ clearingDate }) => clearingDate === report.clearingDate)?.['own']).toMatchObject({ receipts: '25.00' });
    },
    { withinMs: 15_000 },
  );
  expect((await testing.admin.query('SELECT fault FROM quotas.quarantined_collection')).rows).toEqual([{ fault: 'BAD_SIGNATURE' }]);
}, 25_000);

test('a described account stands on the position board, without a balance while nobody here can be asked', async () => {
  await append(accountDescribedV1, accountDescribedV1.example, { source: '/jinku/accounts' });

  await eventually(
    async () => {
      const { body } = await call('GET', '/v1/positions');
      expect(body['accounts']).toMatchObject([{ accountId: accountDescribedV1.example.accountId, balance: null, isStale: true }]);
    },
    { withinMs: 15_000 },
  );
}, 25_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
