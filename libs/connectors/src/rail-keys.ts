import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from '@jinku/calendar';
import { createSigner, createVerifier, type SignatureAlgorithm, type Signer, type Verifier } from '@jinku/security';

import type { SignedExchangeOptions } from './signed-exchange.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where one rail is and which keys it is spoken to with. */
export interface RailPlace {
  /** The variable that holds its address. */
  readonly url: string;
  /** Its folder of key files below the keys' folder. */
  readonly folder: string;
}

/** How an installation signs, by the name it has in JINKU_SIGNER. */
const ALGORITHM_OF_SIGNER: Readonly<Record<string, SignatureAlgorithm>> = {
  'hmac-sm3': 'HMAC-SM3',
  rsa: 'RSA2048-SHA256',
  sm2: 'SM2-SM3',
};

/** One thread beside the event loop keeps it free for answers while RSA or SM2 signs; HMAC uses none. */
const SIGNING_THREADS = 1;
const DEFAULT_INSTITUTION = 'JINKU001';

/** How to speak to a rail, as its address, JINKU_PAYOUT_INSTITUTION, JINKU_SIGNER and the key files say. */
export function exchangeOptions(
  environment: Environment,
  keysDir: string,
  { place, connections }: { readonly place: RailPlace; readonly connections: number },
): SignedExchangeOptions {
  const origin = environment[place.url];
  if (origin === undefined || !URL.canParse(origin)) throw new Error(`configuration: ${place.url} must be an address`);
  const algorithm = algorithmOf(environment);
  const folder = join(keysDir, place.folder);
  return {
    origin,
    institution: environment['JINKU_PAYOUT_INSTITUTION'] ?? DEFAULT_INSTITUTION,
    signer: institutionSigner(algorithm, folder),
    houseVerifiers: [verifierOf(algorithm, folder)],
    clock: systemClock,
    connections,
  };
}

/** What the rail in this folder signs its answers and notices with. */
export function houseVerifier(environment: Environment, keysDir: string, folder: string): Verifier {
  return verifierOf(algorithmOf(environment), join(keysDir, folder));
}

function algorithmOf(environment: Environment): SignatureAlgorithm {
  const name = environment['JINKU_SIGNER'] ?? 'hmac-sm3';
  const algorithm = ALGORITHM_OF_SIGNER[name];
  if (algorithm === undefined) throw new Error('configuration: JINKU_SIGNER must be hmac-sm3, rsa or sm2');
  return algorithm;
}

function institutionSigner(algorithm: SignatureAlgorithm, folder: string): Signer {
  if (algorithm === 'HMAC-SM3') return createSigner({ algorithm, keyId: 'institution.hmac', secret: sharedSecret(folder) });
  const file = `institution.${algorithm === 'SM2-SM3' ? 'sm2' : 'rsa'}`;
  return createSigner({ algorithm, keyId: file, privateKeyPem: keyFile(folder, `${file}.key`) }, { threads: SIGNING_THREADS });
}

function verifierOf(algorithm: SignatureAlgorithm, folder: string): Verifier {
  if (algorithm === 'HMAC-SM3') return createVerifier({ algorithm, keyId: 'house.hmac', secret: sharedSecret(folder) });
  const file = `house.${algorithm === 'SM2-SM3' ? 'sm2' : 'rsa'}`;
  // RSA verifies a hundred times faster than it signs: a thread hop would cost more.
  return createVerifier(
    { algorithm, keyId: file, publicKeyPem: keyFile(folder, `${file}.pub`) },
    { threads: algorithm === 'SM2-SM3' ? SIGNING_THREADS : 0 },
  );
}

function sharedSecret(folder: string): Buffer {
  return Buffer.from(keyFile(folder, 'hmac.key').trim(), 'hex');
}

function keyFile(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
