import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { Signer, Verifier } from '@jinku/security';

/** The rails refuse, and we refuse, what was signed longer ago or further ahead than this. */
export const SIGNATURE_AGE_MAX_MS = 5 * 60_000;

export type Headers = Readonly<Record<string, string | string[] | undefined>> | IncomingHttpHeaders;

/** The house's public keys or shared secrets by key id; several while it changes over from one to the next. */
export type HouseKeys = ReadonlyMap<string, Verifier>;

export function houseKeysOf(verifiers: readonly Verifier[]): HouseKeys {
  return new Map(verifiers.map((verifier) => [verifier.keyId, verifier]));
}

/** Nonces need to be unique, not secret: a random start per process and a counter. */
const NONCE_HEAD = randomBytes(9).toString('base64url');
let nonceCount = 0;

export function nextNonce(): string {
  nonceCount += 1;
  return `${NONCE_HEAD}${nonceCount.toString(36)}`;
}

/** The headers of one signed request. Rejects only when our own key fails. */
export async function signedHeaders(
  signer: Signer,
  request: { method: string; path: string; body: string; institution: string; timestampMs: number; nonce: string },
): Promise<Record<string, string>> {
  const timestamp = String(request.timestampMs);
  const signature = await signer.signAsync(`${request.method}\n${request.path}\n${timestamp}\n${request.nonce}\n${request.body}`);
  const headers: Record<string, string> = {
    'x-signature-algorithm': signer.algorithm,
    'x-institution': request.institution,
    'x-key-id': signer.keyId,
    'x-timestamp': timestamp,
    'x-nonce': request.nonce,
    'x-signature': signature,
  };
  if (request.body !== '') headers['content-type'] = 'application/json';
  return headers;
}

/**
 * Whether the house signed this answer, to this request. An answer that was replayed onto another request has the wrong `requestNonce` in
 * it.
 */
export async function isSignedAnswer(
  keys: HouseKeys,
  answer: { status: number; headers: Headers; body: string; requestNonce: string; nowMs: number },
): Promise<boolean> {
  const envelope = envelopeOf(keys, answer.headers, answer.nowMs);
  if (envelope === null) return false;
  const { verifier, timestamp, nonce, signature } = envelope;
  return verifier.verifyAsync(`${answer.status}\n${timestamp}\n${nonce}\n${answer.requestNonce}\n${answer.body}`, signature);
}

/** Whether the house signed this notice for our door. */
export async function isSignedNotice(
  keys: HouseKeys,
  notice: { method: string; path: string; headers: Headers; body: string; nowMs: number },
): Promise<boolean> {
  const envelope = envelopeOf(keys, notice.headers, notice.nowMs);
  if (envelope === null) return false;
  const { verifier, timestamp, nonce, signature } = envelope;
  return verifier.verifyAsync(`${notice.method}\n${notice.path}\n${timestamp}\n${nonce}\n${notice.body}`, signature);
}

interface Envelope {
  readonly verifier: Verifier;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

const EPOCH_MS = /^[1-9]\d{12}$/;
const NONCE_LENGTH_MAX = 64;

/** The signature's parts, or null when one is missing, stale, or of a key or algorithm that is not the house's. */
function envelopeOf(keys: HouseKeys, headers: Headers, nowMs: number): Envelope | null {
  const keyId = headers['x-key-id'];
  const timestamp = headers['x-timestamp'];
  const nonce = headers['x-nonce'];
  const signature = headers['x-signature'];
  if (typeof keyId !== 'string' || typeof timestamp !== 'string' || typeof nonce !== 'string' || typeof signature !== 'string') return null;
  const verifier = keys.get(keyId);
  // The algorithm is the key's. The header may not choose another, it may only agree.
  if (verifier === undefined || headers['x-signature-algorithm'] !== verifier.algorithm) return null;
  if (!EPOCH_MS.test(timestamp) || nonce.length === 0 || nonce.length > NONCE_LENGTH_MAX) return null;
  if (Math.abs(nowMs - Number(timestamp)) > SIGNATURE_AGE_MAX_MS) return null;
  return { verifier, timestamp, nonce, signature };
}
