import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aRequest } from '../payout.builder.ts';
import { PayoutsForTest, type Answer } from '../../payouts-service.builder.ts';

const HEADER = 'requestId,merchantId,businessLine,amount,accountNumber,accountName,bankCode,purpose,instructionReference';
let payouts: PayoutsForTest;

beforeAll(async () => {
  payouts = await PayoutsForTest.start();
  expect((await payouts.call('POST', '/v1/payouts/stop-all', { subject: 'alice', kind: 'PERSON', roles: ['operator'], body: { reason: 'spec' } })).status).toBe(200);
}, 60_000);
afterAll(() => payouts?.stop());

function rowOf(change: Parameters<typeof aRequest>[0] = {}): string {
  const { requestId, merchantId, businessLine, amount, payee, purpose, instructionReference } = aRequest(change);
  return [requestId, merchantId, businessLine, amount, payee.accountNumber, payee.accountName, payee.bankCode, purpose, instructionReference].join();
}
const send = (text: string, { key = randomUUID(), type = 'text/csv; charset=utf-8' } = {}): Promise<Answer> =>
  payouts.call('POST', '/v1/payouts/files', { text, headers: { 'content-type': type, 'idempotency-key': key } });
const count = async (): Promise<number> => Number((await payouts.testing.admin.query<{ count: string }>('SELECT count(*) FROM payouts.payout')).rows[0]?.count);

test('good rows are admitted, and each bad one is refused by its row and column', async () => {
  const before = await count();
  const rows = [rowOf(), rowOf({ amount: '1.234' }), rowOf({ merchantId: 'M99999' }), `${rowOf()},more`, rowOf()];

  const { status, body } = await send(`${HEADER}\r\n${rows.join('\r\n')}\r\n`);

  expect(status).toBe(200);
  expect(body).toMatchObject({
    rows: 5,
    accepted: 2,
    known: 0,
    refused: [
      { row: 3, refusal: { code: 'INVALID_REQUEST', violations: [{ field: 'amount' }] } },
      { row: 4, refusal: { code: 'UNKNOWN_MERCHANT', violations: [{ field: 'merchantId' }] } },
      { row: 5, requestId: null, refusal: { violations: [{ field: 'row' }] } },
    ],
  });
  expect((await send(`${HEADER}\n${rowOf({ payee: { ...aRequest().payee, bankCode: '999999999999' } })}`)).body['refused']).toMatchObject([{ refusal: { code: 'UNKNOWN_BANK', violations: [{ field: 'bankCode' }] } }]);
  expect(await count()).toBe(before + 2);
});

test('the same file under the same key gives the same answer, also twice at once; under another key its rows are known', async () => {
  const before = await count();
  const [key, file] = [randomUUID(), `${HEADER}\n${rowOf()}\n${rowOf()}\n${rowOf({ amount: '0.00' })}`];

  const [one, two] = await Promise.all([send(file, { key }), send(file, { key })]);
  const again = await send(file, { key });

  expect([two.body, again.body]).toEqual([one.body, one.body]);
  expect(one.body).toMatchObject({ accepted: 2, known: 0 });
  expect((await send(file)).body).toMatchObject({ accepted: 2, known: 2, refused: [{ row: 4 }] });
  expect(await count()).toBe(before + 2);
  expect((await send(`${file}\n${rowOf()}`, { key })).body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(await count()).toBe(before + 2);
});

test('a file that is wrong as a whole is a problem, and nothing of it is admitted', async () => {
  const before = await count();
  const good = rowOf();

  const answers = [
    await send(`${HEADER},urgent\n${good},1`),
    await send(`${HEADER.replace('amount,', '')}\n${good}`),
    await send(`${HEADER}\n${good}\n"open`),
    await send(''),
    await send(`${HEADER}\n${`${good}\n`.repeat(10_001)}`),
    await send(JSON.stringify({ payouts: [] }), { type: 'application/json' }),
    await send(`${HEADER}\n${good}`, { type: 'text/plain' }),
  ];

  expect(answers.map(({ status, body }) => `${status} ${String(body['code'])}`)).toEqual([
    ...Array.from({ length: 4 }, () => '400 INVALID_REQUEST'),
    '413 FILE_TOO_LONG',
    ...Array.from({ length: 2 }, () => '415 UNSUPPORTED_MEDIA_TYPE'),
  ]);
  expect(answers.every(({ type }) => type.startsWith('application/problem+json'))).toBe(true);
  expect(await count()).toBe(before);
});

test('ten thousand rows are one file', async () => {
  const before = await count();
  const rows = Array.from({ length: 10_000 }, () => rowOf());

  expect((await send(`${HEADER}\n${rows.join('\n')}`)).body).toEqual({ rows: 10_000, accepted: 10_000, known: 0, refused: [] });
  expect(await count()).toBe(before + 10_000);
}, 30_000);
