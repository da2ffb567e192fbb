import type { KeyObject } from 'node:crypto';
import { PAYOUTS_PER_MESSAGE_MAX, requestPayoutsV1, type MessageContract } from '@jinku/contracts';
import { violationsOf, type Violation } from '@jinku/errors';
import { verifyDetached } from '@jinku/security';
import { z } from 'zod';

/** What a message of payout requests is around its requests; each of those is checked on its own. */
const messageShape = z.strictObject({
  messageKey: z.string().min(1).max(64),
  requests: z.array(z.unknown()).min(1, 'has at least one request').max(PAYOUTS_PER_MESSAGE_MAX, `has at most ${PAYOUTS_PER_MESSAGE_MAX} requests`),
});

/** The public contract, read without judging: a message that breaks it is answered with `REJECTED` results and blocks nobody. */
export const anyPayoutRequestsV1: MessageContract<unknown> = { ...requestPayoutsV1, key: () => '', schema: z.unknown(), example: requestPayoutsV1.example };

/** Why a message is quarantined instead of answered: nobody knows who sent it. */
export const QuarantineFault = {
  NO_CLIENT: 'NO_CLIENT',
  UNKNOWN_CLIENT: 'UNKNOWN_CLIENT',
  NOT_SIGNED: 'NOT_SIGNED',
  BAD_SIGNATURE: 'BAD_SIGNATURE',
} as const;
export type QuarantineFault = (typeof QuarantineFault)[keyof typeof QuarantineFault];

export interface ClientDirectory {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly unsignedClients: ReadonlySet<string>;
}

/** Verifies that the message is its client's, before any field of it is used. */
export function identifyClient(
  message: { headers: Readonly<Record<string, string>>; body: string },
  directory: ClientDirectory,
): { clientId: string; fault: null } | { clientId: string; fault: QuarantineFault } {
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

export type ReadMessage = { readonly requests: readonly unknown[] } | { readonly requestIds: readonly string[]; readonly violations: readonly Violation[] };

/** The requests of a message, or, when the message itself is not well formed, the request ids to reject. */
export function readMessage(message: { id: string; data: unknown }): ReadMessage {
  const parsed = messageShape.safeParse(message.data);
  if (parsed.success) return { requests: parsed.data.requests };
  const requests = (message.data as { requests?: unknown } | null)?.requests;
  const requestIds = Array.isArray(requests) ? requests.slice(0, PAYOUTS_PER_MESSAGE_MAX).map((request, at) => requestIdOf(request, `${message.id}[${at}]`)) : [];
  return { requestIds: requestIds.length === 0 ? [message.id] : requestIds, violations: violationsOf(parsed.error) };
}

const REQUEST_ID_SHOWN_MAX = 64;

/** The id a rejection is told under, however malformed the request is; `otherwise` names its place. */
export function requestIdOf(request: unknown, otherwise: string): string {
  const requestId = (request as { requestId?: unknown } | null | undefined)?.requestId;
  return typeof requestId === 'string' && requestId !== '' ? requestId.slice(0, REQUEST_ID_SHOWN_MAX) : otherwise;
}

export function merchantIdOf(request: unknown): string {
  const merchantId = (request as { merchantId?: unknown } | null | undefined)?.merchantId;
  return typeof merchantId === 'string' ? merchantId : '';
}
