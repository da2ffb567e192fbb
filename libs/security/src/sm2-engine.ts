import { createPrivateKey, createPublicKey, createSign, createVerify } from 'node:crypto';

import { sm2 } from 'sm-crypto-v2';

import { nativeSm3, sm2IdentityDigest, sm2PublicKeyOf } from './sm2-key.ts';
import type { Sm2PrivateKey, Sm2PublicKey } from './sm2-key.ts';

/** Signs and verifies standard SM2 with SM3, user id 1234567812345678; signatures are DER, as openssl writes them. */
export interface Sm2Engine {
  readonly name: 'node:crypto' | 'sm-crypto-v2';
  signerOf(key: Sm2PrivateKey): (message: string | Uint8Array) => Buffer;
  verifierOf(key: Sm2PublicKey): (message: string | Uint8Array, signature: Buffer) => boolean;
}

/** Twice as fast, but it rests on undocumented behaviour of node:crypto: used only after `chooseSm2Engine` has seen it answer rightly. */
export const nativeSm2: Sm2Engine = {
  name: 'node:crypto',
  signerOf(key) {
    const privateKey = createPrivateKey(key.pem);
    // Imported SM2 keys have no type here. A key of type 'ec' would sign as ECDSA.
    if (privateKey.asymmetricKeyType === 'ec') throw new TypeError('node:crypto takes this SM2 key for ECDSA');
    const identity = sm2IdentityDigest(key.publicKey);
    return (message) => createSign('sm3').update(identity).update(message).sign(privateKey);
  },
  verifierOf(key) {
    const publicKey = createPublicKey(key.pem);
    if (publicKey.asymmetricKeyType === 'ec') throw new TypeError('node:crypto takes this SM2 key for ECDSA');
    const identity = sm2IdentityDigest(key);
    return (message, signature) => createVerify('sm3').update(identity).update(message).verify(publicKey, signature);
  },
};

export const portableSm2: Sm2Engine = {
  name: 'sm-crypto-v2',
  signerOf(key) {
    const publicKey = key.publicKey.point;
    return (message) => Buffer.from(sm2.doSignature(bytesOf(message), key.scalar, { der: true, hash: true, publicKey }), 'hex');
  },
  verifierOf(key) {
    // Verifying against a precomputed point is six times faster, but Z_A needs the point in text: both are bound here.
    const point = sm2.precomputePublicKey(key.point);
    return (message, signature) => {
      const digest = Uint8Array.from(Buffer.from(sm2.getHash(bytesOf(message), key.point), 'hex'));
      return sm2.doVerifySignature(digest, signature.toString('hex'), point, { der: true, hash: false });
    };
  },
};

/** The example of GB/T 32918.5 A.2: this key, id and message give this signature. */
const KNOWN = {
  publicKey: sm2PublicKeyOf(
    '04' +
      '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
      'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  ),
  scalar: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  identityDigest: 'b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3',
  message: 'message digest',
  signature:
    '3046022100' +
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
    '022100' +
    'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
} as const;

let chosen: Sm2Engine | undefined;

/** The fastest engine that answers the standard's example rightly; asked once per process. Throws when none does. */
export function chooseSm2Engine(candidates: readonly Sm2Engine[] = [nativeSm2, portableSm2]): Sm2Engine {
  if (chosen !== undefined && candidates.includes(chosen)) return chosen;
  const engine = candidates.find(passesKnownAnswers);
  if (engine === undefined) throw new Error('no SM2 implementation of this machine passes the known-answer test');
  chosen = engine;
  return engine;
}

/** Verifies the standard's signature, refuses it for another message, and signs what the portable engine takes as signed. */
export function passesKnownAnswers(engine: Sm2Engine): boolean {
  try {
    const verify = engine.verifierOf(KNOWN.publicKey);
    const signature = Buffer.from(KNOWN.signature, 'hex');
    if (engine === nativeSm2 && sm2IdentityDigest(KNOWN.publicKey, nativeSm3).toString('hex') !== KNOWN.identityDigest) return false;
    if (!verify(KNOWN.message, signature) || verify(`${KNOWN.message}.`, signature)) return false;
    const own = engine.signerOf(knownPrivateKey())(KNOWN.message);
    return portableSm2.verifierOf(KNOWN.publicKey)(KNOWN.message, own);
  } catch {
    // Whatever an engine throws at a known answer means only that it is not to be used.
    return false;
  }
}

function knownPrivateKey(): Sm2PrivateKey {
  const head = '308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420';
  const der = Buffer.from(`${head}${KNOWN.scalar}a144034200${KNOWN.publicKey.point}`, 'hex');
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return { pem, scalar: KNOWN.scalar, publicKey: KNOWN.publicKey };
}

function bytesOf(message: string | Uint8Array): Uint8Array {
  // sm-crypto-v2 reads a plain Uint8Array; a Buffer is copied so that its pool is never handed out.
  return typeof message === 'string' ? new TextEncoder().encode(message) : Uint8Array.from(message);
}
