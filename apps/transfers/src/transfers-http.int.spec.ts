import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { Doorbells } from '@jinku/jobs';
import { Outbox } from '@jinku/messaging';
import { Metrics, openApiOf, PlatformModule, SchemaPipe, type Actor, type EventLog, type Role } from '@jinku/service';
import { CLIENT_KEYS, PAYOUT_RAILS } from './config.ts';
import { transfersService } from './index.ts';
import { aRuleContent } from './transfer-rule/transfer-rule.builder.ts';
import { FILED, PREPAID, RESERVE, transfersDatabase, TransfersWorld, type TransfersDatabase } from './transfers-world.builder.ts';

let given: TransfersDatabase;
let world: TransfersWorld;
let app: NestFastifyApplication;

beforeAll(async () => {
  given = await transfersDatabase();
  world = await TransfersWorld.on(given.database);
  const nothing = (): void => undefined;
  const log: EventLog = { info: nothing, warn: nothing, error: nothing, debug: nothing };
  const platform = PlatformModule.with({
    serviceName: 'transfers',
    config: { clock: world.clock } as never,
    database: given.database,
    outbox: new Outbox({ source: 'transfers', clock: world.clock }),
    messageLog: {} as never,
    doorbells: new Doorbells(null, log),
    metrics: new Metrics('transfers'),
    log,
    // The token names the person and the role: `alice/operator`.
    tokenVerifier: {
      verify: (token): Actor => {
        const [id, role] = token.split('/');
        if (id === undefined || role === undefined) throw GENERAL_REFUSALS.UNAUTHENTICATED();
        return { kind: 'PERSON', id, roles: [role as Role] };
      },
    },
  });
  const module = await Test.createTestingModule({ imports: [platform, transfersService.module({}, {} as never)] })
    .overrideProvider(PAYOUT_RAILS)
    .useValue([])
    .overrideProvider(CLIENT_KEYS)
    .useValue(new Map())
    .compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new SchemaPipe());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(async () => {
  await app.close();
  await given.test.drop();
});
beforeEach(async () => {
  await given.empty();
  await world.fill();
});

interface Asked {
  readonly as?: string;
  readonly body?: object;
  readonly key?: string | null;
}
let keys = 0;
async function call(method: 'GET' | 'POST', path: string, { as = 'alice/operator', body, key = `key-${(keys += 1)}-00000000` }: Asked = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${as}`, ...(key === null ? {} : { 'idempotency-key': key }) };
  const answer = await app.inject({ method, url: `/v1/${path}`, headers, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

const sweep = (change: object = {}): object => ({ payerAccountId: PREPAID.id, payeeAccountId: RESERVE.id, amount: '1000.00', purpose: 'SWEEP_UP', reference: 'SWEEP-1', reason: 'spec', ...change });
const fees = (change: object = {}): object => sweep({ payerAccountId: RESERVE.id, payeeAccountId: FILED.id, purpose: 'FEE_INCOME_TRANSFER', ...change });
const rule = (change: object = {}): object => ({ content: { ...aRuleContent(), ...change }, reason: 'spec' });

describe('an order', () => {
  test('is made once per key, shown with its history, and listed', async () => {
    const made = await call('POST', 'transfers', { body: sweep(), key: 'the-same-key' });
    const again = await call('POST', 'transfers', { body: sweep(), key: 'the-same-key' });
    expect(made).toMatchObject({ status: 202, body: { state: 'RUNNING' } });
    expect(again).toEqual(made);
    expect((await call('POST', 'transfers', { body: sweep({ amount: '1.00' }), key: 'the-same-key' })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });

    expect((await call('GET', `transfers/${String(made.body['id'])}`)).body).toMatchObject({ amount: '1000.00', inTransit: '0.00', legs: [{ state: 'PLANNED' }], events: [{ of: 'LEG' }, { of: 'ORDER', personId: 'alice' }] });
    expect((await call('GET', 'transfers')).body).toMatchObject({ items: [{ id: made.body['id'], payerName: PREPAID.name }], next: null });
  });

  test('of client money to own money goes when a second person approves, never the first one', async () => {
    const { id } = (await call('POST', 'transfers', { body: fees() })).body as { id: string };
    const approve = (as: string): ReturnType<typeof call> => call('POST', `transfers/${id}/approve`, { as, body: { reason: 'checked' } });

    expect((await approve('alice/approver')).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
    expect((await approve('bob/operator')).status).toBe(403);
    expect(await approve('bob/approver')).toMatchObject({ status: 200, body: { id, state: 'RUNNING' } });
    expect((await approve('carol/approver')).body).toMatchObject({ code: 'ALREADY_DECIDED' });
    expect((await call('GET', `transfers/${id}`, { as: 'carol/viewer' })).body).toMatchObject({ decisions: [{ personId: 'bob' }] });
  });

  test('is refused by field for what breaks its shape, without a trace', async () => {
    const cases: [object, string][] = [
      [sweep({ amount: '10' }), 'amount'],
      [sweep({ amount: '-1.00' }), 'amount'],
      [sweep({ amount: '0.00' }), 'amount'],
      [sweep({ amount: 1000 }), 'amount'],
      [sweep({ payerAccountId: 'x' }), 'payerAccountId'],
      [sweep({ purpose: 'GIFT' }), 'purpose'],
      [sweep({ means: 'CASH' }), 'means'],
      [sweep({ reference: ' ' }), 'reference'],
      [sweep({ reference: 'x'.repeat(65) }), 'reference'],
      [sweep({ reason: undefined }), 'reason'],
      [sweep({ currency: 'USD' }), 'currency'],
    ];
    for (const [body, field] of cases) {
      expect(await call('POST', 'transfers', { body })).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', violations: [{ field }] } });
    }
    expect((await call('GET', 'transfers')).body).toMatchObject({ items: [] });
  });

  test('is refused by name for what breaks a rule', async () => {
    const refused = async (body: object): Promise<unknown> => (await call('POST', 'transfers', { body })).body['code'];

    expect(await refused(sweep({ payeeAccountId: FILED.id }))).toBe('TRANSFER_NOT_ALLOWED');
    expect(await refused(sweep({ means: 'VIRTUAL_ACCOUNT' }))).toBe('MEANS_NOT_BUILT');
    expect(await refused(sweep({ amount: '5000.01' }))).toBe('POSITION_SHORT');
    expect(await refused(sweep({ payerAccountId: crypto.randomUUID() }))).toBe('ACCOUNT_UNKNOWN');
    expect(await refused(fees({ amount: '1000.01' }))).toBe('FEE_INCOME_ABOVE_ACCRUED');
  });

  test('needs a person with the role, a key, and an id that is one', async () => {
    expect((await call('POST', 'transfers', { body: sweep(), as: 'alice/viewer' })).status).toBe(403);
    expect((await call('POST', 'transfers', { body: sweep(), as: 'nobody' })).status).toBe(401);
    expect((await call('POST', 'transfers', { body: sweep(), key: null })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REQUIRED' });
    expect((await call('GET', 'transfers/1')).body).toMatchObject({ code: 'INVALID_REQUEST', violations: [{ field: 'id' }] });
    expect((await call('GET', `transfers/${crypto.randomUUID()}`)).body).toMatchObject({ status: 404, code: 'TRANSFER_NOT_FOUND' });
    expect((await call('POST', `transfers/${crypto.randomUUID()}/resume`, { body: { reason: 'spec' } })).body).toMatchObject({ code: 'TRANSFER_NOT_FOUND' });
  });
});

describe('the list of orders', () => {
  test('is filtered, sorted and paged, and refuses what it does not know', async () => {
    for (const amount of ['3.00', '1.00', '2.00']) await call('POST', 'transfers', { body: sweep({ amount }) });
    await call('POST', 'transfers', { body: fees({ amount: '9.00' }) });
    const amounts = async (query: string): Promise<unknown[]> => ((await call('GET', `transfers?${query}`)).body as { items: { amount: string }[] }).items.map(({ amount }) => amount);
    const first = (await call('GET', 'transfers?sort=amount&limit=2')).body as { items: { amount: string }[]; next: string };

    expect(first.items.map(({ amount }) => amount)).toEqual(['1.00', '2.00']);
    expect(await amounts(`sort=amount&limit=2&after=${first.next}`)).toEqual(['3.00', '9.00']);
    expect(await amounts('sort=-requestedAt&purpose=SWEEP_UP')).toEqual(['2.00', '1.00', '3.00']);
    expect(await amounts('state=PROPOSED')).toEqual(['9.00']);
    expect(await amounts(`payerAccountId=${RESERVE.id}&payeeAccountId=${FILED.id}&businessDate=2026-11-20`)).toEqual(['9.00']);
    expect(await amounts('isInTransit=true')).toEqual([]);
    expect((await call('GET', 'transfers?state=GONE')).body).toMatchObject({ violations: [{ field: 'state' }] });
    expect((await call('GET', 'transfers?sort=name')).status).toBe(400);
    expect((await call('GET', 'transfers?limit=501')).status).toBe(400);
  });

  test('tells what may be ordered at all', async () => {
    const { items } = (await call('GET', 'transfers/allowed')).body as { items: unknown[] };

    expect(items).toContainEqual({ payer: 'CLIENT_FUND', payee: 'CENTRAL_RESERVE', means: 'BANK_TRANSFER', purposes: ['SWEEP_UP'], isBuilt: true });
  });
});

describe('a rule', () => {
  test('is proposed, approved by another person, shown, changed and listed', async () => {
    const { id, ruleId } = (await call('POST', 'transfer-rules', { body: rule() })).body as { id: string; ruleId: string };
    expect((await call('GET', 'transfer-rules/proposals?state=PROPOSED')).body).toMatchObject({ items: [{ id, ruleId, basedOn: 0, proposedBy: 'alice', content: { retainAmount: '200.00' } }] });
    expect((await call('POST', `transfer-rules/proposals/${id}/approve`, { as: 'alice/approver', body: { reason: 'mine' } })).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
    expect((await call('GET', 'transfer-rules')).body).toMatchObject({ items: [] });

    expect((await call('POST', `transfer-rules/proposals/${id}/approve`, { as: 'bob/approver', body: { reason: 'fine' } })).body).toMatchObject({ ruleId, state: 'APPROVED' });
    const changed = (await call('POST', `transfer-rules/${ruleId}/versions`, { body: { ...rule({ isOn: false }), basedOn: 1 } })).body as { id: string };
    await call('POST', `transfer-rules/proposals/${changed.id}/approve`, { as: 'bob/approver', body: { reason: 'off' } });

    expect((await call('GET', `transfer-rules/${ruleId}`)).body).toMatchObject({ version: 2, versions: [{ version: 2, checkerId: 'bob' }, { version: 1 }] });
    expect((await call('GET', `transfer-rules?isOn=false&triggerKind=THRESHOLD&payerAccountId=${PREPAID.id}`)).body).toMatchObject({ items: [{ id: ruleId }] });
    expect((await call('GET', `transfer-rules/${ruleId}/runs`)).body).toEqual({ items: [], next: null });
  });

  test('with contradictory thresholds is refused by field, when it is proposed and when it is tried', async () => {
    const contradictory = rule({ retainAmount: '1000.00', maximum: '1.00', minimum: '2.00' });
    const violations = [{ field: 'content.trigger.payerCeiling' }, { field: 'content.maximum' }];

    expect(await call('POST', 'transfer-rules', { body: contradictory })).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', violations } });
    expect((await call('POST', 'transfer-rules/dry-run', { body: { content: (contradictory as { content: object }).content, from: '2026-11-19', to: '2026-11-20' } })).status).toBe(400);
  });

  test.each<[object, string]>([
    [rule({ trigger: { kind: 'SCHEDULE', schedule: { every: 'DAY', times: ['25:00'], onNonWorkingDay: 'KEEP' } } }), 'content.trigger.schedule.times[0]'],
    [rule({ trigger: { kind: 'THRESHOLD' } }), 'content.trigger.payerCeiling'],
    [rule({ retainAmount: 200 }), 'content.retainAmount'],
    [rule({ amount: { mode: 'PERCENTAGE' } }), 'content.amount.mode'],
    [rule({ effectiveFrom: '2026-02-30' }), 'content.effectiveFrom'],
    [rule({ cooldown: 5 }), 'content.cooldown'],
  ])('of a bad shape is refused by field: %#', async (body, field) => {
    const answer = await call('POST', 'transfer-rules', { body });

    expect(answer.status).toBe(400);
    expect((answer.body['violations'] as { field: string }[]).map((violation) => violation.field)).toContain(field);
  });

  test('is tried on past days without a trace', async () => {
    const { content } = rule() as { content: object };

    expect((await call('POST', 'transfer-rules/dry-run', { body: { content, from: '2026-11-20', to: '2026-11-20' } })).body).toMatchObject({ orders: 1, ordered: '4800.00', steps: [{ amount: '4800.00' }] });
    expect((await call('POST', 'transfer-rules/dry-run', { body: { content, from: '2026-11-20', to: '2026-11-19' } })).body).toMatchObject({ code: 'DRY_RUN_TOO_LONG' });
    expect((await call('GET', 'transfers')).body).toMatchObject({ items: [] });
  });

  test('that is not there is not found', async () => {
    expect((await call('GET', `transfer-rules/${crypto.randomUUID()}`)).body).toMatchObject({ code: 'RULE_NOT_FOUND' });
    expect((await call('POST', `transfer-rules/proposals/${crypto.randomUUID()}/approve`, { as: 'bob/approver', body: { reason: 'x' } })).body).toMatchObject({ code: 'RULE_PROPOSAL_NOT_FOUND' });
  });
});

test('the door is described in OpenAPI', () => {
  expect(Object.keys(openApiOf(app, transfersService).paths)).toEqual(expect.arrayContaining(['/v1/transfers', '/v1/transfers/{id}/resume', '/v1/transfer-rules/dry-run', '/v1/transfer-rules/proposals/{id}/approve']));
});
