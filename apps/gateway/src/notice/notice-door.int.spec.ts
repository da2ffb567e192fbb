import { randomBytes } from 'node:crypto';
import { BODY_BYTES_MAX } from '../config.ts';
import { aGateway, noticeHeaders, UNIONPAY_NOTICE, type Gateway } from '../gateway.builder.ts';

let gateway: Gateway;

beforeEach(async () => {
  gateway = await aGateway();
});
afterEach(() => gateway.stop());

const count = async (sql: string): Promise<number> => Number((await gateway.database.query<{ count: bigint }>(`SELECT count(*) FROM (${sql}) AS counted`))[0]?.count);
/** Sent or still to send, in one snapshot: the relay moves messages from the one to the other behind our back. */
const told = (): Promise<number> => count('SELECT id FROM outbox_message UNION SELECT unnest(message_ids) FROM outbox_batch');

test('a forged notice is refused, quarantined, and nobody is told', async () => {
  const answer = await gateway.notice({}, { secret: randomBytes(32) });

  expect(answer).toMatchObject({ status: 401, body: { code: 'NOTICE_NOT_SIGNED' } });
  expect(await count('SELECT 1 FROM rail_notice')).toBe(0);
  expect(await told()).toBe(0);
  expect(await gateway.database.query('SELECT fault FROM quarantined_notice')).toEqual([{ fault: 'BAD_SIGNATURE' }]);
});

test('a notice signed too long ago, or by a clock too far ahead, is refused like a forged one', async () => {
  for (const ageMs of [6 * 60_000, -6 * 60_000]) {
    expect(await gateway.notice({}, { ageMs })).toMatchObject({ status: 401, body: { code: 'NOTICE_NOT_SIGNED' } });
  }
  expect(await gateway.notice({}, { ageMs: 4 * 60_000 })).toMatchObject({ status: 200 });
  expect(await told()).toBe(1);
});

test('an oversized notice is refused unread', async () => {
  const answer = await gateway.request('POST', '/notices/netsunion', { raw: Buffer.alloc(BODY_BYTES_MAX + 1, 'x') });

  expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test('a notice without any body or signature is refused', async () => {
  expect((await gateway.request('POST', '/notices/netsunion')).status).toBe(401);
  expect((await gateway.request('POST', '/notices/netsunion', { raw: '{"noticeId":' })).status).toBe(401);
});

test('a notice that comes many times, also at the same time, is told of once and always received', async () => {
  const together = await Promise.all(Array.from({ length: 10 }, () => gateway.notice()));
  const later = await gateway.notice();

  for (const answer of [...together, later]) expect(answer).toMatchObject({ status: 200, body: { received: true } });
  expect(await count('SELECT 1 FROM rail_notice')).toBe(1);
  expect(await told()).toBe(1);
});

test('another content under a known id is kept for people to look at, and not told', async () => {
  await gateway.notice();
  const answer = await gateway.notice({ amount: '9999.99' });

  expect(answer).toMatchObject({ status: 200, body: { received: true } });
  expect(await told()).toBe(1);
  expect(await gateway.database.query('SELECT fault FROM quarantined_notice')).toEqual([{ fault: 'OTHER_CONTENT' }]);
});

test('signed rubbish is refused as unreadable', async () => {
  const answer = await gateway.notice({}, { body: '{"noticeId":1}' });

  expect(answer).toMatchObject({ status: 400, body: { code: 'NOTICE_UNREADABLE' } });
  expect(await told()).toBe(0);
});

test('stored notices cannot be changed or taken out by the service', async () => {
  await gateway.notice();

  await expect(gateway.database.query('DELETE FROM rail_notice')).rejects.toMatchObject({ code: '42501' });
  await expect(gateway.database.query(`UPDATE rail_notice SET body = ''`)).rejects.toMatchObject({ code: '42501' });
});

test('UnionPay knocks at a door of its own, with keys of its own, and its ids are not NetsUnion\'s', async () => {
  expect((await gateway.notice()).status).toBe(200);
  expect(await gateway.unionPayNotice()).toMatchObject({ status: 200, body: { received: true } });
  expect(await gateway.unionPayNotice()).toMatchObject({ status: 200, body: { received: true } });

  expect(await gateway.database.query('SELECT clearing_house, notice_id FROM rail_notice ORDER BY clearing_house')).toEqual([
    { clearing_house: 'NETSUNION', notice_id: 'N-0001' },
    { clearing_house: 'UNIONPAY', notice_id: 'N-0001' },
  ]);
  expect(await told()).toBe(2);
});

test('a notice of UnionPay that is forged, signed by the other house, or for the other house\'s door is refused and quarantined as UnionPay\'s', async () => {
  const refused = { status: 401, body: { code: 'NOTICE_NOT_SIGNED' } };

  expect(await gateway.unionPayNotice({}, { secret: randomBytes(32) })).toMatchObject(refused);
  expect(await gateway.unionPayNotice({}, { secret: gateway.netsUnionSecret })).toMatchObject(refused);
  expect(await gateway.unionPayNotice({}, { path: '/notices/netsunion' })).toMatchObject(refused);
  expect(await told()).toBe(0);
  expect(await gateway.database.query('SELECT DISTINCT clearing_house, fault FROM quarantined_notice')).toEqual([{ clearing_house: 'UNIONPAY', fault: 'BAD_SIGNATURE' }]);
});

test('the headers of one notice of UnionPay do not carry another, and a replay after five minutes is refused', async () => {
  const secret = gateway.unionPaySecret;
  const genuine = JSON.stringify(UNIONPAY_NOTICE);
  const headers = noticeHeaders(genuine, { path: '/notices/unionpay', secret, ageMs: 0 });

  expect((await gateway.unionPayNotice({ txnAmt: '999999' }, { headers })).status).toBe(401);
  expect((await gateway.request('POST', '/notices/unionpay', { raw: genuine, headers: noticeHeaders(genuine, { path: '/notices/unionpay', secret, ageMs: 6 * 60_000 }) })).status).toBe(401);
  expect(await told()).toBe(0);
});

test('a session\'s result is told under the house and its date, and a movement of the reserve with what it did', async () => {
  await gateway.unionPayNotice({ notifyType: 'SESSION_RESULT', orderId: null, respCode: null, txnAmt: null, queryId: null });
  const reserve = { direction: 'CREDIT', balanceAfter: '5000.00', payerReference: 'JINKU001202611212000000001', purpose: 'SWEEP_UP' };
  await gateway.notice({ kind: 'RESERVE_MOVED', serialNumber: '17', status: null, code: null, clearingDate: null, railReference: null, reserve });
  await gateway.notice({ noticeId: 'N-0002', kind: 'RESERVE_MOVED', serialNumber: '18', status: null, code: null });

  const rows = await gateway.database.query<{ kind: string; serial_number: string | null }>('SELECT kind, serial_number FROM rail_notice ORDER BY kind');
  expect(rows).toEqual([{ kind: 'RESERVE_MOVED', serial_number: '17' }, { kind: 'SESSION_RESULT', serial_number: null }]);
  expect(await gateway.database.query('SELECT fault FROM quarantined_notice')).toEqual([{ fault: 'UNPARSABLE_BODY' }]);
  expect(await told()).toBe(2);
});
