import { generateKeyPairSync } from 'node:crypto';
import { aGateway, type Gateway } from '../gateway.builder.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await aGateway();
});
afterAll(() => gateway.stop());

const exchange = (assertion: string) => gateway.request('POST', '/v1/auth/token', { body: { client_assertion: assertion } });

test('an assertion opens the door once; sent again, also at the same time, it is refused', async () => {
  const assertion = await gateway.assertion();

  const answers = await Promise.all([exchange(assertion), exchange(assertion), exchange(assertion)]);

  expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401]);
  expect((await exchange(assertion)).status).toBe(401);
});

test('an assertion for somebody else, of a stranger, or that has expired is refused', async () => {
  expect((await exchange(await gateway.assertion({ audience: 'http://elsewhere/v1/auth/token' }))).status).toBe(401);
  expect((await exchange(await gateway.assertion({ key: generateKeyPairSync('ed25519').privateKey }))).status).toBe(401);
  expect((await exchange(await gateway.assertion({ expiresIn: '-1m' }))).status).toBe(401);
  expect((await exchange('rubbish')).status).toBe(401);
});

test('a client is not a person: what only people may do is refused', async () => {
  const answer = await gateway.request('GET', '/v1/system/status', { token: await gateway.clientToken() });

  expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});

test('no token is stored as it is', async () => {
  const token = await gateway.clientToken();

  const rows = await gateway.database.query<{ text: string }>('SELECT client_access_token::text AS text FROM client_access_token');

  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some((row) => row.text.includes(token))).toBe(false);
});
