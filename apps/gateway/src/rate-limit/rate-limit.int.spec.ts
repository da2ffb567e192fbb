import { aGateway, type Gateway } from '../gateway.builder.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await aGateway({ JINKU_LOGINS_BURST: '3', JINKU_LOGINS_PER_SECOND: '0.001', JINKU_ACTOR_REQUESTS_BURST: '4', JINKU_ACTOR_REQUESTS_PER_SECOND: '0.001' });
});
afterAll(() => gateway.stop());

test('an actor above its rate, and an address that tries too many logins, are told to come again later', async () => {
  const token = await gateway.adminToken();
  const statuses: number[] = [];
  for (let request = 0; request < 6; request += 1) statuses.push((await gateway.request('GET', '/v1/system/status', { token })).status);
  const logins: number[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) logins.push((await gateway.login('somebody', 'wrong')).status);
  const refused = await gateway.login();

  expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  expect(logins).toEqual([401, 401, 429, 429]);
  expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS', retryable: true } });
  // One token in a thousand seconds: the header says when the bucket really has one again.
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(900);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.body['detail']).toContain(`in ${String(refused.headers.get('retry-after'))} s`);
});
