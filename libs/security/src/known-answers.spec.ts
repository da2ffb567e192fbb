import { sm2 } from 'sm-crypto-v2';

import { nativeMac, portableMac } from './hmac-sm3.ts';
import { anSm2Pair } from './key-pairs.builder.ts';
import { chooseSm2Engine, nativeSm2, passesKnownAnswers, portableSm2, type Sm2Engine } from './sm2-engine.ts';
import { nativeSm3, portableSm3, readSm2PrivateKey, sm2IdentityDigest } from './sm2-key.ts';

const MESSAGE = '结算打款 1234.56';

test('SM3 gives the digests of GB/T 32905', () => {
  const abc = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
  const abcd16 = 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732';

  for (const sm3 of [nativeSm3, portableSm3]) {
    expect(sm3(Buffer.from('abc')).toString('hex')).toBe(abc);
    expect(sm3(Buffer.from('abcd'.repeat(16))).toString('hex')).toBe(abcd16);
  }
});

test('HMAC-SM3 of node:crypto and of sm-crypto-v2 agree for secrets shorter and longer than a block', () => {
  for (const length of [16, 32, 64, 65, 200]) {
    const secret = Buffer.alloc(length, length);
    expect(nativeMac(secret)(MESSAGE)).toEqual(portableMac(secret)(MESSAGE));
  }
});

test('both engines pass the known answers of GB/T 32918, and the fast one is taken', () => {
  expect(passesKnownAnswers(nativeSm2)).toBe(true);
  expect(passesKnownAnswers(portableSm2)).toBe(true);
  expect(chooseSm2Engine()).toBe(nativeSm2);
});

test('an engine that accepts everything, signs as ECDSA, or throws is passed over for the next', () => {
  const key = readSm2PrivateKey('k1', anSm2Pair().privateKeyPem);
  const broken: Sm2Engine[] = [
    { ...nativeSm2, verifierOf: () => () => true },
    { ...nativeSm2, signerOf: () => () => portableSm2.signerOf(key)('another key and message') },
    { ...nativeSm2, verifierOf: () => () => false },
    {
      ...nativeSm2,
      signerOf: () => {
        throw new Error('no such digest');
      },
    },
  ];

  for (const engine of broken) expect(chooseSm2Engine([engine, portableSm2])).toBe(portableSm2);
  expect(() => chooseSm2Engine([broken[0] as Sm2Engine])).toThrow('known-answer');
});

test('what one engine signs the other verifies, and Z_A is bound to the key', () => {
  const privateKey = readSm2PrivateKey('k1', anSm2Pair().privateKeyPem);
  const engines = [nativeSm2, portableSm2];

  for (const signing of engines) {
    for (const verifying of engines) {
      const signature = signing.signerOf(privateKey)(MESSAGE);
      expect(verifying.verifierOf(privateKey.publicKey)(MESSAGE, signature)).toBe(true);
      expect(verifying.verifierOf(privateKey.publicKey)(`${MESSAGE} `, signature)).toBe(false);
      expect(sm2.doVerifySignature(MESSAGE, signature.toString('hex'), privateKey.publicKey.point, { der: true, hash: true })).toBe(true);
    }
  }
  expect(sm2IdentityDigest(privateKey.publicKey)).toEqual(sm2IdentityDigest(privateKey.publicKey, portableSm3));
});

test('HMAC-SM3 holds for messages longer than any before, in bytes and in characters of several bytes', () => {
  const secret = Buffer.alloc(32, 7);
  const mac = nativeMac(secret);

  for (const message of ['短', '金库'.repeat(5_000), 'x'.repeat(20_000), '', Buffer.alloc(60_000, 3), '短']) {
    expect(mac(message)).toEqual(portableMac(secret)(message));
  }
});
