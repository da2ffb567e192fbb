import type { KeyObject } from 'node:crypto';
import { violationsOf } from '@jinku/errors';
import type { z } from 'zod';
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

/** Why a report of a client is kept instead of followed. */
export const ClientReportFault = {
  ...ClientMessageFault,
  UNDECODABLE: 'UNDECODABLE',
  /** Its client's, but not what the contract says. */
  INVALID: 'INVALID',
} as const;
export type ClientReportFault = (typeof ClientReportFault)[keyof typeof ClientReportFault];

export interface ReceivedReport {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why the body is no JSON text. */
  readonly undecodable?: string;
}

export type ReadReport<R, F extends string = ClientReportFault> =
  | { readonly clientId: string; readonly report: R }
  | { readonly clientId: string; readonly fault: F; readonly reason: string };

/** Verifies that a report is its client's before any field of it is used, then that it is what the contract says. */
export function readClientReport<R>(message: ReceivedReport, { keys, schema }: { keys: ReadonlyMap<string, KeyObject>; schema: z.ZodType<R> }): ReadReport<R> {
  const verified = verifyClientMessage(message, keys);
  if (verified.fault !== null) return verified;
  const { clientId } = verified;
  if (message.undecodable !== undefined) return { clientId, fault: 'UNDECODABLE', reason: message.undecodable };
  const parsed = schema.safeParse(JSON.parse(message.body));
  if (parsed.success) return { clientId, report: parsed.data };
  return { clientId, fault: 'INVALID', reason: violationsOf(parsed.error).map(({ field, rule }) => `${field}: ${rule}`).join('; ') };
}
