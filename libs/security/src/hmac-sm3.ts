import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

import { sm3 } from 'sm-crypto-v2';

import { strictBase64, UnusableKey } from './pem.ts';

const SECRET_BYTES_MIN = 16;

/** RFC 2104 over SM3, once computed by sm-crypto-v2 and openssl alike. */
const KNOWN = {
  secret: Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex'),
  message: 'abc',
};

type Mac = (message: string | Uint8Array) => Buffer;

let nativeWorks: boolean | undefined;

export function hmacSm3Of(keyId: string, secret: Uint8Array): Mac {
  if (secret.length < SECRET_BYTES_MIN) throw new UnusableKey(keyId, `a shared secret needs at least ${SECRET_BYTES_MIN} bytes`);
  nativeWorks ??= agreesWithPortable();
  return nativeWorks ? nativeMac(secret) : portableMac(secret);
}

export function hmacSm3Signer(keyId: string, secret: Uint8Array): (message: string | Uint8Array) => string {
  const mac = hmacSm3Of(keyId, secret);
  return (message) => mac(message).toString('base64');
}

export function hmacSm3Verifier(keyId: string, secret: Uint8Array): (message: string | Uint8Array, signature: string) => boolean {
  const mac = hmacSm3Of(keyId, secret);
  return (message, signature) => {
    const given = strictBase64(signature);
    const expected = mac(message);
    return given !== null && given.length === expected.length && timingSafeEqual(given, expected);
  };
}

export function nativeMac(secret: Uint8Array): Mac {
  // A key object saves converting the secret on every message.
  const key = createSecretKey(secret);
  return (message) => createHmac('sm3', key).update(message).digest();
}

export function portableMac(secret: Uint8Array): Mac {
  const key = Uint8Array.from(secret);
  return (message) => Buffer.from(sm3(bytesOf(message), { mode: 'hmac', key }), 'hex');
}

function agreesWithPortable(): boolean {
  try {
    return nativeMac(KNOWN.secret)(KNOWN.message).equals(portableMac(KNOWN.secret)(KNOWN.message));
  } catch {
    // A build of OpenSSL without SM3 throws here.
    return false;
  }
}

function bytesOf(message: string | Uint8Array): Uint8Array {
  return typeof message === 'string' ? new TextEncoder().encode(message) : Uint8Array.from(message);
}
