import { aGateway, aStubService, type Gateway, type StubService } from '../gateway.builder.ts';
import { BODY_BYTES_MAX, FILE_BYTES_MAX } from '../config.ts';

let payouts: StubService;
let gateway: Gateway;
let token: string;

beforeAll(async () => {
  payouts = await aStubService();
  gateway = await aGateway({ JINKU_PAYOUTS_URL: payouts.url });
  token = await gateway.adminToken();
});
afterAll(async () => {
  await gateway.stop();
  await payouts.close();
});
beforeEach(() => {
  payouts.heard.length = 0;
});

test('a request reaches its owner with a token of the gateway, never with the caller\'s own', async () => {
  const answer = await gateway.request('POST', '/v1/payouts?dry=1', { token, key: 'key-12345678', body: { amount: '1.00' }, headers: { 'x-correlation-id': 'corr-0001', cookie: 'a=b' } });

  expect(answer).toMatchObject({ status: 200, body: { ok: true } });
  const [heard] = payouts.heard;
  expect(heard).toMatchObject({ method: 'POST', url: '/v1/payouts?dry=1', body: '{"amount":"1.00"}' });
  expect(heard?.headers).toMatchObject({ 'idempotency-key': 'key-12345678', 'x-correlation-id': 'corr-0001', 'content-type': 'application/json' });
  expect(heard?.headers.authorization).toMatch(/^Bearer eyJ/);
  expect(heard?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-/);
  expect(heard?.headers.cookie).toBeUndefined();
  expect(answer.headers.get('x-internal')).toBeNull();
  expect(answer.headers.get('x-correlation-id')).toBe('corr-0001');
});

test('a write without an idempotency key goes nowhere', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    expect(await gateway.request(method, '/v1/payouts/1', { token })).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_REQUIRED' } });
  }
  expect(await gateway.request('POST', '/v1/payouts', { token, key: 'short' })).toMatchObject({ status: 400 });
  expect(payouts.heard).toHaveLength(0);
});

test('without a token, or with one that is nobody\'s, nothing is passed on', async () => {
  expect((await gateway.request('GET', '/v1/payouts')).status).toBe(401);
  expect((await gateway.request('GET', '/v1/payouts', { token: `jks_${'a'.repeat(43)}` })).status).toBe(401);
  expect((await gateway.request('GET', '/v1/payouts', { token: 'x' })).status).toBe(401);
  expect(payouts.heard).toHaveLength(0);
});

test('an oversized body is refused before it is passed on', async () => {
  const answer = await gateway.request('POST', '/v1/payouts', { token, key: 'key-12345678', raw: Buffer.alloc(BODY_BYTES_MAX + 1, 'x') });

  expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  expect(payouts.heard).toHaveLength(0);
});

test('a file of payouts may be larger than other bodies, and is passed on as it is', async () => {
  const send = (bytes: number) => gateway.request('POST', '/v1/payouts/files', { token, key: 'key-12345678', raw: Buffer.alloc(bytes, 'x') });

  expect((await send(BODY_BYTES_MAX + 1)).status).toBe(200);
  expect(payouts.heard).toHaveLength(1);
  expect(await send(FILE_BYTES_MAX + 1)).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
});

test('malformed JSON at the gateway\'s own doors is a problem document', async () => {
  const answer = await gateway.request('POST', '/v1/auth/login', { raw: '{"username":' });

  expect(answer).toMatchObject({ status: 400, body: { code: 'MALFORMED_JSON' } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test('a refusal of the owner comes through as it is', async () => {
  payouts.reply = (_request, response) => response.writeHead(422, { 'content-type': 'application/problem+json' }).end('{"code":"UNKNOWN_MERCHANT"}');

  const answer = await gateway.request('GET', '/v1/payouts', { token });

  expect(answer).toMatchObject({ status: 422, body: { code: 'UNKNOWN_MERCHANT' } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
});

test('a service that is down, or that hangs up, is told as unavailable', async () => {
  payouts.reply = (request) => request.socket.destroy();

  for (const path of ['/v1/payouts', '/v1/accounts', '/v1/trial-balance']) {
    expect(await gateway.request('GET', path, { token })).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE', retryable: true } });
  }
});

test('the state of each service is told to people', async () => {
  payouts.reply = (_request, response) => response.writeHead(200).end('{}');

  const { body } = await gateway.request('GET', '/v1/system/status', { token });

  expect(body['services']).toEqual(
    expect.arrayContaining([
      { name: 'gateway', readiness: 'up' },
      { name: 'payouts', readiness: 'up' },
      { name: 'ledger', readiness: 'down' },
    ]),
  );
});

test('the document holds the gateway\'s own doors and what its services say', async () => {
  payouts.reply = (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ paths: { '/v1/payouts': { get: {} }, '/secret': {} } }));

  const { body } = await gateway.request('GET', '/openapi.json');

  expect(body['openapi']).toBe('3.1.0');
  expect(Object.keys(body['paths'] as object)).toEqual(expect.arrayContaining(['/v1/payouts', '/v1/people', '/notices/netsunion', '/v1/messages/{topic}']));
  expect(Object.keys(body['paths'] as object)).not.toContain('/secret');
});

test('every answer carries the security headers, and the page asks no other origin', async () => {
  const page = await gateway.request('GET', '/docs');
  const missing = await gateway.request('GET', '/nowhere');

  expect(page.headers.get('content-security-policy')).toContain(`script-src 'self'`);
  expect(String(page.body['text'])).not.toMatch(/https?:\/\//);
  expect((await gateway.request('GET', '/docs/swagger-ui-bundle.js')).status).toBe(200);
  expect(missing).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(missing.headers.get('x-content-type-options')).toBe('nosniff');
});
