import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ManualClock } from '@jinku/calendar';
import { invalidRequest } from '@jinku/errors';
import { Outbox } from '@jinku/messaging';
import { Metrics, PlatformModule, type Actor, type Role } from '@jinku/service';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { NETSUNION } from '../../connector-type/domain/netsunion.ts';
import { accountsService } from '../../index.ts';
import { accountsMigrations } from '../../migrations/index.ts';

let testing: TestDatabase;
let app: NestFastifyApplication;
const keysDir = mkdtempSync(join(tmpdir(), 'jinku-accounts-keys-'));

beforeAll(async () => {
  const key = (): string => randomBytes(32).toString('base64');
  writeFileSync(join(keysDir, 'payee-encryption.json'), JSON.stringify({ current: 'k1', keys: { k1: key() }, hashKey: key() }));
  testing = await testDatabase({ services: [{ name: 'accounts', migrations: accountsMigrations }] });
  const clock = new ManualClock('2026-11-21T02:00:00Z');
  const nothing = (): void => undefined;
  const platform = PlatformModule.with({
    serviceName: 'accounts',
    config: { clock, keysDir } as never,
    database: await testing.open('accounts', { poolMax: 8 }),
    outbox: new Outbox({ source: 'accounts', clock }),
    messageLog: {} as never,
    doorbells: { register: nothing } as never,
    metrics: new Metrics('accounts'),
    log: { info: nothing, warn: nothing, error: nothing, debug: nothing },
    // The token names the person and the role: `alice/operator`.
    tokenVerifier: {
      verify: (token): Actor => {
        const [id, role] = token.split('/');
        return { kind: 'PERSON', id: id!, roles: [role as Role] };
      },
    },
  });
  class RootModule {}
  Module({ imports: [platform, accountsService.module({}, { keysDir } as never)] })(RootModule);
  app = await NestFactory.create<NestFastifyApplication>(RootModule, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues.map((issue) => ({ field: (issue.path ?? []).join('.'), rule: issue.message }))) }),
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(async () => {
  await app.close();
  await testing.drop();
  rmSync(keysDir, { recursive: true });
});

let keys = 0;
async function call(method: 'GET' | 'POST', path: string, { as = 'alice/operator', body, key = `key-${(keys += 1)}-00000000` }: { as?: string; body?: object; key?: string } = {}) {
  const headers = { authorization: `Bearer ${as}`, 'idempotency-key': key };
  const answer = await app.inject({ method, url: path.startsWith('/v1/') ? path : `/v1/accounts${path}`, headers, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: (answer.body === '' ? {} : answer.json()) as Record<string, unknown> };
}

let numbers = 0;
const anOpening = (given: object = {}): object => ({
  accountClass: 'CLIENT_FUND',
  owner: 'CLIENT',
  name: '备付金账户',
  bankCode: '102100099996',
  accountNumber: `62220202${String((numbers += 1)).padStart(8, '0')}`,
  closeBy: '2026-12-31',
  reason: 'needed',
  ...given,
});
const open = async (given: object = {}): Promise<{ id: string; approvalId: string }> => (await call('POST', '', { body: anOpening(given) })).body as { id: string; approvalId: string };
const itemsOf = ({ body }: { body: Record<string, unknown> }): Record<string, unknown>[] => body['items'] as Record<string, unknown>[];

test('bad input names the field and the rule', async () => {
  const { status, body } = await call('POST', '', { body: anOpening({ bankCode: '12', limitPerItem: '1.5', validUntil: '2026-02-30', colour: 'red' }) });

  expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
  expect((body['violations'] as { field: string }[]).map(({ field }) => field)).toEqual(expect.arrayContaining(['bankCode', 'limitPerItem', 'validUntil']));
  expect((await call('POST', '', { body: anOpening({ closeBy: null }) })).body).toMatchObject({ code: 'NEITHER_RETAINED_NOR_ENDING', violations: [{ field: 'closeBy' }] });
});

test('the same key gives the same answer, other content under it is refused', async () => {
  const body = anOpening();
  const first = await call('POST', '', { body, key: 'the-same-key' });

  expect(first.status).toBe(202);
  expect((await call('POST', '', { body, key: 'the-same-key' })).body).toEqual(first.body);
  expect((await call('POST', '', { body: anOpening(), key: 'the-same-key' })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('operators propose and approvers decide, never the same person under two roles', async () => {
  const { id, approvalId } = await open();
  const body = { note: 'checked' };

  expect((await call('POST', '', { as: 'bob/approver', body: anOpening() })).status).toBe(403);
  expect((await call('POST', `/proposals/${approvalId}/approve`, { as: 'bob/operator', body })).status).toBe(403);
  expect((await call('POST', `/proposals/${approvalId}/approve`, { as: 'alice/approver', body })).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect(itemsOf(await call('GET', `/proposals?accountId=${id}`))).toMatchObject([{ id: approvalId, act: 'OPEN', makerId: 'alice', accountName: '备付金账户' }]);
  expect((await call('POST', `/proposals/${approvalId}/approve`, { as: 'bob/approver', body })).body).toEqual({ accountId: id, act: 'OPEN' });
  expect(itemsOf(await call('GET', `/proposals?accountId=${id}`))).toEqual([]);
});

test('an account is shown masked, with its history and whether it is usable, and found by its number', async () => {
  const { id } = await open({ accountNumber: '6222025555550001', name: '查找账户' });

  expect((await call('GET', `/${id}`)).body).toMatchObject({ maskedNumber: '6222****0001', isUsable: false, state: 'PENDING_OPEN', closeBy: '2026-12-31' });
  const history = await call('GET', `/${id}/history`);
  expect(itemsOf(history)).toMatchObject([{ version: 1, act: 'OPENING_REQUESTED', makerId: 'alice', after: { name: '查找账户' } }]);
  expect(JSON.stringify(history.body)).not.toContain('6222025555550001');
  expect(itemsOf(await call('POST', '/find-by-number', { body: { accountNumber: '6222025555550001' } }))).toMatchObject([{ id }]);
  expect((await call('GET', '/01993c1e-0000-7000-8000-00000000dead/history')).body).toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
});

test.each(['name', '-name', 'requestedAt', '-state'])('a list sorted by %s gives each account once over its pages', async (sort) => {
  for (const name of ['甲', '乙', '乙']) await open({ name });
  const seen: string[] = [];
  let after = '';

  do {
    const page = await call('GET', `?sort=${sort}&accountClass=CLIENT_FUND&limit=2${after}`);
    seen.push(...itemsOf(page).map((account) => account['id'] as string));
    after = page.body['next'] === null ? '' : `&after=${page.body['next'] as string}`;
  } while (after !== '');

  const all = itemsOf(await call('GET', `?sort=${sort}&limit=500`)).map((account) => account['id']);
  expect(seen).toEqual(all);
  expect(new Set(seen).size).toBe(seen.length);
});

test('the closure programme tells what is overdue, retained accounts past their validity among it', async () => {
  const late = await open({ closeBy: '2026-11-01' });
  const expired = await open({ closeBy: null, subtype: 'FUND_SALES', validFrom: '2025-01-01', validUntil: '2026-11-20' });

  expect(itemsOf(await call('GET', '/closure-programme?overdue=true'))).toMatchObject([
    { id: late.id, because: 'CLOSURE_PROGRAMME', daysOverdue: 20 },
    { id: expired.id, because: 'VALIDITY_ENDED', daysOverdue: 1 },
  ]);
  expect(itemsOf(await call('GET', '/closure-programme'))[2]).toMatchObject({ dueOn: '2026-12-31', daysOverdue: 0 });
  expect(itemsOf(await call('GET', '/retained'))).toMatchObject([{ id: expired.id, subtype: 'FUND_SALES', isInForce: false }]);
});

test('a closing that never was is not found, and a statement about it neither', async () => {
  const { id } = await open();
  const body = { check: 'BANK_BALANCE', answer: 'CLEAR', evidence: 'statement of today' };

  expect((await call('GET', `/${id}/closing`)).body).toMatchObject({ code: 'CLOSING_NOT_FOUND' });
  expect((await call('POST', `/${id}/closing/statements`, { body })).body).toMatchObject({ code: 'CLOSING_NOT_FOUND' });
  expect((await call('POST', `/${id}/closing/statements`, { body: { ...body, check: 'LEDGER_BALANCE' } })).body).toMatchObject({ code: 'INVALID_REQUEST' });
});

test('a connector type is shown as it is in force, and a contradiction in a new version is named by field', async () => {
  const path = '/v1/connector-types/NETSUNION';
  const propose = (content: object, as?: string) => call('POST', `${path}/versions`, { body: { content, effectiveOn: '2027-01-01', reason: 'new terms' }, ...(as === undefined ? {} : { as }) });

  expect((await call('GET', path)).body).toMatchObject({ code: 'NETSUNION', version: 1, content: { capabilities: ['PAYOUT', 'QUOTA', 'NOTICES'] } });
  expect((await call('GET', `${path}?on=2026-11-20`)).body).toMatchObject({ code: 'CONNECTOR_TYPE_NOT_FOUND' });
  expect((await propose({ ...NETSUNION, policies: null })).body).toMatchObject({ code: 'INVALID_REQUEST', violations: [{ field: 'content.policies' }] });
  expect((await propose(NETSUNION, 'bob/approver')).status).toBe(403);

  const { approvalId } = (await propose({ ...NETSUNION, name: '网联清算' })).body;
  expect(itemsOf(await call('GET', '/v1/connector-types/proposals'))).toMatchObject([{ id: approvalId, makerId: 'alice', proposal: { version: 2 } }]);
  await call('POST', `/v1/connector-types/proposals/${approvalId as string}/approve`, { as: 'bob/approver', body: { note: 'checked' } });

  expect((await call('GET', path)).body).toMatchObject({ version: 1 });
  expect((await call('GET', `${path}?on=2027-01-01`)).body).toMatchObject({ version: 2, makerId: 'alice', checkerId: 'bob', content: { name: '网联清算' } });
  expect(itemsOf(await call('GET', `${path}/versions`))).toHaveLength(2);
});

test('a closing goes through the doors of persons, and shows every answer', async () => {
  const { id, approvalId } = await open();
  await call('POST', `/proposals/${approvalId}/approve`, { as: 'bob/approver', body: { note: 'checked' } });

  expect((await call('POST', `/${id}/close`, { body: { reason: 'not needed' } })).body).toMatchObject({ code: 'ACCOUNT_STATE_FORBIDS' });
  await testing.admin.query(`UPDATE account SET state = 'ACTIVE', link_state = 'CONFIRMED', internal_account_code = '1002.1' WHERE id = $1`, [id]);
  const closing = (await call('POST', `/${id}/close`, { body: { reason: 'not needed' } })).body as { approvalId: string };
  await call('POST', `/proposals/${closing.approvalId}/approve`, { as: 'bob/approver', body: { note: 'checked' } });
  const body = { check: 'BANK_BALANCE', answer: 'CLEAR', evidence: 'statement of today' };
  expect((await call('POST', `/${id}/closing/statements`, { body, key: 'stated-once' })).status).toBe(204);
  expect((await call('POST', `/${id}/closing/statements`, { body, key: 'stated-once' })).status).toBe(204);

  const { answers } = (await call('GET', `/${id}/closing`)).body as { answers: object[] };
  expect(answers).toHaveLength(6);
  expect(answers.at(-1)).toMatchObject({ check: 'BANK_BALANCE', answer: 'CLEAR', statedBy: 'alice', evidence: 'statement of today' });
});
