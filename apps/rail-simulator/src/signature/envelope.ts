import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { HouseKeys } from './house-keys.ts';
import type { Signer } from './signing.ts';

const SIGNATURE_AGE_MAX_MS = 5 * 60_000;

/** Why a request's signature was not taken; the words of the 0502 message. */
export const SignatureFault = {
  MISSING: 'SIGNATURE_MISSING',
  STALE: 'SIGNATURE_STALE',
  UNKNOWN_KEY: 'SIGNATURE_UNKNOWN_KEY',
  WRONG: 'SIGNATURE_WRONG',
} as const;
export type SignatureFault = (typeof SignatureFault)[keyof typeof SignatureFault];

export interface SignedMessage {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const NONCE = /^[A-Za-z0-9._-]{1,64}$/;
const EPOCH_MS = /^[1-9]\d{12}$/;

/** Null when the institution has signed exactly this. */
export function signatureFaultOf(
  message: SignedMessage,
  against: { keys: HouseKeys; institution: string; wallNow: number },
): SignatureFault | null {
  const { headers } = message;
  const nonce = nonceOf(headers);
  const timestamp = headers['x-timestamp'];
  const signature = headers['x-signature'];
  const keyId = headers['x-key-id'];
  if (nonce === '' || typeof timestamp !== 'string' || typeof signature !== 'string' || typeof keyId !== 'string')
    return SignatureFault.MISSING;
  const verifier = against.keys.verifiers.get(keyId);
  if (
    verifier === undefined ||
    verifier.algorithm !== headers['x-signature-algorithm'] ||
    headers['x-institution'] !== against.institution
  ) {
    return SignatureFault.UNKNOWN_KEY;
  }
  if (!EPOCH_MS.test(timestamp) || Math.abs(against.wallNow - Number(timestamp)) > SIGNATURE_AGE_MAX_MS) return SignatureFault.STALE;
  const signed = `${message.method}\n${message.path}\n${timestamp}\n${nonce}\n${message.body}`;
  return verifier.verify(signed, signature) ? null : SignatureFault.WRONG;
}

/** The request's nonce, empty when it has none that can be read. */
export function nonceOf(headers: IncomingHttpHeaders): string {
  const nonce = headers['x-nonce'];
  return typeof nonce === 'string' && NONCE.test(nonce) ? nonce : '';
}

export interface Sealing {
  readonly signer: Signer;
  readonly institution: string;
  readonly wallNow: number;
}

export function sealedAnswer(
  { signer, institution, wallNow }: Sealing,
  answer: { status: number; requestNonce: string; body: string },
): Record<string, string> {
  const nonce = nextNonce();
  const signature = signer.sign(`${answer.status}\n${wallNow}\n${nonce}\n${answer.requestNonce}\n${answer.body}`);
  return headersOf({ signer, institution, wallNow }, nonce, signature);
}

export function sealedNotice({ signer, institution, wallNow }: Sealing, notice: { path: string; body: string }): Record<string, string> {
  const nonce = nextNonce();
  const signature = signer.sign(`POST\n${notice.path}\n${wallNow}\n${nonce}\n${notice.body}`);
  return headersOf({ signer, institution, wallNow }, nonce, signature);
}

function headersOf({ signer, institution, wallNow }: Sealing, nonce: string, signature: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-signature-algorithm': signer.algorithm,
    'x-institution': institution,
    'x-key-id': signer.keyId,
    'x-timestamp': String(wallNow),
    'x-nonce': nonce,
    'x-signature': signature,
  };
}

/** Unique, not secret: a random start per process and a counter. */
const NONCE_HEAD = randomBytes(9).toString('base64url');
let nonceCount = 0;

function nextNonce(): string {
  nonceCount += 1;
  return `${NONCE_HEAD}.${nonceCount.toString(36)}`;
}
