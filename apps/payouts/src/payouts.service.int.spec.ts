import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import { requestPayoutsV1 } from '@jinku/contracts';
import { envelopeHeaders, PostgresMessageLog, type MessageLog } from '@jinku/messaging';
import { signDetached } from '@jinku/security';
import { MESSAGE_LOG } from '@jinku/service';
import { eventually } from '@jinku/testing';
import { aRequest } from './payout/payout.builder.ts';
import { PayoutsForTest, type Answer, type Call } from './payouts-service.builder.ts';

let payouts: PayoutsForTest;
const call = (method: string, path: string, given: Call = {}): Promise<Answer> => payouts.call(method, path, given);

beforeAll(async () => {
  payouts = await PayoutsForTest.start();
}, 60_000);
afterAll(() => payouts?.stop());

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

test('a bank that operators add takes payouts, and none any more when they close it', async () => {
  const put = (state: string) => call('PUT', '/v1/payee-banks/313999000001', { subject: 'alice', kind: 'PERSON', roles: ['operator'], body: { name: '新设银行', state } });
  const request = (): Promise<Answer> => call('POST', '/v1/payouts', { body: aRequest({ payee: { ...aRequest().payee, bankCode: '313999000001' } }) });

  const statuses = [(await request()).status, (await put('OPEN')).status, (await request()).status, (await put('CLOSED')).status, (await request()).status];

  expect(statuses).toEqual([422, 200, 201, 200, 422]);
});

test('a merchant whose window is on has its second payout to one payee held', async () => {
  const person = { subject: 'alice', kind: 'PERSON' as const, roles: ['operator'] };
  await call('PUT', '/v1/merchants/M20003', { ...person, body: { name: '谨慎商户', state: 'ACTIVE', priority: 0, duplicateWindowSeconds: 60 } });
  const request = (): Promise<Answer> => call('POST', '/v1/payouts', { body: aRequest({ merchantId: 'M20003', amount: '77.00' }) });

  const [first, second] = [await request(), await request()];
  const held = await call('GET', `/v1/payouts/${String(second.body['payoutId'])}`);

  expect(second.body).toMatchObject({ state: 'HELD' });
  expect(held.body).toMatchObject({ state: 'HELD', reasonCode: 'DUPLICATE_SUSPECTED', duplicateOf: first.body['payoutId'] });
});

test('what is void or waits for nothing more is ended by sweeps, without any bell', async () => {
  const attempt = `INSERT INTO payouts.attempt (payout_id, attempt_number, serial_number, amount_minor, grant_id, request_hash, route, committed_at, valid_until, conclusion, concluded_by, concluded_at)
    VALUES ('01993c1e-0000-7000-8000-00000000beef', 1, 'S-GONE', 100, gen_random_uuid(), decode(repeat('00', 32), 'hex'), 'NETSUNION', now(), now(), 'FAILED', 'INQUIRY', now())`;
  const approval = `INSERT INTO payouts.approval (id, kind, subject, payload, state, steps_required, maker_id, reason, proposed_at, expires_at)
    VALUES (gen_random_uuid(), 'payouts.resolve-attempt', 'payout:x', '{"payoutId":"01993c1e-0000-7000-8000-00000000beef","serialNumber":"S-GONE"}', 'PROPOSED', 1, 'alice', 'why', now(), now() + interval '1 day')`;
  const waiting = `INSERT INTO payouts.payout_return (notice_id, serial_number, amount_minor, is_definite, occurred_at, state, told_at) VALUES ('N-GONE', 'S-GONE', 100, true, now(), 'WAITING', now())`;
  for (const sql of [attempt, approval, waiting]) await payouts.testing.admin.query(sql);

  const ended = async (sql: string): Promise<unknown> => (await payouts.testing.admin.query(sql)).rows[0];
  await eventually(async () => expect(await ended(`SELECT state, note FROM payouts.approval`)).toEqual({ state: 'EXPIRED', note: 'The rail answered first.' }), { withinMs: 10_000 });
  await eventually(async () => expect(await ended(`SELECT state, fault FROM payouts.payout_return`)).toEqual({ state: 'QUARANTINED', fault: 'NOT_SUCCEEDED' }), { withinMs: 10_000 });
}, 25_000);

test('the backlog is told to persons, by line and house', async () => {
  await call('POST', '/v1/payouts/stop-all', { subject: 'alice', kind: 'PERSON', roles: ['operator'], body: { reason: 'spec' } });
  await call('POST', '/v1/payouts', { body: aRequest({ amount: '7.00' }) });

  const told = async (): Promise<unknown> => (await call('GET', '/v1/payouts/backlog', { subject: 'carol', kind: 'PERSON', roles: ['auditor'] })).body.items;
  await eventually(async () => expect(await told()).toContainEqual(expect.objectContaining({ businessLine: 'SETTLEMENT', clearingHouse: 'NETSUNION' })), { withinMs: 20_000 });
  expect((await call('GET', '/v1/payouts/backlog')).status).toBe(403);
}, 25_000);

test('a signed message is answered request by request, and a forged one is quarantined and not answered', async () => {
  const log = payouts.service.app.get<MessageLog>(MESSAGE_LOG);
  expect(log).toBeInstanceOf(PostgresMessageLog);
  const append = async (body: string, privateKey = payouts.clientKey): Promise<void> => {
    const jws = signDetached({ keyId: 'settlement', privateKey, payload: body });
    const fields = { id: randomUUID(), type: requestPayoutsV1.name, source: '/settlement', time: systemClock.now(), subject: 'M10001' };
    const headers = envelopeHeaders({ ...fields, context: { headers: { clientid: 'settlement', jws } } });
    await log.append([{ topic: requestPayoutsV1.topic, key: 'M10001', value: body, headers }]);
  };
  const [good, bad, forged] = [aRequest(), aRequest({ amount: '-1.00' }), aRequest()];
  await append(JSON.stringify({ messageKey: 'M10001', requests: [forged] }), generateKeyPairSync('ed25519').privateKey);
  await append(JSON.stringify({ messageKey: 'M10001', requests: [good, bad] }));

  await eventually(async () => expect((await call('GET', `/v1/payouts?requestId=${good.requestId}`)).body.items).toHaveLength(1), { withinMs: 10_000 });

  const { rows } = await payouts.testing.admin.query<{ value: string }>(`SELECT body AS value FROM payouts.outbox_message WHERE type = 'payouts.payout-results-reported.v1'`);
  const rejectedInOutbox = rows.some((row) => row.value.includes(bad.requestId));
  const { rows: sent } = await payouts.testing.admin.query<{ count: string }>(`SELECT count(*)::text AS count FROM payouts.outbox_batch WHERE type = 'payouts.payout-results-reported.v1'`);
  expect(rejectedInOutbox || Number(sent[0]?.count) > 0).toBe(true);
  expect((await call('GET', `/v1/payouts?requestId=${forged.requestId}`)).body.items).toEqual([]);
  const auditor = { subject: 'carol', kind: 'PERSON' as const, roles: ['auditor'] };
  const { body: quarantine } = await call('GET', '/v1/payouts/quarantined-messages?fault=BAD_SIGNATURE&limit=10', auditor);
  expect(quarantine).toMatchObject({ items: [{ clientId: 'settlement', reason: 'header jws: is a detached JWS of the client over the body' }], next: null });
  expect((await call('GET', `/v1/payouts/quarantined-messages/${String(quarantine.items?.[0]?.['id'])}`, auditor)).body['text']).toContain('6222****5678');
  expect((await payouts.testing.admin.query('SELECT 1 FROM payouts.parked_message')).rows).toEqual([]);
});
