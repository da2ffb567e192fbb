import type { KeyObject } from 'node:crypto';

import { decodeJwt, errors, jwtVerify } from 'jose';

/** Why a service client's assertion was not accepted; the client is told only that it was not. */
export const AssertionFault = {
  MALFORMED: 'MALFORMED',
  UNKNOWN_CLIENT: 'UNKNOWN_CLIENT',
  UNKNOWN_KEY: 'UNKNOWN_KEY',
  WRONG_SIGNATURE: 'WRONG_SIGNATURE',
  /** Issuer, subject, audience, expiry, or an expiry too far ahead. */
  WRONG_CLAIMS: 'WRONG_CLAIMS',
  /** This assertion's `jti` was used before. */
  REPLAYED: 'REPLAYED',
} as const;
export type AssertionFault = (typeof AssertionFault)[keyof typeof AssertionFault];

export type AssertionVerification =
  | { readonly valid: true; readonly clientId: string; readonly keyId: string | null }
  | { readonly valid: false; readonly fault: AssertionFault };

export interface ClientAssertion {
  readonly assertion: string;
  /** The token end point's address, as configured; the assertion must be meant for it. */
  readonly audience: string;
  readonly wallNow: number;
  /** Public keys of a registered client by key id; undefined for an unknown client. */
  readonly keysOf: (clientId: string) => ReadonlyMap<string, KeyObject> | undefined;
  /** Records the use of `jti` and tells whether it was used before; it must remember until `expiresAt`. */
  readonly isReplay: (use: { clientId: string; jti: string; expiresAt: number }) => boolean | Promise<boolean>;
}

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'PS256'];
const ASSERTION_LENGTH_MAX = 4_096;
const LIFETIME_MAX_MS = 5 * 60_000;
const SKEW_MAX_SECONDS = 5;

/** RFC 7523 private_key_jwt: the client proves itself by a short-lived JWT signed with its registered key, usable once. */
export async function verifyClientAssertion(given: ClientAssertion): Promise<AssertionVerification> {
  if (given.assertion.length > ASSERTION_LENGTH_MAX) return refused('MALFORMED');
  let clientId: string | undefined;
  try {
    clientId = decodeJwt(given.assertion).iss;
  } catch {
    return refused('MALFORMED');
  }
  const keys = clientId === undefined ? undefined : given.keysOf(clientId);
  if (clientId === undefined || keys === undefined) return refused('UNKNOWN_CLIENT');
  const issuer = clientId;
  try {
    const { payload, protectedHeader } = await jwtVerify(given.assertion, (header) => keyFrom(keys, header.kid), {
      issuer,
      subject: issuer,
      audience: given.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: SKEW_MAX_SECONDS,
      currentDate: new Date(given.wallNow),
    });
    const expiresAt = (payload.exp ?? 0) * 1_000;
    const jti = payload.jti ?? '';
    if (expiresAt > given.wallNow + LIFETIME_MAX_MS + SKEW_MAX_SECONDS * 1_000 || jti.length === 0) return refused('WRONG_CLAIMS');
    // Asked last: a forged assertion must not use up somebody's jti.
    const used = await given.isReplay({ clientId: issuer, jti, expiresAt: expiresAt + SKEW_MAX_SECONDS * 1_000 });
    return used ? refused('REPLAYED') : { valid: true, clientId: issuer, keyId: protectedHeader.kid ?? null };
  } catch (error) {
    return refused(faultOf(error));
  }
}

class UnknownKey extends Error {}

function keyFrom(keys: ReadonlyMap<string, KeyObject>, keyId: string | undefined): KeyObject {
  const key = keyId === undefined && keys.size === 1 ? [...keys.values()][0] : keys.get(keyId ?? '');
  if (key === undefined) throw new UnknownKey();
  return key;
}

function faultOf(error: unknown): AssertionFault {
  if (error instanceof UnknownKey) return 'UNKNOWN_KEY';
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return 'WRONG_CLAIMS';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'WRONG_SIGNATURE';
  if (error instanceof errors.JOSEError || error instanceof TypeError) return 'MALFORMED';
  throw error;
}

function refused(fault: AssertionFault): AssertionVerification {
  return { valid: false, fault };
}
