import { randomBytes } from 'node:crypto';

import { FixedClock } from '@jinku/calendar';
import { createSigner, createVerifier, type Signer } from '@jinku/security';
import fc from 'fast-check';

import { NetsUnionNotices } from './netsunion-notice.ts';

const clock = new FixedClock('2026-11-21T02:00:31Z');
const PATH = '/notices/netsunion';
const secret = randomBytes(32);
const house = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret });
const houseVerifiers = [createVerifier({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret })];
const notices = new NetsUnionNotices({ houseVerifiers, clock, path: PATH });
const body = JSON.stringify({
  noticeId: 'N-1',
  kind: 'PAYOUT_RESULT',
  serialNumber: 'JINKU001202611210000000001',
  status: 'SUCCEEDED',
  code: '0000',
  amount: '1234.56',
  clearingDate: '2026-11-21',
  railReference: 'NU1',
  occurredAt: '2026-11-21T02:00:30.000Z',
});
const badSignature = { valid: false, fault: 'BAD_SIGNATURE' };

function headersOf(
  text: string,
  { signer = house, path = PATH, timestampMs = clock.wallNow() }: { signer?: Signer; path?: string; timestampMs?: number } = {},
) {
  return {
    'x-signature-algorithm': signer.algorithm,
    'x-key-id': signer.keyId,
    'x-timestamp': String(timestampMs),
    'x-nonce': 'n-1',
    'x-signature': signer.sign(`POST\n${path}\n${timestampMs}\nn-1\n${text}`),
  };
}

test('a notice that the house signed for our door is taken', async () => {
  const verified = await notices.verify(headersOf(body), Buffer.from(body));

  expect(verified).toMatchObject({
    valid: true,
    notice: { noticeId: 'N-1', outcome: 'SUCCEEDED', amountMinor: 123_456n, clearingDate: '2026-11-21' },
  });
});

test('a forged notice, one signed for another door, and one with a header missing are refused', async () => {
  const forger = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-1', secret: randomBytes(32) });
  const unknownKey = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house-9', secret });

  expect(await notices.verify(headersOf(body, { signer: forger }), body)).toEqual(badSignature);
  expect(await notices.verify(headersOf(body, { signer: unknownKey }), body)).toEqual(badSignature);
  expect(await notices.verify(headersOf(body, { path: '/notices/other' }), body)).toEqual(badSignature);
  for (const name of Object.keys(headersOf(body))) {
    expect(await notices.verify({ ...headersOf(body), [name]: undefined }, body)).toEqual(badSignature);
    expect(await notices.verify({ ...headersOf(body), [name]: ['a', 'b'] }, body)).toEqual(badSignature);
  }
});

test('a notice that was kept back for more than five minutes, or comes from ahead, is refused', async () => {
  const later = (ms: number) => notices.verify(headersOf(body, { timestampMs: clock.wallNow() - ms }), body);

  expect((await later(299_000)).valid).toBe(true);
  expect(await later(301_000)).toEqual(badSignature);
  expect(await later(-301_000)).toEqual(badSignature);
});

test('the header cannot choose the algorithm', async () => {
  expect(await notices.verify({ ...headersOf(body), 'x-signature-algorithm': 'RSA2048-SHA256' }, body)).toEqual(badSignature);
});

test('one flipped bit anywhere in the body is refused before it is read', async () => {
  const headers = headersOf(body);
  const bytes = Buffer.from(body);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return !(await notices.verify(headers, flipped)).valid;
    }),
  );
});

test('signed rubbish is unreadable, not an error', async () => {
  for (const text of ['', 'null', '[]', '<html>', '{"noticeId":1}']) {
    expect(await notices.verify(headersOf(text), text)).toEqual({ valid: false, fault: 'UNPARSABLE_BODY' });
  }
});
