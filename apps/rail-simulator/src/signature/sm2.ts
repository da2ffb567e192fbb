import { createHash, createPrivateKey, createPublicKey, createSign, createVerify, type KeyObject } from 'node:crypto';

/** GM/T 0009: the user id everybody signs with. */
const USER_ID = '1234567812345678';

/** a, b, Gx, Gy of the SM2 curve: Z_A binds them to each signature. */
const CURVE = Buffer.from(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  'hex',
);
/** OID 1.2.156.10197.1.301 in DER. */
const CURVE_OID = Buffer.from('06082a811ccf5501822d', 'hex');
const POINT_BYTES = 64;

/** Signs standard SM2 with SM3, DER. node:crypto puts no Z_A in front by itself, so it is given as the first part of the message. */
export function sm2Signer(privateKeyPem: string): (message: string) => Buffer {
  const key = onSm2Curve(createPrivateKey(privateKeyPem), privateKeyPem);
  const identity = identityDigest(createPublicKey(privateKeyPem));
  return (message) => createSign('sm3').update(identity).update(message).sign(key);
}

export function sm2Verifier(publicKeyPem: string): (message: string, signature: Buffer) => boolean {
  const key = onSm2Curve(createPublicKey(publicKeyPem), publicKeyPem);
  const identity = identityDigest(key);
  return (message, signature) => createVerify('sm3').update(identity).update(message).verify(key, signature);
}

/** Z_A = SM3(entl ‖ id ‖ a ‖ b ‖ Gx ‖ Gy ‖ Px ‖ Py). */
export function identityDigest(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const id = Buffer.from(USER_ID);
  const entl = Buffer.alloc(2);
  entl.writeUInt16BE(id.length * 8);
  return createHash('sm3').update(entl).update(id).update(CURVE).update(spki.subarray(-POINT_BYTES)).digest();
}

/** The example of GB/T 32918.5 A.2. What rests on undocumented behaviour of node:crypto is tried before it is used. */
const KNOWN = {
  publicKeyPem: pemOf(
    '3059301306072a8648ce3d020106082a811ccf5501822d034200' +
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  ),
  message: 'message digest',
  signature: Buffer.from(
    '3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
      '022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
    'hex',
  ),
};

/** Throws when this machine's node:crypto does not do standard SM2. */
export function assertSm2Works(): void {
  const verify = sm2Verifier(KNOWN.publicKeyPem);
  if (!verify(KNOWN.message, KNOWN.signature) || verify(`${KNOWN.message}.`, KNOWN.signature)) {
    throw new Error('node:crypto of this machine does not verify the SM2 example of GB/T 32918.5');
  }
}

/** A key of type `ec` would sign as ECDSA; real SM2 keys have no type in node:crypto. */
function onSm2Curve(key: KeyObject, pem: string): KeyObject {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  if (der.indexOf(CURVE_OID) < 0) throw new TypeError('the key is not on the SM2 curve');
  if (key.asymmetricKeyType === 'ec') throw new TypeError('node:crypto takes this SM2 key for ECDSA');
  return key;
}

function pemOf(derHex: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${Buffer.from(derHex, 'hex').toString('base64')}\n-----END PUBLIC KEY-----\n`;
}
