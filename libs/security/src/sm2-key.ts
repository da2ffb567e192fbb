import { hash } from 'node:crypto';

import { sm2, sm3 } from 'sm-crypto-v2';

import { derOf, pemOf, UnusableKey } from './pem.ts';

/** The user id every Chinese rail signs with (GM/T 0009). */
export const SM2_USER_ID = '1234567812345678';

/** The bare numbers of an SM2 key, in hex: what sm-crypto-v2 works on. `point` starts with 04. */
export interface Sm2PublicKey {
  readonly pem: string;
  readonly point: string;
}

export interface Sm2PrivateKey {
  readonly pem: string;
  readonly scalar: string;
  readonly publicKey: Sm2PublicKey;
}

/**
 * OID 1.2.156.10197.1.301, the SM2 curve. A key without it is ECDSA or something else, and its signatures would be worthless to the rail.
 */
const CURVE_OID = Buffer.from('06082a811ccf5501822d', 'hex');
const SCALAR_HEAD = Buffer.from('0201010420', 'hex');
const POINT_HEAD = Buffer.from('03420004', 'hex');
const SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');
const SCALAR_BYTES = 32;
const POINT_BYTES = 65;

/** a, b, Gx, Gy of the curve, which Z_A binds to the signature. */
const CURVE = Buffer.from(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  'hex',
);

/** Reads PKCS#8 or SEC1; refuses every key that is not on the SM2 curve, ECDSA keys on P-256 first of all. */
export function readSm2PrivateKey(keyId: string, pem: string): Sm2PrivateKey {
  const der = sm2Der(keyId, pem);
  const at = der.indexOf(SCALAR_HEAD);
  if (at < 0 || der.length < at + SCALAR_HEAD.length + SCALAR_BYTES) throw new UnusableKey(keyId, 'not a private key');
  const scalar = der.subarray(at + SCALAR_HEAD.length, at + SCALAR_HEAD.length + SCALAR_BYTES).toString('hex');
  return { pem, scalar, publicKey: sm2PublicKeyOf(sm2.getPublicKeyFromPrivateKey(scalar)) };
}

export function readSm2PublicKey(keyId: string, pem: string): Sm2PublicKey {
  const der = sm2Der(keyId, pem);
  const at = der.indexOf(POINT_HEAD);
  if (at < 0 || der.length !== at + 3 + POINT_BYTES || der.indexOf(SCALAR_HEAD) >= 0) throw new UnusableKey(keyId, 'not a public key');
  const point = der.subarray(at + 3).toString('hex');
  if (!sm2.verifyPublicKey(point)) throw new UnusableKey(keyId, 'its point is not on the curve');
  return { pem, point };
}

export function sm2PublicKeyOf(point: string): Sm2PublicKey {
  return { point, pem: pemOf(Buffer.concat([SPKI_HEAD, Buffer.from(point, 'hex')]), 'PUBLIC KEY') };
}

/** Z_A = SM3(entl ‖ id ‖ a ‖ b ‖ Gx ‖ Gy ‖ Px ‖ Py): standard SM2 signs it in front of the message. */
export function sm2IdentityDigest(key: Sm2PublicKey, sm3Of: (bytes: Buffer) => Buffer = nativeSm3): Buffer {
  const id = Buffer.from(SM2_USER_ID);
  const entl = Buffer.alloc(2);
  entl.writeUInt16BE(id.length * 8);
  return sm3Of(Buffer.concat([entl, id, CURVE, Buffer.from(key.point, 'hex').subarray(1)]));
}

export function nativeSm3(bytes: Buffer): Buffer {
  return hash('sm3', bytes, 'buffer');
}

export function portableSm3(bytes: Buffer): Buffer {
  return Buffer.from(sm3(bytes), 'hex');
}

function sm2Der(keyId: string, pem: string): Buffer {
  const der = derOf(pem);
  if (der === null) throw new UnusableKey(keyId, 'not a PEM block');
  if (der.indexOf(CURVE_OID) < 0) throw new UnusableKey(keyId, 'not on the SM2 curve');
  return der;
}
