import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from '@jinku/calendar';
import { createSigner, createVerifier, SignatureAlgorithm, type Signer, type Verifier } from '@jinku/security';

import { NetsUnionNotices } from './netsunion-notice.ts';
import { NetsUnionRail } from './netsunion-rail.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The path of our door for notices, as it is registered at the house. */
export const NETSUNION_NOTICE_PATH = '/notices/netsunion';

/** How an installation signs, by the name it has in JINKU_SIGNER. */
const ALGORITHM_OF_SIGNER: Readonly<Record<string, SignatureAlgorithm>> = {
  'hmac-sm3': 'HMAC-SM3',
  rsa: 'RSA2048-SHA256',
  sm2: 'SM2-SM3',
};

/** One thread beside the event loop keeps it free for answers while RSA or SM2 signs; HMAC uses none. */
const SIGNING_THREADS = 1;
const CONNECTIONS_MAX = 128;
const DEFAULT_INSTITUTION = 'JINKU001';

/** NetsUnion as JINKU_NETSUNION_URL, JINKU_SIGNER and the key files say. */
export function netsUnionRail(
  environment: Environment,
  keysDir: string,
  { connections = CONNECTIONS_MAX }: { readonly connections?: number } = {},
): NetsUnionRail {
  const origin = environment['JINKU_NETSUNION_URL'];
  if (origin === undefined || !URL.canParse(origin)) throw new Error('configuration: JINKU_NETSUNION_URL must be an address');
  return new NetsUnionRail({
    origin,
    institution: environment['JINKU_PAYOUT_INSTITUTION'] ?? DEFAULT_INSTITUTION,
    signer: institutionSigner(algorithmOf(environment), keysDir),
    houseVerifiers: [houseVerifier(algorithmOf(environment), keysDir)],
    clock: systemClock,
    connections,
  });
}

/** The notices' door of the gateway. */
export function netsUnionNotices(environment: Environment, keysDir: string): NetsUnionNotices {
  return new NetsUnionNotices({
    houseVerifiers: [houseVerifier(algorithmOf(environment), keysDir)],
    clock: systemClock,
    path: NETSUNION_NOTICE_PATH,
  });
}

function algorithmOf(environment: Environment): SignatureAlgorithm {
  const name = environment['JINKU_SIGNER'] ?? 'hmac-sm3';
  const algorithm = ALGORITHM_OF_SIGNER[name];
  if (algorithm === undefined) throw new Error('configuration: JINKU_SIGNER must be hmac-sm3, rsa or sm2');
  return algorithm;
}

function institutionSigner(algorithm: SignatureAlgorithm, keysDir: string): Signer {
  if (algorithm === 'HMAC-SM3') return createSigner({ algorithm, keyId: 'institution.hmac', secret: sharedSecret(keysDir) });
  const file = `institution.${algorithm === 'SM2-SM3' ? 'sm2' : 'rsa'}`;
  return createSigner({ algorithm, keyId: file, privateKeyPem: keyFile(keysDir, `${file}.key`) }, { threads: SIGNING_THREADS });
}

function houseVerifier(algorithm: SignatureAlgorithm, keysDir: string): Verifier {
  if (algorithm === 'HMAC-SM3') return createVerifier({ algorithm, keyId: 'house.hmac', secret: sharedSecret(keysDir) });
  const file = `house.${algorithm === 'SM2-SM3' ? 'sm2' : 'rsa'}`;
  // RSA verifies a hundred times faster than it signs: a thread hop would cost more.
  return createVerifier(
    { algorithm, keyId: file, publicKeyPem: keyFile(keysDir, `${file}.pub`) },
    { threads: algorithm === 'SM2-SM3' ? SIGNING_THREADS : 0 },
  );
}

function sharedSecret(keysDir: string): Buffer {
  return Buffer.from(keyFile(keysDir, 'hmac.key').trim(), 'hex');
}

function keyFile(keysDir: string, name: string): string {
  return readFileSync(join(keysDir, 'netsunion', name), 'utf8');
}
