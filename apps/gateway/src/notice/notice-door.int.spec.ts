import { randomBytes } from 'node:crypto';
import { BODY_BYTES_MAX } from '../config.ts';
import { aGateway, type Gateway } from '../gateway.builder.ts';

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
