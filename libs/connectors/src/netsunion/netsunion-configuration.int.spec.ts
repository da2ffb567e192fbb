import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '@jinku/calendar';
import { createSigner, createVerifier } from '@jinku/security';

import { netsUnionNotices, netsUnionRail, NETSUNION_NOTICE_PATH } from './netsunion-configuration.ts';
import { ScriptedHouse } from '../scripted-house.builder.ts';

interface PemPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
const rsaPair = (): PemPair => generateKeyPairSync('rsa', { modulusLength: 2_048, privateKeyEncoding, publicKeyEncoding });
const sm2Pair = (): PemPair => generateKeyPairSync('ec', { namedCurve: 'SM2', privateKeyEncoding, publicKeyEncoding });
const keysDir = mkdtempSync(join(tmpdir(), 'netsunion-keys-'));
const pairs = { 'institution.rsa': rsaPair(), 'house.rsa': rsaPair(), 'institution.sm2': sm2Pair(), 'house.sm2': sm2Pair() };
const secret = randomBytes(32);
const house = new ScriptedHouse(systemClock);
let origin: string;

beforeAll(async () => {
  const folder = join(keysDir, 'netsunion');
  mkdirSync(folder);
  writeFileSync(join(folder, 'hmac.key'), secret.toString('hex'));
  for (const [name, { privateKey, publicKey }] of Object.entries(pairs)) {
    writeFileSync(join(folder, `${name}.key`), privateKey);
    writeFileSync(join(folder, `${name}.pub`), publicKey);
  }
  origin = await house.listen();
});

afterAll(async () => {
  await house.close();
  rmSync(keysDir, { recursive: true });
});

function houseSide(name: 'hmac-sm3' | 'rsa' | 'sm2') {
  if (name === 'hmac-sm3') {
    return {
      signer: createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret }),
      verifier: createVerifier({ algorithm: 'HMAC-SM3', keyId: 'institution.hmac', secret }),
    };
  }
  const algorithm = name === 'rsa' ? 'RSA2048-SHA256' : 'SM2-SM3';
  return {
    signer: createSigner({ algorithm, keyId: `house.${name}`, privateKeyPem: pairs[`house.${name}`].privateKey }),
    verifier: createVerifier({ algorithm, keyId: `institution.${name}`, publicKeyPem: pairs[`institution.${name}`].publicKey }),
  };
}

test.each(['hmac-sm3', 'rsa', 'sm2'] as const)(
  'with JINKU_SIGNER=%s both sides understand each other by the key files alone',
  async (name) => {
    const { signer, verifier } = houseSide(name);
    const environment = { JINKU_NETSUNION_URL: origin, JINKU_SIGNER: name };
    const rail = netsUnionRail(environment, keysDir);
    house.verifier = verifier;
    house.reply = (heard, response) =>
      house.answer(response, { heard, signer, body: '{"serialNumber":"S-1","status":"PROCESSING","code":"0000"}' });

    expect(await rail.inquirePayout('S-1')).toMatchObject({ outcome: 'ACCEPTED', detail: 'ANSWERED' });
    expect(house.heard.at(-1)).toMatchObject({ isSigned: true });

    const body = '{"noticeId":"N-1","kind":"QUOTA_CHANGED","occurredAt":"2026-11-21T02:00:30.000Z"}';
    const timestamp = String(systemClock.wallNow());
    const headers = {
      'x-signature-algorithm': signer.algorithm,
      'x-key-id': signer.keyId,
      'x-timestamp': timestamp,
      'x-nonce': 'n',
      'x-signature': signer.sign(`POST\n${NETSUNION_NOTICE_PATH}\n${timestamp}\nn\n${body}`),
    };
    expect(await netsUnionNotices(environment, keysDir).verify(headers, body)).toMatchObject({ valid: true });
    await rail.close();
  },
);

test('an address or a signer that is not one is refused at start, by its name', () => {
  expect(() => netsUnionRail({}, keysDir)).toThrow('JINKU_NETSUNION_URL');
  expect(() => netsUnionRail({ JINKU_NETSUNION_URL: origin, JINKU_SIGNER: 'none' }, keysDir)).toThrow('JINKU_SIGNER');
  expect(() => netsUnionNotices({ JINKU_SIGNER: 'md5' }, keysDir)).toThrow('JINKU_SIGNER');
});
