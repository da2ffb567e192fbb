import type { KeyObject } from 'node:crypto';
import { verifyDetached } from './detached-jws.ts';

/** Why a message is not believed to be its client's. */
export const ClientMessageFault = {
  NO_CLIENT: 'NO_CLIENT',
  UNKNOWN_CLIENT: 'UNKNOWN_CLIENT',
  NOT_SIGNED: 'NOT_SIGNED',
  BAD_SIGNATURE: 'BAD_SIGNATURE',
} as const;
export type ClientMessageFault = (typeof ClientMessageFault)[keyof typeof ClientMessageFault];

export type ClientMessageVerification =
  | { readonly clientId: string; readonly fault: null }
  | { readonly clientId: string; readonly fault: ClientMessageFault; readonly reason: string };

/** Whether a message from outside is its client's: to be known before any field of it is used. */
export function verifyClientMessage(
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  keys: ReadonlyMap<string, KeyObject>,
): ClientMessageVerification {
  const clientId = headers['clientid'] ?? '';
  if (clientId === '') return { clientId, fault: 'NO_CLIENT', reason: 'header clientid: is missing' };
  const key = keys.get(clientId);
  if (key === undefined) return { clientId, fault: 'UNKNOWN_CLIENT', reason: 'header clientid: is the id of a registered client' };
  const jws = headers['jws'];
  if (jws === undefined) return { clientId, fault: 'NOT_SIGNED', reason: 'header jws: is missing' };
  const isSigned = verifyDetached({ jws, payload: body, keyOf: () => key }).valid;
  return isSigned ? { clientId, fault: null } : { clientId, fault: 'BAD_SIGNATURE', reason: 'header jws: is a detached JWS of the client over the body' };
}
