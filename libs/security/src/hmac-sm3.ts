import { hash, timingSafeEqual } from 'node:crypto';

import { sm3 } from 'sm-crypto-v2';

import { UnusableKey } from './pem.ts';

const SECRET_BYTES_MIN = 16;

/** RFC 2104 over SM3, once computed by sm-crypto-v2 and openssl alike. */
const KNOWN = {
  secret: Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex'),
  message: 'abc',
};

/** Of SM3, as of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Base64 of a digest. */
const SIGNATURE_CHARACTERS = 44;
/** Room for the messages of a rail; longer ones make the buffer grow. */
const INNER_BYTES_MIN = 4_096;
const UTF8_BYTES_PER_UNIT_MAX = 3;

/** Base64. */
type Mac = (message: string | Uint8Array) => string;

let nativeWorks: boolean | undefined;

export function hmacSm3Of(keyId: string, secret: Uint8Array): Mac {
  if (secret.length < SECRET_BYTES_MIN) throw new UnusableKey(keyId, `a shared secret needs at least ${SECRET_BYTES_MIN} bytes`);
  nativeWorks ??= agreesWithPortable();
  return nativeWorks ? nativeMac(secret) : portableMac(secret);
}

export function hmacSm3Signer(keyId: string, secret: Uint8Array): (message: string | Uint8Array) => string {
  return hmacSm3Of(keyId, secret);
}

export function hmacSm3Verifier(keyId: string, secret: Uint8Array): (message: string | Uint8Array, signature: string) => boolean {
  const mac = hmacSm3Of(keyId, secret);
  const given = Buffer.alloc(SIGNATURE_CHARACTERS);
  const expected = Buffer.alloc(SIGNATURE_CHARACTERS);
  return (message, signature) => {
    // The texts are compared, so another text that decodes to the same bytes is not the signature.
    if (signature.length !== SIGNATURE_CHARACTERS) return false;
    given.fill(0).write(signature);
    expected.write(mac(message));
    return timingSafeEqual(given, expected);
  };
}

/**
 * RFC 2104 by two one-shot hashes. `createHmac` makes a stream object per message, which costs as much as hashing the message; at thousands
 * of messages a second that is the difference one can see. So is a buffer for each digest: they travel as text.
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
    outer.write(hash('sm3', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sm3', outer, 'base64');
  };
}

function writeInto(buffer: Buffer, message: string | Uint8Array): number {
  if (typeof message === 'string') return buffer.write(message, BLOCK_BYTES);
  buffer.set(message, BLOCK_BYTES);
  return message.length;
}

export function portableMac(secret: Uint8Array): Mac {
  const key = Uint8Array.from(secret);
  return (message) => Buffer.from(sm3(bytesOf(message), { mode: 'hmac', key }), 'hex').toString('base64');
}

function agreesWithPortable(): boolean {
  try {
    return nativeMac(KNOWN.secret)(KNOWN.message) === portableMac(KNOWN.secret)(KNOWN.message);
  } catch {
    // A build of OpenSSL without SM3 throws here.
    return false;
  }
}

function bytesOf(message: string | Uint8Array): Uint8Array {
  return typeof message === 'string' ? new TextEncoder().encode(message) : Uint8Array.from(message);
}
