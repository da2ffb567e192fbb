import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

import { hmacSm3Signer, hmacSm3Verifier } from './hmac-sm3.ts';
import { strictBase64, UnusableKey } from './pem.ts';
import type { SigningKey, VerificationKey } from './signature-algorithm.ts';
import { chooseSm2Engine } from './sm2-engine.ts';
import { readSm2PrivateKey, readSm2PublicKey } from './sm2-key.ts';

export type Sign = (message: string | Uint8Array) => string;
export type Verify = (message: string | Uint8Array, signature: string) => boolean;

const RSA_MODULUS_BITS_MIN = 2048;

/** Checks the key, then signs with it in this thread. Loaded by the worker threads too. */
export function signWith(key: SigningKey): Sign {
  switch (key.algorithm) {
    case 'HMAC-SM3':
      return hmacSm3Signer(key.keyId, key.secret);
    case 'RSA2048-SHA256': {
      const privateKey = rsaKey(key.keyId, () => createPrivateKey(key.privateKeyPem));
      return (message) => sign('sha256', bytesOf(message), privateKey).toString('base64');
    }
    case 'SM2-SM3': {
      const signDer = chooseSm2Engine().signerOf(readSm2PrivateKey(key.keyId, key.privateKeyPem));
      return (message) => signDer(message).toString('base64');
    }
  }
}

export function verifyWith(key: VerificationKey): Verify {
  switch (key.algorithm) {
    case 'HMAC-SM3':
      return hmacSm3Verifier(key.keyId, key.secret);
    case 'RSA2048-SHA256': {
      const publicKey = rsaKey(key.keyId, () => publicKeyOf(key.keyId, key.publicKeyPem));
      return refusingUnreadable((message, signature) => verify('sha256', bytesOf(message), publicKey, signature));
    }
    case 'SM2-SM3':
      return refusingUnreadable(chooseSm2Engine().verifierOf(readSm2PublicKey(key.keyId, key.publicKeyPem)));
  }
}

function rsaKey(keyId: string, read: () => KeyObject): KeyObject {
  const key = readKey(keyId, read);
  if (key.asymmetricKeyType !== 'rsa')
    throw new UnusableKey(keyId, `an RSA key is needed, this is ${key.asymmetricKeyType ?? 'of another kind'}`);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_MODULUS_BITS_MIN)
    throw new UnusableKey(keyId, 'RSA keys need 2048 bits or more');
  return key;
}

function publicKeyOf(keyId: string, pem: string): KeyObject {
  // createPublicKey would derive the public half of a private key; a private key has no business at the verifier.
  if (pem.includes('PRIVATE KEY')) throw new UnusableKey(keyId, 'not a public key');
  return createPublicKey(pem);
}

function readKey(keyId: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof UnusableKey) throw cause;
    throw new UnusableKey(keyId, 'it cannot be read');
  }
}

/** A signature that is not canonical base64, or that OpenSSL refuses to parse, is a wrong signature and nothing worse. */
function refusingUnreadable(check: (message: string | Uint8Array, signature: Buffer) => boolean): Verify {
  return (message, signature) => {
    const bytes = strictBase64(signature);
    if (bytes === null) return false;
    try {
      return check(message, bytes);
    } catch {
      return false;
    }
  };
}

function bytesOf(message: string | Uint8Array): Uint8Array {
  return typeof message === 'string' ? Buffer.from(message) : message;
}
