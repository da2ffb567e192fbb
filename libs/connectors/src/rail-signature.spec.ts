import { createSigner, createVerifier } from '@jinku/security';

import { houseKeysOf, isSignedAnswer, nextNonce, signedHeaders } from './rail-signature.ts';

/** The worked example of docs/rails/netsunion.md, as its page prints it. */
const SECRET = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const REQUEST = {
  method: 'POST',
  path: '/netsunion/v1/payouts',
  institution: 'JINKU001',
  timestampMs: 1_795_250_400_000,
  nonce: 'req-0001',
  body:
    '{"serialNumber":"JINKU001202611210000000001","amount":"1234.56","currency":"CNY","payee":{"accountNumber":"6222020200112233445",' +
    '"accountName":"张伟","bankCode":"102100099996"},"purpose":"提现","businessLine":"WITHDRAWAL","merchantId":"M0001","validUntil":1795250460000}',
};
const ANSWER = {
  status: 200,
  headers: {
    'x-signature-algorithm': 'HMAC-SM3',
    'x-institution': 'JINKU001',
    'x-key-id': 'house.hmac',
    'x-timestamp': '1795250400020',
    'x-nonce': 'ans-0001',
    'x-signature': 'Bm7YKi0clB4dKES3CltRUqOhEl9ldvtzkjqBPiL2ehk=',
  },
  body:
    '{"serialNumber":"JINKU001202611210000000001","status":"SUCCEEDED","code":"0000","message":"success","amount":"1234.56",' +
    '"railReference":"NBC52BFE9B074AECB6DCF064A","clearingDate":"2026-11-21","completedAt":1795250400012}',
  requestNonce: 'req-0001',
  nowMs: 1_795_250_400_025,
};
const houseKeys = houseKeysOf([createVerifier({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: SECRET })]);

test('the worked example of the protocol is signed to the letter', async () => {
  const signer = createSigner({ algorithm: 'HMAC-SM3', keyId: 'institution.hmac', secret: SECRET });

  expect(await signedHeaders(signer, REQUEST)).toEqual({
    'content-type': 'application/json',
    'x-signature-algorithm': 'HMAC-SM3',
    'x-institution': 'JINKU001',
    'x-key-id': 'institution.hmac',
    'x-timestamp': '1795250400000',
    'x-nonce': 'req-0001',
    'x-signature': 'uO7FYkeSoKF+5cJ+SbN2xRVHVtxcbOSI90rMQagfH2I=',
  });
});

test('the answer of the worked example verifies, and not for another request, status, time or body', async () => {
  expect(await isSignedAnswer(houseKeys, ANSWER)).toBe(true);
  expect(await isSignedAnswer(houseKeys, { ...ANSWER, requestNonce: 'req-0002' })).toBe(false);
  expect(await isSignedAnswer(houseKeys, { ...ANSWER, status: 500 })).toBe(false);
  expect(await isSignedAnswer(houseKeys, { ...ANSWER, nowMs: ANSWER.nowMs + 300_000 })).toBe(false);
  expect(await isSignedAnswer(houseKeys, { ...ANSWER, body: ANSWER.body.replace('1234.56', '9234.56') })).toBe(false);
});

test("nonces are of the protocol's alphabet and never come twice", () => {
  const nonces = Array.from({ length: 10_000 }, nextNonce);

  expect(new Set(nonces).size).toBe(10_000);
  expect(nonces.every((nonce) => /^[A-Za-z0-9._-]{1,64}$/.test(nonce))).toBe(true);
});
