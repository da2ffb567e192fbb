import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';

import { sealedAnswer, signatureFaultOf } from './envelope.ts';
import type { HouseKeys } from './house-keys.ts';
import { hmacSigner, hmacVerifier, rsaSigner, rsaVerifier, sm2SignerOf, sm2VerifierOf } from './signing.ts';
import { assertSm2Works, identityDigest } from './sm2.ts';

const SECRET = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const BODY =
  '{"serialNumber":"JINKU001202611210000000001","amount":"1234.56","currency":"CNY","payee":{"accountNumber":"6222020200112233445","accountName":"张伟",' +
  '"bankCode":"102100099996"},"purpose":"提现","businessLine":"WITHDRAWAL","merchantId":"M0001","validUntil":1795250460000}';
const REQUEST = {
  method: 'POST',
  path: '/netsunion/v1/payouts',
  headers: {
    'x-signature-algorithm': 'HMAC-SM3',
    'x-institution': 'JINKU001',
    'x-key-id': 'institution.hmac',
    'x-timestamp': '1795250400000',
    'x-nonce': 'req-0001',
    'x-signature': 'uO7FYkeSoKF+5cJ+SbN2xRVHVtxcbOSI90rMQagfH2I=',
  },
  body: BODY,
};
const KEYS: HouseKeys = {
  signers: new Map(),
  verifiers: new Map([['institution.hmac', hmacVerifier('institution.hmac', SECRET)]]),
  standard: hmacSigner('house.hmac', SECRET),
};
const AGAINST = { keys: KEYS, institution: 'JINKU001', wallNow: 1_795_250_400_000 };

function withHeaders(changes: Record<string, string | undefined>): typeof REQUEST {
  return { ...REQUEST, headers: { ...REQUEST.headers, ...changes } as typeof REQUEST.headers };
}

test("the protocol page's request verifies, byte for byte", () => {
  expect(signatureFaultOf(REQUEST, AGAINST)).toBeNull();
});

test.each([
  ['another body', { ...REQUEST, body: BODY.replace('1234.56', '1234.57') }, AGAINST, 'SIGNATURE_WRONG'],
  ['another path', { ...REQUEST, path: '/netsunion/v1/payouts/x' }, AGAINST, 'SIGNATURE_WRONG'],
  ['another nonce', withHeaders({ 'x-nonce': 'req-0002' }), AGAINST, 'SIGNATURE_WRONG'],
  ['no signature', withHeaders({ 'x-signature': undefined }), AGAINST, 'SIGNATURE_MISSING'],
  ['no nonce', withHeaders({ 'x-nonce': '' }), AGAINST, 'SIGNATURE_MISSING'],
  ['another institution', withHeaders({ 'x-institution': 'OTHER001' }), AGAINST, 'SIGNATURE_UNKNOWN_KEY'],
  ['another algorithm', withHeaders({ 'x-signature-algorithm': 'SM2-SM3' }), AGAINST, 'SIGNATURE_UNKNOWN_KEY'],
  ["the house's own key id", withHeaders({ 'x-key-id': 'house.hmac' }), AGAINST, 'SIGNATURE_UNKNOWN_KEY'],
  ['five minutes and a millisecond', REQUEST, { ...AGAINST, wallNow: AGAINST.wallNow + 300_001 }, 'SIGNATURE_STALE'],
])('a request with %s is refused', (_, message, against, fault) => {
  expect(signatureFaultOf(message, against)).toBe(fault);
});

test.each([16, 32, 63, 64, 65, 200])('a secret of %d bytes signs as RFC 2104 says', (bytes) => {
  const secret = Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 37) % 256));
  for (const message of ['', 'abc', BODY]) expect(hmacSigner('house.hmac', secret).sign(message)).toBe(createHmac('sm3', secret).update(message).digest('base64'));
});

test('an answer is bound to the nonce of its request', () => {
  const sealing = { signer: KEYS.standard, institution: 'JINKU001', wallNow: AGAINST.wallNow };
  const headers = sealedAnswer(sealing, { status: 200, requestNonce: 'req-0001', body: '{}' });
  const signed = (nonce: string): string => `200\n${headers['x-timestamp']}\n${headers['x-nonce']}\n${nonce}\n{}`;

  expect(hmacVerifier('house.hmac', SECRET).verify(signed('req-0001'), headers['x-signature'] ?? '')).toBe(true);
  expect(hmacVerifier('house.hmac', SECRET).verify(signed('req-0002'), headers['x-signature'] ?? '')).toBe(false);
});

test('SM2 agrees with sm-crypto-v2 both ways', () => {
  const { publicPem, privatePem, point, scalar } = anSm2KeyPair();
  const message = 'POST\n/netsunion/v1/payouts\n张伟';

  const ours = sm2SignerOf('k', privatePem).sign(message);
  const theirs = Buffer.from(sm2.doSignature(message, scalar, { der: true, hash: true, publicKey: point }), 'hex').toString('base64');

  expect(sm2.doVerifySignature(message, Buffer.from(ours, 'base64').toString('hex'), point, { der: true, hash: true })).toBe(true);
  expect(sm2VerifierOf('k', publicPem).verify(message, theirs)).toBe(true);
  expect(sm2VerifierOf('k', publicPem).verify(`${message}.`, theirs)).toBe(false);
});

test('Z_A and the signature of GB/T 32918.5 A.2 come out as printed', () => {
  const spki =
    '3059301306072a8648ce3d020106082a811ccf5501822d034200' +
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
  const key = createPublicKey({ key: Buffer.from(spki, 'hex'), format: 'der', type: 'spki' });

  expect(identityDigest(key).toString('hex')).toBe('b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3');
  expect(assertSm2Works).not.toThrow();
});

test('a key on another curve is refused for SM2', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  expect(() => sm2VerifierOf('k', publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow('not on the SM2 curve');
  expect(() => sm2SignerOf('k', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow('not on the SM2 curve');
});

test('RSA verifies what it signed, and nothing that only decodes alike', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = rsaSigner('k', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()).sign('message');
  const verifier = rsaVerifier('k', publicKey.export({ type: 'spki', format: 'pem' }).toString());

  expect(verifier.verify('message', signature)).toBe(true);
  expect(verifier.verify('other', signature)).toBe(false);
  expect(verifier.verify('message', `${signature} `)).toBe(false);
  expect(verifier.verify('message', 'no signature')).toBe(false);
});

function anSm2KeyPair(): { publicPem: string; privatePem: string; point: string; scalar: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65).toString('hex');
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const at = der.indexOf(Buffer.from('0201010420', 'hex')) + 5;
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    point,
    scalar: der.subarray(at, at + 32).toString('hex'),
  };
}
