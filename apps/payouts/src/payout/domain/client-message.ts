import type { KeyObject } from 'node:crypto';
import { PAYOUTS_PER_MESSAGE_MAX, requestPayoutsV1, unjudged } from '@jinku/contracts';
import { violationsOf, type Violation } from '@jinku/errors';
import { maskAccountNumber, verifyDetached } from '@jinku/security';
import { z } from 'zod';

/** What a message of payout requests is around its requests; each of those is checked on its own. */
const messageShape = z.strictObject({
  messageKey: z.string().min(1).max(64),
  requests: z.array(z.unknown()).min(1, 'has at least one request').max(PAYOUTS_PER_MESSAGE_MAX, `has at most ${PAYOUTS_PER_MESSAGE_MAX} requests`),
});

/** The public contract, read without judging: a message that breaks it is answered with `REJECTED` results or quarantined, and blocks nobody. */
export const anyPayoutRequestsV1 = unjudged(requestPayoutsV1);

/** Why a message is kept in quarantine. */
export const QuarantineFault = {
  /** Nobody says to have sent it; it is not answered, nor are those of the next three faults. */
  NO_CLIENT: 'NO_CLIENT',
  UNKNOWN_CLIENT: 'UNKNOWN_CLIENT',
  NOT_SIGNED: 'NOT_SIGNED',
  BAD_SIGNATURE: 'BAD_SIGNATURE',
  /** Its client's, but no message: headers are missing or the body is no JSON. Answered under the message's own id. */
  UNDECODABLE: 'UNDECODABLE',
  /** Its client's, but a part of it has no request id or merchant under which it could be answered. */
  UNANSWERABLE: 'UNANSWERABLE',
} as const;
export type QuarantineFault = (typeof QuarantineFault)[keyof typeof QuarantineFault];

/** One sentence for each fault that is no broken field. */
export const FAULT_SENTENCES: Readonly<Record<Exclude<QuarantineFault, 'UNDECODABLE' | 'UNANSWERABLE'>, string>> = {
  NO_CLIENT: 'header clientid: is missing',
  UNKNOWN_CLIENT: 'header clientid: is the id of a registered client',
  NOT_SIGNED: 'header jws: is missing',
  BAD_SIGNATURE: 'header jws: is a detached JWS of the client over the body',
};

export interface ClientDirectory {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly unsignedClients: ReadonlySet<string>;
}

/** Verifies that the message is its client's, before any field of it is used. */
export function identifyClient(
  message: { headers: Readonly<Record<string, string>>; body: string },
  directory: ClientDirectory,
): { clientId: string; fault: keyof typeof FAULT_SENTENCES | null } {
  const clientId = message.headers['clientid'] ?? '';
  if (clientId === '') return { clientId, fault: 'NO_CLIENT' };
  const key = directory.keys.get(clientId);
  const jws = message.headers['jws'];
  if (jws === undefined && directory.unsignedClients.has(clientId)) return { clientId, fault: null };
  if (key === undefined) return { clientId, fault: 'UNKNOWN_CLIENT' };
  if (jws === undefined) return { clientId, fault: 'NOT_SIGNED' };
  // One key a client: whatever id the client gives it, the signature has to be this key's.
  const verified = verifyDetached({ jws, payload: message.body, keyOf: () => key });
  return { clientId, fault: verified.valid ? null : 'BAD_SIGNATURE' };
}

/** One request of a message; `isNamed` when it has a request id and a merchant, so that its answer finds whom it concerns. */
export interface MessageRequest {
  readonly given: unknown;
  readonly root: string;
  readonly requestId: string;
  readonly isNamed: boolean;
}

export type ReadMessage =
  | { readonly requests: readonly MessageRequest[] }
  /** The message around the requests is not well formed: none of them is admitted, and these ids are told so. */
  | { readonly requestIds: readonly string[]; readonly violations: readonly Violation[] };

/** The requests of a message, or, when the message itself is not well formed, the request ids to reject: its own, and those that can be read. */
export function readMessage(message: { id: string; data: unknown }): ReadMessage {
  const parsed = messageShape.safeParse(message.data);
  if (parsed.success) return { requests: parsed.data.requests.map((given, at) => messageRequest(message.id, given, at)) };
  const given = (message.data as { requests?: unknown } | null)?.requests;
  const requests = Array.isArray(given) ? given.slice(0, PAYOUTS_PER_MESSAGE_MAX).map((request, at) => messageRequest(message.id, request, at)) : [];
  const requestIds = requests.filter(({ isNamed }) => isNamed).map(({ requestId }) => requestId);
  return { requestIds: [...requestIds, shownId(message.id)], violations: violationsOf(parsed.error) };
}

function messageRequest(messageId: string, given: unknown, at: number): MessageRequest {
  const { requestId, merchantId } = (given ?? {}) as { requestId?: unknown; merchantId?: unknown };
  const hasId = typeof requestId === 'string' && requestId !== '';
  const isNamed = hasId && typeof merchantId === 'string' && merchantId !== '';
  return { given, root: `requests[${at}]`, requestId: hasId ? shownId(requestId) : `${shownId(messageId)}[${at}]`, isNamed };
}

const ID_CHARACTERS_SHOWN_MAX = 64;

/** An id a rejection is told under, however long it came. */
export function shownId(id: string): string {
  return id.slice(0, ID_CHARACTERS_SHOWN_MAX);
}

export function merchantIdOf(request: unknown): string {
  const merchantId = (request as { merchantId?: unknown } | null | undefined)?.merchantId;
  return typeof merchantId === 'string' ? merchantId : '';
}

const VIOLATIONS_TOLD_MAX = 5;
const FIELD_CHARACTERS_TOLD_MAX = 120;

/** The broken rules as an answer tells them: a sender who makes up thousands of fields, or one of a megabyte, gets no answer as long. */
export function toldViolations(violations: readonly Violation[]): Violation[] {
  return violations.slice(0, VIOLATIONS_TOLD_MAX).map(({ field, rule }) => ({ field: field.slice(0, FIELD_CHARACTERS_TOLD_MAX), rule }));
}

/** Field and rule in one line, for the people who look into the quarantine. */
export function reasonOf(violations: readonly Violation[]): string {
  return toldViolations(violations)
    .map(({ field, rule }) => `${field}: ${rule}`)
    .join('; ');
}

const NUMBER_DIGITS_SHOWN_MAX = 5;

/** A message's text without what could name a payee: long numbers, the values of `accountName`, and everything beyond ASCII, escaped or not. */
export function maskedText(text: string): string {
  return text
    .replace(/("accountName"\s*:\s*)"(?:[^"\\]|\\.)*"?/gu, '$1"**"')
    .replace(/\\u[0-9a-fA-F]{4}/gu, '?')
    .replace(/[^\n -~]/gu, '?')
    .replace(new RegExp(`[0-9]{${NUMBER_DIGITS_SHOWN_MAX + 1},}`, 'gu'), (digits) => maskAccountNumber(digits));
}
