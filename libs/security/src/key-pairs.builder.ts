import { generateKeyPairSync, randomBytes } from 'node:crypto';

import type { SignatureAlgorithm, SigningKey, VerificationKey } from './signature-algorithm.ts';

export interface PemPair {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

const PRIVATE = { type: 'pkcs8', format: 'pem' } as const;
const PUBLIC = { type: 'spki', format: 'pem' } as const;

export function anSm2Pair(): PemPair {
  return pems(generateKeyPairSync('ec', { namedCurve: 'SM2', privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC }));
}

export function anEcdsaPair(): PemPair {
  return pems(generateKeyPairSync('ec', { namedCurve: 'prime256v1', privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC }));
}

export function anRsaPair(modulusLength = 2_048): PemPair {
  return pems(generateKeyPairSync('rsa', { modulusLength, privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC }));
}

export function aSigningPair(algorithm: SignatureAlgorithm, keyId = 'k1'): { signing: SigningKey; verification: VerificationKey } {
  if (algorithm === 'HMAC-SM3') {
    const secret = randomBytes(32);
    return { signing: { algorithm, keyId, secret }, verification: { algorithm, keyId, secret } };
  }
  const { privateKeyPem, publicKeyPem } = algorithm === 'SM2-SM3' ? anSm2Pair() : anRsaPair();
  return { signing: { algorithm, keyId, privateKeyPem }, verification: { algorithm, keyId, publicKeyPem } };
}

function pems({ privateKey, publicKey }: { privateKey: string; publicKey: string }): PemPair {
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}
