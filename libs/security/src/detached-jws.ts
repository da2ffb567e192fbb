import { sign, verify, type KeyObject } from 'node:crypto';

/** Why a detached signature was not accepted. */
export const SignatureFault = {
  /** Not three parts with an empty middle, or not canonical base64url. */
  MALFORMED: 'MALFORMED',
  /** The header asks for anything but EdDSA over the unencoded payload (RFC 7797). */
  UNSUPPORTED: 'UNSUPPORTED',
  /** The key id is not one of the client's. */
  UNKNOWN_KEY: 'UNKNOWN_KEY',
  /** The signature is not this key's over this payload. */
  WRONG: 'WRONG',
} as const;
export type SignatureFault = (typeof SignatureFault)[keyof typeof SignatureFault];

export type DetachedVerification =
  { readonly valid: true; readonly keyId: string } | { readonly valid: false; readonly fault: SignatureFault };

/** Beyond this a header is an attack, not a header. */
const JWS_LENGTH_MAX = 2_048;
const HEADERS_REMEMBERED_MAX = 1_024;
const ED25519_SIGNATURE_BYTES = 64;

/** Headers repeat for every message of a client: parsed once, kept by their exact text. */
const keyIdByHeader = new Map<string, string>();

/**
 * A detached JWS (RFC 7515 appendix F) with the payload signed as it is (RFC 7797, `b64: false`): `header..signature`. The message's own
 * bytes are signed, so neither side encodes or re-serialises them.
 */
export function signDetached({
  keyId,
  privateKey,
  payload,
}: {
  keyId: string;
  privateKey: KeyObject;
  payload: string | Uint8Array;
}): string {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', b64: false, crit: ['b64'], kid: keyId })).toString('base64url');
  return `${header}..${sign(null, signingInput(header, payload), privateKey).toString('base64url')}`;
}

/** `keyOf` gives the public key of one key id of the client that the message claims to come from. */
export function verifyDetached(given: {
  jws: string;
  payload: string | Uint8Array;
  keyOf: (keyId: string) => KeyObject | undefined;
}): DetachedVerification {
  const [header, middle, signatureText, ...rest] = given.jws.length > JWS_LENGTH_MAX ? [] : given.jws.split('.');
  if (header === undefined || middle !== '' || signatureText === undefined || rest.length > 0) return { valid: false, fault: 'MALFORMED' };
  const signature = Buffer.from(signatureText, 'base64url');
  if (signature.length !== ED25519_SIGNATURE_BYTES || signature.toString('base64url') !== signatureText)
    return { valid: false, fault: 'MALFORMED' };
  const keyId = keyIdOf(header);
  if (keyId === null) return { valid: false, fault: 'UNSUPPORTED' };
  const key = given.keyOf(keyId);
  if (key === undefined || key.asymmetricKeyType !== 'ed25519') return { valid: false, fault: 'UNKNOWN_KEY' };
  const valid = verify(null, signingInput(header, given.payload), key, signature);
  return valid ? { valid: true, keyId } : { valid: false, fault: 'WRONG' };
}

function signingInput(header: string, payload: string | Uint8Array): Buffer {
  const head = Buffer.from(`${header}.`);
  return Buffer.concat([head, typeof payload === 'string' ? Buffer.from(payload) : payload]);
}

function keyIdOf(header: string): string | null {
  const known = keyIdByHeader.get(header);
  if (known !== undefined) return known;
  const keyId = parseHeader(header);
  if (keyId === null) return null;
  if (keyIdByHeader.size >= HEADERS_REMEMBERED_MAX) keyIdByHeader.clear();
  keyIdByHeader.set(header, keyId);
  return keyId;
}

function parseHeader(header: string): string | null {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { alg, b64, crit, kid, ...others } = fields;
  const understood = alg === 'EdDSA' && b64 === false && Array.isArray(crit) && crit.length === 1 && crit[0] === 'b64';
  const plain = Object.keys(others).every((name) => name === 'typ' || name === 'cty');
  return understood && plain && typeof kid === 'string' && kid.length > 0 ? kid : null;
}
