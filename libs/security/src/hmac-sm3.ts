import { hash, timingSafeEqual } from 'node:crypto';

import { sm3 } from 'sm-crypto-v2';

import { strictBase64, UnusableKey } from './pem.ts';

const SECRET_BYTES_MIN = 16;

/** RFC 2104 over SM3, once computed by sm-crypto-v2 and openssl alike. */
const KNOWN = {
  secret: Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex'),
  message: 'abc',
};

/** Of SM3, as of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Room for the messages of a rail; longer ones make the buffer grow. */
const INNER_BYTES_MIN = 4_096;
const UTF8_BYTES_PER_UNIT_MAX = 3;

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

/**
 * RFC 2104 by two one-shot hashes. `createHmac` makes a stream object per message, which costs as much as hashing the message; at thousands
 * of messages a second that is the difference one can see.
 */
export function nativeMac(secret: Uint8Array): Mac {
  const key = Buffer.alloc(BLOCK_BYTES);
  key.set(secret.length > BLOCK_BYTES ? hash('sm3', secret, 'buffer') : secret);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(key.map((byte) => byte ^ 0x5c));
  let inner = Buffer.alloc(INNER_BYTES_MIN);
  inner.set(key.map((byte) => byte ^ 0x36));
  return (message) => {
    const bytesMax = BLOCK_BYTES + (typeof message === 'string' ? message.length * UTF8_BYTES_PER_UNIT_MAX : message.length);
    if (bytesMax > inner.length) inner = Buffer.concat([inner, Buffer.alloc(bytesMax)]);
    const end = BLOCK_BYTES + writeInto(inner, message);
    hash('sm3', inner.subarray(0, end), 'buffer').copy(outer, BLOCK_BYTES);
    return hash('sm3', outer, 'buffer');
  };
}

function writeInto(buffer: Buffer, message: string | Uint8Array): number {
  if (typeof message === 'string') return buffer.write(message, BLOCK_BYTES);
  buffer.set(message, BLOCK_BYTES);
  return message.length;
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
