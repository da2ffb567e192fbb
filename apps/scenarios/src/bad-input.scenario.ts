import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Topic, type PayoutRequest } from '@jinku/contracts';
import { createSigner, readEd25519PrivateKey } from '@jinku/security';
import { SignJWT } from 'jose';
import { aRequest } from './a-request.ts';
import { badRequests } from './bad-requests.ts';
import { houseSecret, houseSigner, noticeOf, noticeRequest, NOTICES } from './house-notice.ts';
import { PayoutWorld } from './payout-world.ts';
import { rejectionsSince, settled, toldWithin } from './payouts-told.ts';
import { problem, problemIn, type Expected } from './problem-answer.ts';
import { PROFILE } from './profile.ts';
import { knock, type RawAnswer, type RawRequest } from './raw-door.ts';
import { TopicWriter } from './topic-writer.ts';

const MESSAGES = `/v1/messages/${Topic.PAYOUT_REQUESTS}`;
const MESSAGE_TYPE = 'settlement.request-payouts.v1';
/** What a refused request must leave as it was. */
const UNTOUCHED = ['payouts.payout', 'payouts.payout_request', 'payouts.queue_entry', 'payouts.deferred_entry', 'payouts.attempt', 'payouts.grant_movement', 'ledger.journal_entry', 'gateway.rail_notice'];
const BODY_LIMIT_BYTES = 1_048_576;
const SIGNATURE_AGE_MAX_MS = 300_000;

jest.setTimeout(120_000);

describe(`bad input on the ${PROFILE} profile`, () => {
  let world: PayoutWorld;
  let topic: TopicWriter;
  let token: string;
  let url: string;
  const known = aRequest({ requestId: 'BAD-INPUT-KNOWN' });
  let before: Record<string, number>;

  beforeAll(async () => {
    world = await PayoutWorld.start(PROFILE, { JINKU_LOGINS_PER_SECOND: '100', JINKU_LOGINS_BURST: '200' });
    await world.playFaults({});
    topic = await TopicWriter.open(world.stack);
    token = await world.client.accessToken();
    url = world.stack.urls.gateway;
    await settled(world, [known], () => world.sendOne(known));
    expect(await world.verdict()).toMatchObject({ exitCode: 0 });
  });

  afterAll(async () => {
    await (topic as TopicWriter | undefined)?.close();
    await (world as PayoutWorld | undefined)?.stop();
  });

  beforeEach(async () => {
    before = await world.books.counts(UNTOUCHED);
  });

  async function expectNothingDone(): Promise<void> {
    expect(await world.books.counts(UNTOUCHED)).toEqual(before);
  }

  test('one payout by the API: each broken rule is a problem document with its code and field, and nothing is done', async () => {
    const answers = new Map<string, unknown>();
    const expected = new Map<string, unknown>();
    for (const { what, request, status, code, field } of badRequests(known)) {
      answers.set(what, problemIn(await knock(url, { path: '/v1/payouts', token, body: request })));
      expected.set(what, problem({ status, code, field }));
    }

    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(expected));
    await expectNothingDone();
  });

  test.each<[string, RawRequest, Expected]>([
    ['malformed JSON', { path: '/v1/payouts', body: '{"requestId": ' }, { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
    ['nothing at all', { path: '/v1/payouts', body: '' }, { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
    ['an array', { path: '/v1/payouts', body: [] }, { status: 400, code: 'INVALID_REQUEST', field: 'body' }],
    ['a body that is not JSON by its own word', { path: '/v1/payouts', body: '<payout/>', headers: { 'content-type': 'text/xml' } }, { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' }],
    ['a body above the limit', { path: '/v1/payouts', body: { ...aRequest(), purpose: 'x'.repeat(BODY_LIMIT_BYTES) } }, { status: 413, code: 'BODY_TOO_LARGE' }],
    ['a batch of nothing', { path: '/v1/payouts/batch', body: { payouts: [] } }, { status: 400, code: 'INVALID_REQUEST', field: 'payouts' }],
    ['a batch that is no list', { path: '/v1/payouts/batch', body: { payouts: 'all' } }, { status: 400, code: 'INVALID_REQUEST', field: 'payouts' }],
    ['a batch of 10,001', { path: '/v1/payouts/batch', body: { payouts: new Array(10_001).fill(0) } }, { status: 400, code: 'INVALID_REQUEST', field: 'payouts' }],
    ['a batch with an unknown field', { path: '/v1/payouts/batch', body: { payouts: [aRequest()], urgent: true } }, { status: 400, code: 'INVALID_REQUEST', field: 'urgent' }],
    ['a malformed batch', { path: '/v1/payouts/batch', body: '{"payouts": [}' }, { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
    ['a page size of letters', { method: 'GET', path: '/v1/payouts?limit=all' }, { status: 400, code: 'INVALID_REQUEST', field: 'limit' }],
    ['a state that does not exist', { method: 'GET', path: '/v1/payouts?state=LOST' }, { status: 400, code: 'INVALID_REQUEST', field: 'state' }],
    ['a payout id that is none', { method: 'GET', path: '/v1/payouts/1' }, { status: 400, code: 'INVALID_REQUEST', field: 'id' }],
    ['a payout that does not exist', { method: 'GET', path: `/v1/payouts/${randomUUID()}` }, { status: 404, code: 'PAYOUT_NOT_FOUND' }],
    ['an address that does not exist', { method: 'GET', path: '/v1/nothing' }, { status: 404, code: 'NOT_FOUND' }],
    ['a write without an idempotency key', { path: '/v1/payouts', body: aRequest(), headers: { 'idempotency-key': '' } }, { status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' }],
    ['an operator\'s act by a client', { path: '/v1/payouts/stop-all', body: { reason: 'x' } }, { status: 403, code: 'FORBIDDEN' }],
  ])('the API answers %s with a problem document', async (_, request, expected) => {
    expect(problemIn(await knock(url, { token, ...request }))).toEqual(problem(expected));
    await expectNothingDone();
  });

  test.each<[string, string | undefined]>([
    ['no token', undefined],
    ['a wrong token', `jka_${'x'.repeat(43)}`],
    ['something that is no token', 'password'],
    ['a service\'s token that somebody made', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"payouts"}').toString('base64url')}.`],
  ])('every door refuses %s', async (_, wrong) => {
    for (const path of ['/v1/payouts', '/v1/payouts/batch', MESSAGES, '/v1/people', '/v1/journal-entries']) {
      expect(problemIn(await knock(url, { path, token: wrong, body: aRequest() }))).toEqual(problem({ status: 401, code: 'UNAUTHENTICATED' }));
    }
    await expectNothingDone();
  });

  test('in a batch each bad row is refused with its code and field, and the good one among them is paid', async () => {
    const bad = badRequests(known);
    const good = aRequest();
    const { status, body } = await knock(url, { path: '/v1/payouts/batch', token, body: { payouts: [...bad.map(({ request }) => request), good] } });
    const rows = body['rows'] as { refusal?: { code: string; violations: { field: string }[] } }[];

    expect([status, body['accepted'], body['refused']]).toEqual([200, 1, bad.length]);
    expect(rows.slice(0, -1).map(({ refusal }) => [refusal?.code, refusal?.violations[0]?.field ?? null])).toEqual(
      bad.map(({ code, field }, index) => [code, `payouts[${index}].${field}`]),
    );
    await settled(world, [good], () => Promise.resolve());
    expect((await world.books.counts(UNTOUCHED))['payouts.payout']).toBe((before['payouts.payout'] ?? 0) + 1);
  });

  test('in a signed message each bad request is told REJECTED with its code and field, and the good one among them is paid', async () => {
    const bad = badRequests(known);
    const good = aRequest();
    const from = world.told.length;
    await world.client.sendMessage(randomUUID(), { messageKey: 'M10001', requests: [...bad.map(({ request }) => request as unknown as PayoutRequest), good] });
    await settled(world, [good], () => Promise.resolve());
    const told = await rejectionsSince(world, from, bad.length);

    expect(told.map(({ requestId, reasonCode, violations }) => [requestId, reasonCode, violations?.[0]?.field ?? null]).sort()).toEqual(
      bad.map(({ request, code, field }, index) => [request.requestId, code, `requests[${index}].${field}`]).sort(),
    );
    expect((await world.books.counts(UNTOUCHED))['payouts.payout']).toBe((before['payouts.payout'] ?? 0) + 1);
  });

  test('a signed message whose requests are no list is rejected as a whole, under its own id', async () => {
    const body = JSON.stringify({ messageKey: 'M10001', requests: 'all of them' });
    const messageId = randomUUID();
    const answer = await knock(url, messageOf(world, { body, token, messageId }));
    await toldWithin(world, () => world.toldOf(messageId).length > 0);

    expect(answer.status).toBe(202);
    expect(world.toldOf(messageId)).toMatchObject([{ state: 'REJECTED', reasonCode: 'INVALID_REQUEST', violations: [{ field: 'requests' }] }]);
    await expectNothingDone();
  });

  test.each<[string, (given: { body: string; token: string }) => Partial<RawRequest>, Expected]>([
    ['malformed JSON', () => ({ body: '{"messageKey": ' }), { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
    ['a body that is no object', () => ({ body: '"requests"' }), { status: 400, code: 'INVALID_REQUEST', field: 'body' }],
    ['no message key', () => ({ body: JSON.stringify({ requests: [aRequest()] }) }), { status: 400, code: 'INVALID_REQUEST', field: 'messageKey' }],
    ['a message key of 65 characters', () => ({ body: JSON.stringify({ messageKey: 'M'.repeat(65), requests: [aRequest()] }) }), { status: 400, code: 'INVALID_REQUEST', field: 'messageKey' }],
    ['a body above the limit', () => ({ body: JSON.stringify({ messageKey: 'M'.repeat(BODY_LIMIT_BYTES) }) }), { status: 413, code: 'BODY_TOO_LARGE' }],
    ['no type', () => ({ headers: { 'x-message-type': '' } }), { status: 400, code: 'INVALID_REQUEST', field: 'x-message-type' }],
    ['a type of another topic', () => ({ headers: { 'x-message-type': 'payouts.payout-results-reported.v1' } }), { status: 400, code: 'INVALID_REQUEST', field: 'x-message-type' }],
    ['an id that is no UUID', () => ({ headers: { 'x-message-id': '1' } }), { status: 400, code: 'INVALID_REQUEST', field: 'x-message-id' }],
    ['no signature', () => ({ headers: { 'x-jws-signature': '' } }), { status: 400, code: 'INVALID_REQUEST', field: 'x-jws-signature' }],
    ['a topic that is ours', () => ({ path: `/v1/messages/${Topic.PAYOUT_RESULTS}` }), { status: 404, code: 'UNKNOWN_TOPIC' }],
    ['a topic that does not exist', () => ({ path: '/v1/messages/nothing' }), { status: 404, code: 'UNKNOWN_TOPIC' }],
  ])('the message door refuses %s', async (_, changes, expected) => {
    const body = JSON.stringify({ messageKey: 'M10001', requests: [aRequest()] });
    const changed = changes({ body, token });
    const request = messageOf(world, { body: typeof changed.body === 'string' ? changed.body : body, token, messageId: randomUUID() });

    expect(problemIn(await knock(url, { ...request, ...changed, headers: { ...request.headers, ...changed.headers } }))).toEqual(problem(expected));
    await expectNothingDone();
  });

  test('the message door refuses a signature over another body, and an operator who is no client', async () => {
    const body = JSON.stringify({ messageKey: 'M10001', requests: [aRequest()] });
    const request = messageOf(world, { body, token, messageId: randomUUID() });

    expect(problemIn(await knock(url, { ...request, body: body.replace('88.00', '99.00') }))).toEqual(problem({ status: 401, code: 'MESSAGE_NOT_SIGNED' }));
    expect(problemIn(await knock(url, { ...request, token: world.institution.operatorToken }))).toEqual(problem({ status: 403, code: 'FORBIDDEN' }));
    await expectNothingDone();
  });

  test('what stands on the topic itself unreadable or unsigned is quarantined, nothing that nobody signed is answered, and nobody is held up', async () => {
    const good = aRequest();
    const body = JSON.stringify({ messageKey: 'M10001', requests: [good] });
    const forgedRequest = aRequest();
    const forged = JSON.stringify({ messageKey: 'M10001', requests: [forgedRequest] });
    const signed = (value: string): Record<string, string> => ({ clientid: 'settlement', jws: world.client.signatureOf(value) });
    const unreadable = '{"messageKey": "M10001", "requests": [';
    const { 'payouts.quarantined_request': quarantinedBefore = 0 } = await world.books.counts(['payouts.quarantined_request']);
    for (const { value, headers } of [
      { value: unreadable, headers: signed(unreadable) },
      { value: unreadable, headers: {} },
      { value: '\u{1F4A3}\u0001 not JSON', headers: { clientid: 'settlement', jws: 'x..y' } },
      { value: forged, headers: {} },
      { value: forged, headers: { clientid: 'settlement' } },
      { value: forged, headers: { clientid: 'settlement', jws: world.client.signatureOf(body) } },
      { value: forged, headers: { ...signed(forged), clientid: 'somebody' } },
      { value: body, headers: signed(body) },
    ]) {
      await topic.append({ key: 'M10001', value, headers });
    }
    await settled(world, [good], () => Promise.resolve());
    const after = await world.books.counts(['payouts.quarantined_request', 'payouts.parked_message', ...UNTOUCHED]);

    expect(after['payouts.parked_message']).toBe(0);
    expect(after['payouts.quarantined_request']).toBe(quarantinedBefore + 7);
    expect(world.toldOf(forgedRequest.requestId)).toEqual([]);
    expect(after['payouts.payout']).toBe((before['payouts.payout'] ?? 0) + 1);
  });

  test('a signed message on the topic itself is judged as at the door: REJECTED for what breaks a rule, paid for what does not', async () => {
    const bad = badRequests(known).slice(0, 10);
    const good = aRequest({ merchantId: 'M10002' });
    const value = JSON.stringify({ messageKey: 'M10002', requests: [...bad.map(({ request }) => request), good] });
    const from = world.told.length;
    await topic.append({ key: 'M10002', value, headers: { clientid: 'settlement', jws: world.client.signatureOf(value) } });
    await settled(world, [good], () => Promise.resolve());
    const told = await rejectionsSince(world, from, bad.length);

    expect(told.map(({ requestId, reasonCode }) => [requestId, reasonCode]).sort()).toEqual(bad.map(({ request, code }) => [request.requestId, code]).sort());
    expect((await world.books.counts(UNTOUCHED))['payouts.payout']).toBe((before['payouts.payout'] ?? 0) + 1);
  });

  test('the notices\' door believes nothing that the house has not just signed for it', async () => {
    const house = houseSigner(world);
    const stranger = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: randomBytes(32) });
    const lie = noticeOf(await serialNumberOf(world, known), { status: 'FAILED', code: '0101' });
    const stale = Date.now() - SIGNATURE_AGE_MAX_MS - 1_000;
    const ahead = Date.now() + SIGNATURE_AGE_MAX_MS + 10_000;
    const refused: [string, RawRequest][] = [
      ['no signature', { path: NOTICES, body: lie }],
      ['a stranger\'s', await noticeRequest(stranger, lie)],
      ['one that is stale', await noticeRequest(house, lie, { timestampMs: stale })],
      ['one of the future', await noticeRequest(house, lie, { timestampMs: ahead })],
      ['one for another door', await noticeRequest(house, lie, { signedPath: '/notices/unionpay' })],
      ['one over another body', { ...(await noticeRequest(house, lie)), body: lie.replace('0101', '0102') }],
      ['one of an unknown key', await noticeRequest(createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.unknown', secret: houseSecret(world) }), lie)],
    ];
    const answers = await Promise.all(refused.map(async ([what, request]) => [what, problemIn(await knock(url, request))]));

    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(refused.map(([what]) => [what, problem({ status: 401, code: 'NOTICE_NOT_SIGNED' })])));
    await expectNothingDone();
  });

  test.each([
    ['malformed JSON', '{"noticeId": '],
    ['an array', '[]'],
    ['a kind that does not exist', JSON.stringify({ ...(JSON.parse(noticeOf('X', {})) as object), kind: 'PAYOUT_LOST' })],
    ['an amount that is a number', JSON.stringify({ ...(JSON.parse(noticeOf('X', {})) as object), amount: 88 })],
    ['an amount of three decimals', JSON.stringify({ ...(JSON.parse(noticeOf('X', {})) as object), amount: '1.234' })],
    ['no serial number', JSON.stringify({ ...(JSON.parse(noticeOf('X', {})) as object), serialNumber: null })],
  ])('a signed notice of %s is refused and quarantined', async (_, body) => {
    expect(problemIn(await knock(url, await noticeRequest(houseSigner(world), body)))).toEqual(problem({ status: 400, code: 'NOTICE_UNREADABLE' }));
    await expectNothingDone();
  });

  test('a notice that comes again counts once, and one that contradicts what was paid changes nothing but is kept for a person', async () => {
    const house = houseSigner(world);
    const lie = noticeOf(await serialNumberOf(world, known), { status: 'FAILED', code: '0101' });
    const otherContent = lie.replace('"0101"', '"0102"');
    const answers = [];
    for (const body of [lie, lie, otherContent]) answers.push((await knock(url, await noticeRequest(house, body))).status);
    await settled(world, [known], () => Promise.resolve());
    await toldWithin(world, async () => (await world.books.counts(['payouts.outcome_conflict']))['payouts.outcome_conflict'] === 1);
    const after = await world.books.counts(['gateway.rail_notice', 'payouts.attempt', 'ledger.journal_entry']);
    const [quarantined] = await world.books.ours<{ count: string }>("SELECT count(*) AS count FROM gateway.quarantined_notice WHERE fault = 'OTHER_CONTENT'");

    expect(answers).toEqual([200, 200, 200]);
    expect(Number(quarantined?.count)).toBe(1);
    expect(after).toEqual({ 'gateway.rail_notice': (before['gateway.rail_notice'] ?? 0) + 1, 'payouts.attempt': before['payouts.attempt'], 'ledger.journal_entry': before['ledger.journal_entry'] });
    expect(world.toldOf(known.requestId).filter(({ state }) => state !== 'REJECTED').at(-1)?.state).toBe('SUCCEEDED');
  });

  test('a signed notice about a number that nobody knows is stored and moves nothing', async () => {
    const { status } = await knock(url, await noticeRequest(houseSigner(world), noticeOf(`JINKU001${'9'.repeat(19)}`, {})));
    const after = await world.books.counts(UNTOUCHED);

    expect(status).toBe(200);
    expect(after).toEqual({ ...before, 'gateway.rail_notice': (before['gateway.rail_notice'] ?? 0) + 1 });
  });

  test.each<[string, RawRequest, Expected]>([
    ['malformed JSON', { path: '/v1/auth/login', body: '{"username": ' }, { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
    ['an unknown field', { path: '/v1/auth/login', body: { username: 'operator', password: 'x', admin: true } }, { status: 400, code: 'INVALID_REQUEST', field: 'admin' }],
    ['a password that is a number', { path: '/v1/auth/login', body: { username: 'operator', password: 1 } }, { status: 400, code: 'INVALID_REQUEST', field: 'password' }],
    ['a password of 100,000 characters', { path: '/v1/auth/login', body: { username: 'operator', password: 'x'.repeat(100_000) } }, { status: 400, code: 'INVALID_REQUEST', field: 'password' }],
    ['no username', { path: '/v1/auth/login', body: { password: 'x' } }, { status: 400, code: 'INVALID_REQUEST', field: 'username' }],
    ['a body above the limit', { path: '/v1/auth/login', body: { username: 'x'.repeat(BODY_LIMIT_BYTES), password: 'x' } }, { status: 413, code: 'BODY_TOO_LARGE' }],
    ['a wrong password', { path: '/v1/auth/login', body: { username: 'approver', password: 'not the password' } }, { status: 401, code: 'WRONG_CREDENTIALS' }],
    ['somebody unknown', { path: '/v1/auth/login', body: { username: 'nobody', password: 'not the password' } }, { status: 401, code: 'WRONG_CREDENTIALS' }],
    ['an assertion that is none', { path: '/v1/auth/token', body: { client_assertion: 'x.y.z' } }, { status: 401, code: 'UNAUTHENTICATED' }],
    ['no assertion', { path: '/v1/auth/token', body: {} }, { status: 400, code: 'INVALID_REQUEST', field: 'client_assertion' }],
    ['another grant', { path: '/v1/auth/token', body: { client_assertion: 'x', grant_type: 'password' } }, { status: 400, code: 'INVALID_REQUEST', field: 'grant_type' }],
    ['an assertion of 5,000 characters', { path: '/v1/auth/token', body: { client_assertion: 'x'.repeat(5_000) } }, { status: 400, code: 'INVALID_REQUEST', field: 'client_assertion' }],
  ])('the doors where one signs in answer %s with a problem document', async (_, request, expected) => {
    expect(problemIn(await knock(url, request))).toEqual(problem(expected));
  });

  test('an assertion is refused when it has expired, is meant for another door, comes from a stranger, or comes a second time', async () => {
    const audience = `${url}/v1/auth/token`;
    const ask = async (assertion: string): Promise<RawAnswer> => await knock(url, { path: '/v1/auth/token', body: { client_assertion: assertion } });
    const good = await assertionOf(world, { audience });
    const refused = [
      await assertionOf(world, { audience, expiresAtSeconds: Math.floor(Date.now() / 1_000) - 60 }),
      await assertionOf(world, { audience: 'https://elsewhere.example/v1/auth/token' }),
      await assertionOf(world, { audience, issuer: 'somebody' }),
      `${good.slice(0, -8)}AAAAAAAA`,
    ];

    for (const assertion of refused) expect(problemIn(await ask(assertion))).toEqual(problem({ status: 401, code: 'UNAUTHENTICATED' }));
    expect((await ask(good)).status).toBe(200);
    expect(problemIn(await ask(good))).toEqual(problem({ status: 401, code: 'UNAUTHENTICATED' }));
    await expectNothingDone();
  });

  test('after all of it the books agree', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

function messageOf(world: PayoutWorld, { body, token, messageId }: { body: string; token: string; messageId: string }): RawRequest {
  return { path: MESSAGES, token, body, headers: { 'x-message-type': MESSAGE_TYPE, 'x-message-id': messageId, 'x-jws-signature': world.client.signatureOf(body) } };
}

async function serialNumberOf(world: PayoutWorld, { requestId }: PayoutRequest): Promise<string> {
  const [row] = await world.books.ours<{ serial_number: string }>('SELECT serial_number FROM payouts.payout JOIN payouts.attempt USING (payout_id) WHERE request_id = $1', [requestId]);
  return row?.serial_number ?? '';
}

async function assertionOf(world: PayoutWorld, given: { audience: string; issuer?: string; expiresAtSeconds?: number }): Promise<string> {
  const { audience, issuer = 'settlement', expiresAtSeconds = Math.floor(Date.now() / 1_000) + 60 } = given;
  const assertion = new SignJWT({}).setProtectedHeader({ alg: 'EdDSA', kid: issuer }).setIssuer(issuer).setSubject(issuer).setAudience(audience);
  const key = readEd25519PrivateKey('settlement', readFileSync(join(world.stack.keysDir, 'clients', 'settlement.key'), 'utf8'));
  return await assertion.setJti(randomUUID()).setIssuedAt(expiresAtSeconds - 60).setExpirationTime(expiresAtSeconds).sign(key);
}
