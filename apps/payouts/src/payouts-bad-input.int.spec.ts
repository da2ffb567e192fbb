import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aRequest } from './payout/payout.builder.ts';
import { PayoutsForTest, type Answer, type Call } from './payouts-service.builder.ts';

let payouts: PayoutsForTest;
const call = (method: string, path: string, given: Call = {}): Promise<Answer> => payouts.call(method, path, given);
const operator = { subject: 'alice', kind: 'PERSON' as const, roles: ['operator'] };
const { payee } = aRequest();
const ID = '01993c1e-0000-7000-8000-00000000dead';

beforeAll(async () => {
  payouts = await PayoutsForTest.start();
  // What is admitted here stays where it is.
  expect((await call('POST', '/v1/payouts/stop-all', { ...operator, body: { reason: 'spec' } })).status).toBe(200);
}, 60_000);
afterAll(() => payouts?.stop());

/** A problem document of this status and code that names this field, with a rule. */
function expectProblem(answer: Answer, expected: { status: number; code: string; field?: string }): void {
  expect({ status: answer.status, code: answer.body['code'], type: answer.type.split(';')[0] }).toEqual({ status: expected.status, code: expected.code, type: 'application/problem+json' });
  if (expected.field === undefined) return;
  expect(answer.body.violations?.map(({ field }) => field)).toContain(expected.field);
  expect(answer.body.violations?.every(({ rule }) => rule.length > 3)).toBe(true);
}

const rows = async (): Promise<unknown> =>
  (await payouts.testing.admin.query(`SELECT (SELECT count(*) FROM payouts.payout) AS payouts, (SELECT count(*) FROM payouts.payout_request) AS requests, (SELECT count(*) FROM payouts.outbox_batch WHERE type LIKE '%payout-results%') AS told`)).rows[0];

const INVALID = { status: 400, code: 'INVALID_REQUEST' };
const requests: readonly [what: string, body: unknown, expected: { status: number; code: string; field: string }][] = [
  ['an array for a body', [], { ...INVALID, field: 'body' }],
  ['an unknown field', { ...aRequest(), urgent: true }, { ...INVALID, field: 'urgent' }],
  ['an unknown field of the payee', aRequest({ payee: { ...payee, phone: '1' } as never }), { ...INVALID, field: 'payee.phone' }],
  ['a number for the amount', { ...aRequest(), amount: 12.5 }, { ...INVALID, field: 'amount' }],
  ['a list for the request id', { ...aRequest(), requestId: ['REQ-00000001'] }, { ...INVALID, field: 'requestId' }],
  ['nothing for the payee', { ...aRequest(), payee: null }, { ...INVALID, field: 'payee' }],
  ['no merchant', { ...aRequest(), merchantId: undefined }, { ...INVALID, field: 'merchantId' }],
  ['a negative amount', aRequest({ amount: '-1.00' }), { ...INVALID, field: 'amount' }],
  ['a zero amount', aRequest({ amount: '0.00' }), { ...INVALID, field: 'amount' }],
  ['three decimals', aRequest({ amount: '1.234' }), { ...INVALID, field: 'amount' }],
  ['twenty digits', aRequest({ amount: '12345678901234567890.00' }), { ...INVALID, field: 'amount' }],
  ['an exponent', aRequest({ amount: '1e3' }), { ...INVALID, field: 'amount' }],
  ['another currency', { ...aRequest(), currency: 'USD' }, { ...INVALID, field: 'currency' }],
  ['an 11-digit bank', aRequest({ payee: { ...payee, bankCode: '10210009999' } }), { ...INVALID, field: 'payee.bankCode' }],
  ['NUL in the purpose', aRequest({ purpose: '结算\u0000款' }), { ...INVALID, field: 'purpose' }],
  ['a day for the latest time', aRequest({ latestBy: '2026-11-22' }), { ...INVALID, field: 'latestBy' }],
  ['a latest time that has passed', aRequest({ latestBy: '2020-01-01T00:00:00Z' }), { status: 422, code: 'LATEST_BY_PASSED', field: 'latestBy' }],
  ['an unknown merchant', aRequest({ merchantId: 'M99999' }), { status: 422, code: 'UNKNOWN_MERCHANT', field: 'merchantId' }],
  ['a suspended merchant', aRequest({ merchantId: 'M10002' }), { status: 422, code: 'MERCHANT_SUSPENDED', field: 'merchantId' }],
  ['an unknown business line', aRequest({ businessLine: 'GIFTS' }), { status: 422, code: 'UNKNOWN_BUSINESS_LINE', field: 'businessLine' }],
  ['an unknown bank', aRequest({ payee: { ...payee, bankCode: '999999999999' } }), { status: 422, code: 'UNKNOWN_BANK', field: 'payee.bankCode' }],
  ['an amount above the line\'s limit', aRequest({ amount: '50000.01' }), { status: 422, code: 'AMOUNT_ABOVE_LIMIT', field: 'amount' }],
];

test('every bad request for a payout is a problem that names field and rule, alone and as a row of a batch, and nothing of it is done', async () => {
  const before = await rows();

  for (const [, body, expected] of requests) expectProblem(await call('POST', '/v1/payouts', { body }), expected);
  const batch = await call('POST', '/v1/payouts/batch', { body: { payouts: requests.map(([, body]) => body) } });

  expect(batch.body).toMatchObject({ accepted: 0, refused: requests.length });
  requests.forEach(([what, , { code, field }], index) => {
    const violations = [expect.objectContaining({ field: field === 'body' ? `payouts[${index}]` : `payouts[${index}].${field}` })];
    expect([what, batch.body.rows?.[index]]).toEqual([what, { index, refusal: { code, detail: expect.any(String), violations: expect.arrayContaining(violations) } }]);
  });
  expect(await rows()).toEqual(before);
});

test('a batch is refused as a whole when it is none, is empty or has more than 10,000 payouts', async () => {
  const before = await rows();
  const batch = (body: unknown): Promise<Answer> => call('POST', '/v1/payouts/batch', { body });

  expectProblem(await batch({ payouts: Array.from({ length: 10_001 }, () => ({})) }), { ...INVALID, field: 'payouts' });
  expectProblem(await batch({ payouts: [] }), { ...INVALID, field: 'payouts' });
  expectProblem(await batch({ payouts: 'all' }), { ...INVALID, field: 'payouts' });
  expectProblem(await batch({ payouts: [aRequest()], urgent: true }), { ...INVALID, field: 'urgent' });
  expectProblem(await batch([aRequest()]), { ...INVALID, field: 'body' });

  expect(await rows()).toEqual(before);
});

test('bytes that are no JSON, another type of content and a body beyond the limit are problems', async () => {
  expectProblem(await call('POST', '/v1/payouts', { text: '{"requestId":' }), { status: 400, code: 'MALFORMED_JSON', field: 'body' });
  expectProblem(await call('POST', '/v1/payouts', { text: '' }), { status: 400, code: 'MALFORMED_JSON', field: 'body' });
  expectProblem(await call('POST', '/v1/payouts', { text: '<a/>', headers: { 'content-type': 'application/xml' } }), { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  expectProblem(await call('POST', '/v1/payouts/batch', { text: `{"payouts":["${'x'.repeat(13 * 1024 * 1024)}"]}` }), { status: 413, code: 'BODY_TOO_LARGE' });
});

test('the same request id with other content is refused by field, alone, in a batch and within one', async () => {
  const request = aRequest();
  const [twice, changed] = [aRequest(), { ...request, amount: '100.01' }];
  await call('POST', '/v1/payouts', { body: request });

  expectProblem(await call('POST', '/v1/payouts', { body: changed }), { status: 409, code: 'REQUEST_ID_REUSED', field: 'requestId' });
  const batch = await call('POST', '/v1/payouts/batch', { body: { payouts: [changed, twice, { ...twice, purpose: '别的' }, request] } });

  expect(batch.body.rows).toMatchObject([
    { refusal: { code: 'REQUEST_ID_REUSED', violations: [{ field: 'payouts[0].requestId' }] } },
    { requestId: twice.requestId },
    { refusal: { code: 'REQUEST_ID_REUSED', violations: [{ field: 'payouts[2].requestId' }] } },
    { requestId: request.requestId },
  ]);
});

const controls = ['hold', 'release', 'cancel', 'expedite'].map((verb) => `/v1/payouts/${ID}/${verb}`);
const decisions = ['approve', 'reject', 'withdraw'].map((verb) => `/v1/payouts/${ID}/resolutions/${ID}/${verb}`);
const reasoned = [...controls, ...decisions, '/v1/payouts/stop-all', '/v1/payouts/start-all', '/v1/routes/NETSUNION/open'];

test('whatever an operator does needs a reason of text, and nothing else', async () => {
  for (const path of reasoned) {
    for (const body of [{}, { reason: '' }, { reason: ' \n ' }, { reason: 7 }, { reason: 'x'.repeat(201) }, { reason: 'a\u0000b' }]) {
      expectProblem(await call('POST', path, { ...operator, body }), { ...INVALID, field: 'reason' });
    }
    expectProblem(await call('POST', path, { ...operator, body: { reason: 'why', force: true } }), { ...INVALID, field: 'force' });
  }
});

test('a proposal about an unknown payout needs a conclusion, evidence and a reason', async () => {
  const path = `/v1/payouts/${ID}/resolutions`;
  const body = { conclusion: 'SUCCEEDED', evidence: 'letter of the house', reason: 'asked' };

  for (const [field, value] of [['evidence', undefined], ['evidence', '  '], ['evidence', 'x'.repeat(1_001)], ['reason', undefined], ['reason', ''], ['conclusion', 'MAYBE'], ['conclusion', undefined]] as const) {
    expectProblem(await call('POST', path, { ...operator, body: { ...body, [field]: value } }), { ...INVALID, field });
  }
  expectProblem(await call('POST', path, { ...operator, body }), { status: 404, code: 'PAYOUT_NOT_FOUND' });
});

test('every write needs an idempotency key, of a client and of a person', async () => {
  const headers = { 'idempotency-key': null };
  const writes: readonly [method: string, path: string, given: Call][] = [
    ['POST', '/v1/payouts', { body: aRequest() }],
    ['POST', '/v1/payouts/batch', { body: { payouts: [aRequest()] } }],
    ...reasoned.map((path): [string, string, Call] => ['POST', path, { ...operator, body: { reason: 'why' } }]),
    ['POST', `/v1/payouts/${ID}/resolutions`, { ...operator, body: { conclusion: 'FAILED', evidence: 'e', reason: 'r' } }],
    ['PUT', '/v1/merchants/M20002', { ...operator, body: { name: '商户', state: 'ACTIVE', priority: 0 } }],
    ['PUT', '/v1/business-lines/GIFTS', { ...operator, body: { name: '礼品', priority: 0, perItemLimit: '1.00' } }],
    ['PUT', '/v1/payee-banks/102100099996', { ...operator, body: { name: '中国工商银行', state: 'OPEN' } }],
  ];

  for (const [method, path, given] of writes) expectProblem(await call(method, path, { ...given, headers }), { status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' });
});

test('a key used again with the same content does nothing twice, and with other content is refused', async () => {
  const created = await call('POST', '/v1/payouts', { body: aRequest() });
  const hold = (reason: string, key: string): Promise<Answer> =>
    call('POST', `/v1/payouts/${String(created.body['payoutId'])}/hold`, { ...operator, body: { reason }, headers: { 'idempotency-key': key } });
  const key = randomUUID();
  const first = await hold('asked', key);

  expect(await hold('asked', key)).toEqual(first);
  expectProblem(await hold('asked again', key), { status: 409, code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('bad ids and queries are problems that name the parameter', async () => {
  for (const path of ['/v1/payouts/7', '/v1/payouts/7/attempts', '/v1/payouts/7/returns', '/v1/payouts/7/resolutions', '/v1/payouts/quarantined-messages/7']) {
    expectProblem(await call('GET', path, operator), { status: 400, code: 'INVALID_REQUEST' });
  }
  for (const [query, field] of [['limit=0', 'limit'], ['limit=501', 'limit'], ['limit=many', 'limit'], ['state=LOST', 'state'], ['after=7', 'after'], ['colour=red', 'colour']] as const) {
    expectProblem(await call('GET', `/v1/payouts?${query}`, operator), { ...INVALID, field });
  }
  expectProblem(await call('GET', '/v1/payouts/returns?state=LOST', operator), { ...INVALID, field: 'state' });
  expectProblem(await call('GET', '/v1/payouts/quarantined-messages?fault=LOST', operator), { ...INVALID, field: 'fault' });
  expectProblem(await call('GET', `/v1/payouts/${ID}`, operator), { status: 404, code: 'PAYOUT_NOT_FOUND' });
  expectProblem(await call('GET', `/v1/payouts/quarantined-messages/${ID}`, operator), { status: 404, code: 'QUARANTINED_MESSAGE_NOT_FOUND' });
});

test('the register refuses by field what its tables could not hold', async () => {
  const merchant = { name: '商户', state: 'ACTIVE', priority: 0 };
  const line = { name: '礼品', priority: 0, perItemLimit: '1.00' };
  const bank = { name: '某银行', state: 'OPEN' };
  const puts: readonly [path: string, body: unknown, field: string][] = [
    ['/v1/merchants/M20002', { ...merchant, priority: 10 }, 'priority'],
    ['/v1/merchants/M20002', { ...merchant, priority: 0.5 }, 'priority'],
    ['/v1/merchants/M20002', { ...merchant, state: 'CLOSED' }, 'state'],
    ['/v1/merchants/M20002', { ...merchant, name: ' ' }, 'name'],
    ['/v1/merchants/M20002', { ...merchant, duplicateWindowSeconds: 86_401 }, 'duplicateWindowSeconds'],
    ['/v1/merchants/M20002', { ...merchant, colour: 'red' }, 'colour'],
    ['/v1/business-lines/GIFTS', { ...line, perItemLimit: '0.00' }, 'perItemLimit'],
    ['/v1/business-lines/GIFTS', { ...line, perItemLimit: '1.234' }, 'perItemLimit'],
    ['/v1/business-lines/GIFTS', { ...line, perItemLimit: 5 }, 'perItemLimit'],
    ['/v1/business-lines/GIFTS', { ...line, duplicateWindowSeconds: -1 }, 'duplicateWindowSeconds'],
    ['/v1/payee-banks/102100099996', { ...bank, name: 'x'.repeat(81) }, 'name'],
    ['/v1/payee-banks/102100099996', { name: bank.name }, 'state'],
  ];

  for (const [path, body, field] of puts) expectProblem(await call('PUT', path, { ...operator, body }), { ...INVALID, field });
  for (const [path, body] of [['/v1/merchants/a%20b', merchant], ['/v1/business-lines/gifts', line], ['/v1/payee-banks/10210009999', bank]] as const) {
    expectProblem(await call('PUT', path, { ...operator, body }), INVALID);
  }
});

test('clients reach no operator\'s door, and roles that only read change nothing', async () => {
  for (const path of reasoned) {
    expectProblem(await call('POST', path, { body: { reason: 'why' } }), { status: 403, code: 'FORBIDDEN' });
    expectProblem(await call('POST', path, { ...operator, roles: ['auditor', 'viewer'], body: { reason: 'why' } }), { status: 403, code: 'FORBIDDEN' });
  }
  for (const path of ['/v1/payouts/quarantined-messages', '/v1/payouts/returns', '/v1/payouts/resolutions', '/v1/payouts/outcome-conflicts']) {
    expectProblem(await call('GET', path), { status: 403, code: 'FORBIDDEN' });
    expect((await call('GET', path, { ...operator, roles: ['auditor'] })).status).toBe(200);
  }
});
