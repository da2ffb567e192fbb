import { createPrivateKey, createPublicKey, hash, sign, timingSafeEqual, verify } from 'node:crypto';

import { assertSm2Works, sm2Signer, sm2Verifier } from './sm2.ts';

const SM3_BLOCK_BYTES = 64;
const SM3_DIGEST_BYTES = 32;

export const SignatureAlgorithm = { HMAC_SM3: 'HMAC-SM3', RSA2048_SHA256: 'RSA2048-SHA256', SM2_SM3: 'SM2-SM3' } as const;
export type SignatureAlgorithm = (typeof SignatureAlgorithm)[keyof typeof SignatureAlgorithm];

export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  /** Base64. */
  sign(message: string): string;
}

export interface Verifier {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  /** False for whatever is not the key's signature of the message; never throws. */
  verify(message: string, signature: string): boolean;
}

/** RFC 2104 by two one-shot hashes, which cost a third of the stream that `createHmac` makes for each message. */
export function hmacSigner(keyId: string, secret: Buffer): Signer {
  const key = Buffer.alloc(SM3_BLOCK_BYTES);
  key.set(secret.length > SM3_BLOCK_BYTES ? hash('sm3', secret, 'buffer') : secret);
  const inner = key.map((byte) => byte ^ 0x36);
  const outer = Buffer.concat([key.map((byte) => byte ^ 0x5c), Buffer.alloc(SM3_DIGEST_BYTES)]);
  const macOf = (message: string): string => {
    outer.write(hash('sm3', Buffer.concat([inner, Buffer.from(message)]), 'binary'), SM3_BLOCK_BYTES, 'latin1');
    return hash('sm3', outer, 'base64');
  };
  return { algorithm: 'HMAC-SM3', keyId, sign: macOf };
}

export function hmacVerifier(keyId: string, secret: Buffer): Verifier {
  const { sign: mac } = hmacSigner(keyId, secret);
  return {
    algorithm: 'HMAC-SM3',
    keyId,
    verify: (message, signature) => {
      const [expected, given] = [Buffer.from(mac(message)), Buffer.from(signature)];
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}

export function rsaSigner(keyId: string, privateKeyPem: string): Signer {
  const key = createPrivateKey(privateKeyPem);
  return { algorithm: 'RSA2048-SHA256', keyId, sign: (message) => sign('sha256', Buffer.from(message), key).toString('base64') };
}

export function rsaVerifier(keyId: string, publicKeyPem: string): Verifier {
  const key = createPublicKey(publicKeyPem);
  return {
    algorithm: 'RSA2048-SHA256',
    keyId,
    verify: canonical((message, signature) => verify('sha256', Buffer.from(message), key, signature)),
  };
}

export function sm2SignerOf(keyId: string, privateKeyPem: string): Signer {
  assertSm2Works();
  const signDer = sm2Signer(privateKeyPem);
  return { algorithm: 'SM2-SM3', keyId, sign: (message) => signDer(message).toString('base64') };
}

export function sm2VerifierOf(keyId: string, publicKeyPem: string): Verifier {
  assertSm2Works();
  return { algorithm: 'SM2-SM3', keyId, verify: canonical(sm2Verifier(publicKeyPem)) };
}

/** Takes only the one base64 text of a signature, and reads what OpenSSL cannot parse as a wrong signature. */
function canonical(isSignature: (message: string, signature: Buffer) => boolean): Verifier['verify'] {
  return (message, signature) => {
    const bytes = Buffer.from(signature, 'base64');
    if (bytes.length === 0 || bytes.toString('base64') !== signature) return false;
    try {
      return isSignature(message, bytes);
    } catch {
      return false;
    }
  };
}
