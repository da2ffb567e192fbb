import { generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';
import { flattenedVerify } from 'jose';

import { signDetached, verifyDetached } from './detached-jws.ts';

const settlement = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const keyOf = (keyId: string) => (keyId === 's1' ? settlement.publicKey : undefined);
const payload = Buffer.from('{"requests":[{"requestId":"r-1","amount":"1234.56"}]}');
const jws = signDetached({ keyId: 's1', privateKey: settlement.privateKey, payload });

test('a signed payload verifies and names its key', () => {
  expect(verifyDetached({ jws, payload, keyOf })).toEqual({ valid: true, keyId: 's1' });
  expect(verifyDetached({ jws, payload: payload.toString(), keyOf })).toEqual({ valid: true, keyId: 's1' });
});

test('jose reads our signature as a standard detached JWS with an unencoded payload', async () => {
  const [header = '', , signature = ''] = jws.split('.');

  await expect(flattenedVerify({ protected: header, payload, signature }, settlement.publicKey)).resolves.toBeDefined();
});

test('a flipped bit in the payload or the signature is refused', () => {
  fc.assert(
    fc.property(fc.nat(payload.length * 8 - 1), (bit) => {
      const flipped = Buffer.from(payload);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return !verifyDetached({ jws, payload: flipped, keyOf }).valid;
    }),
  );
  const [header = '', , text = ''] = jws.split('.');
  const signature = Buffer.from(text, 'base64url');
  for (let at = 0; at < signature.length; at += 1) {
    const flipped = Buffer.from(signature);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    expect(verifyDetached({ jws: `${header}..${flipped.toString('base64url')}`, payload, keyOf })).toEqual({
      valid: false,
      fault: 'WRONG',
    });
  }
});

test('another key under the same name, an unknown name, and a header changed after signing are refused', () => {
  const forged = signDetached({ keyId: 's1', privateKey: stranger.privateKey, payload });
  const unknown = signDetached({ keyId: 's9', privateKey: stranger.privateKey, payload });
  const renamed = Buffer.from('{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"s1","typ":"x"}').toString('base64url');

  expect(verifyDetached({ jws: forged, payload, keyOf })).toEqual({ valid: false, fault: 'WRONG' });
  expect(verifyDetached({ jws: unknown, payload, keyOf })).toEqual({ valid: false, fault: 'UNKNOWN_KEY' });
  expect(verifyDetached({ jws: `${renamed}..${jws.split('.')[2]}`, payload, keyOf })).toEqual({ valid: false, fault: 'WRONG' });
});

test.each([
  '{"alg":"none","kid":"s1"}',
  '{"alg":"HS256","b64":false,"crit":["b64"],"kid":"s1"}',
  '{"alg":"EdDSA","kid":"s1"}',
  '{"alg":"EdDSA","b64":true,"crit":["b64"],"kid":"s1"}',
  '{"alg":"EdDSA","b64":false,"crit":["b64","exp"],"kid":"s1"}',
  '{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"s1","jwk":{}}',
  '{"alg":"EdDSA","b64":false,"crit":["b64"]}',
  'not json',
])('the header %s is refused', (header) => {
  const text = `${Buffer.from(header).toString('base64url')}..${jws.split('.')[2]}`;

  expect(verifyDetached({ jws: text, payload, keyOf })).toEqual({ valid: false, fault: 'UNSUPPORTED' });
});

test('anything that is not header..signature is refused without throwing', () => {
  for (const text of ['', '..', jws.replace('..', '.eyJ9.'), `${jws}.x`, `${jws}=`, jws.slice(0, -2), 'x'.repeat(5_000)]) {
    expect(verifyDetached({ jws: text, payload, keyOf })).toEqual({ valid: false, fault: 'MALFORMED' });
  }
  fc.assert(fc.property(fc.string(), (rubbish) => !verifyDetached({ jws: rubbish, payload, keyOf }).valid));
});
