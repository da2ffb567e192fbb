import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aRequest } from '../../payout/payout.builder.ts';
import { PayoutsForTest, type Answer, type Call } from '../../payouts-service.builder.ts';

const BANK = '102100099996';
let payouts: PayoutsForTest;
const call = (method: string, path: string, given: Call = {}): Promise<Answer> => payouts.call(method, path, given);
const person = (subject: string, roles = ['operator']) => ({ subject, kind: 'PERSON' as const, roles });
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const reason = 'the bank called';

beforeAll(async () => {
  payouts = await PayoutsForTest.start();
  expect((await call('POST', '/v1/payouts/stop-all', { ...person('alice'), body: { reason: 'spec' } })).status).toBe(200);
}, 60_000);
afterAll(() => payouts?.stop());

const propose = async (body: object = {}, key = `NETSUNION:${BANK}`): Promise<Answer> =>
  call('POST', `/v1/routes/breakers/${key}/force`, { ...person('alice'), body: { state: 'OPEN', until: inHours(1), reason, ...body } });
const decide = (verb: string, id: unknown, subject: string): Promise<Answer> => call('POST', `/v1/routes/breakers/proposals/${String(id)}/${verb}`, { ...person(subject), body: { reason: 'agreed' } });

test('a breaker is forced by two persons, and released by one; all of it is told', async () => {
  const { status, body: proposed } = await propose();
  expect(status).toBe(201);
  expect((await decide('approve', proposed['proposalId'], 'alice')).body).toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect((await call('GET', '/v1/routes/breakers', person('carol', ['viewer']))).body).toMatchObject({ items: [], proposals: [{ proposedBy: 'alice', state: 'OPEN' }] });

  expect((await decide('approve', proposed['proposalId'], 'bob')).body).toMatchObject({ state: 'APPROVED' });

  const { body: forced } = await call('GET', '/v1/routes/breakers', person('carol', ['viewer']));
  expect(forced).toMatchObject({ items: [{ key: `NETSUNION/${BANK}`, state: 'OPEN', openUntil: null, force: { by: 'alice', approvedBy: 'bob', reason } }], proposals: [] });
  expect((await decide('approve', proposed['proposalId'], 'carol')).body).toMatchObject({ code: 'ALREADY_DECIDED' });
  const released = await call('POST', `/v1/routes/breakers/NETSUNION:${BANK}/release`, { ...person('alice'), body: { reason: 'it answers again' } });
  expect(released.body).toMatchObject({ state: 'HALF_OPEN', force: null });
  const { body: history } = await call('GET', `/v1/routes/breakers/NETSUNION:${BANK}/history`, person('carol', ['viewer']));
  expect(history.items).toMatchObject([{ event: 'release', from: 'OPEN', to: 'HALF_OPEN', changedBy: 'alice' }, { event: 'forceOpen', changedBy: 'bob', reason }]);
  expect((await call('POST', `/v1/routes/breakers/NETSUNION:${BANK}/release`, { ...person('alice'), body: { reason: 'again' } })).body).toMatchObject({ code: 'BREAKER_NOT_FORCED' });
});

test('a force that another rejects, or its maker takes back, changes nothing', async () => {
  const [one, two] = [(await propose({}, 'NETSUNION')).body, (await propose({}, 'NETSUNION')).body];

  expect((await decide('reject', one['proposalId'], 'bob')).body).toMatchObject({ state: 'REJECTED' });
  expect((await decide('withdraw', two['proposalId'], 'alice')).body).toMatchObject({ state: 'WITHDRAWN' });

  expect((await payouts.testing.admin.query(`SELECT 1 FROM payouts.breaker WHERE key = 'NETSUNION'`)).rows).toEqual([]);
});

test('a force without an end, of an unknown route, or by somebody who may not is refused', async () => {
  const bad: readonly [Answer, number, string][] = [
    [await propose({ until: inHours(-1) }), 400, 'INVALID_REQUEST'],
    [await propose({ until: inHours(24 * 8) }), 400, 'INVALID_REQUEST'],
    [await propose({ until: undefined }), 400, 'INVALID_REQUEST'],
    [await propose({ state: 'HALF_OPEN' }), 400, 'INVALID_REQUEST'],
    [await propose({}, 'NETSUNION:999999999999'), 404, 'UNKNOWN_ROUTE'],
    [await propose({}, 'OTHER'), 400, 'INVALID_REQUEST'],
    [await decide('approve', '01993c1e-0000-7000-8000-00000000dead', 'bob'), 404, 'FORCE_NOT_FOUND'],
    [await call('POST', '/v1/routes/breakers/NETSUNION/release', { ...person('carol', ['viewer']), body: { reason } }), 403, 'FORBIDDEN'],
  ];
  expect(bad.map(([answer]) => [answer.status, answer.body['code']])).toEqual(bad.map(([, status, code]) => [status, code]));
});

test('what no house takes to a bank is refused at the door, by reachability and by limit', async () => {
  const rule = (body: object) => call('PUT', `/v1/routes/NETSUNION/banks/${BANK}`, { ...person('alice'), body });
  const asked = async (amount: string): Promise<unknown> => (await call('POST', '/v1/payouts', { body: aRequest({ amount }) })).body['code'] ?? 'ADMITTED';

  expect((await rule({ reachable: true, perItemLimit: '50.00' })).body).toEqual({ route: 'NETSUNION', bankCode: BANK, reachable: true, perItemLimit: '50.00' });
  expect([await asked('50.00'), await asked('50.01')]).toEqual(['ADMITTED', 'NO_ROUTE']);
  await rule({ reachable: false });
  expect(await asked('0.01')).toBe('NO_ROUTE');
  await rule({ reachable: true });
  expect((await call('PUT', '/v1/routes/NETSUNION', { ...person('alice'), body: { perItemLimit: '10.00' } })).body.items).toContainEqual(expect.objectContaining({ route: 'NETSUNION', perItemLimit: '10.00' }));
  expect([await asked('10.00'), await asked('10.01')]).toEqual(['ADMITTED', 'NO_ROUTE']);
  expect((await call('GET', '/v1/routes/banks', person('carol', ['viewer']))).body.items).toEqual([{ route: 'NETSUNION', bankCode: BANK, reachable: true, perItemLimit: null }]);
  expect((await call('PUT', '/v1/routes/NETSUNION/banks/999999999999', { ...person('alice'), body: { reachable: true } })).body['code']).toBe('UNKNOWN_BANK');
});
