import type { KeyObject } from 'node:crypto';
import { reportFeeAccrualV1, type MessageContract, type ReportFeeAccrualV1 } from '@jinku/contracts';
import { violationsOf } from '@jinku/errors';
import { ClientMessageFault, verifyClientMessage } from '@jinku/security';
import { z } from 'zod';

/** The public contract, read without judging: all reports have one key, so one that breaks it must not hold up those after it. */
export const anyFeeAccrualV1: MessageContract<unknown> & { readonly origin: 'OUTSIDE' } = {
  ...reportFeeAccrualV1,
  key: () => '',
  schema: z.unknown(),
  example: reportFeeAccrualV1.example,
  origin: 'OUTSIDE',
};

/** Why a message about accrued fees is kept instead of followed. */
export const FeeAccrualFault = {
  ...ClientMessageFault,
  UNDECODABLE: 'UNDECODABLE',
  /** Its client's, but not what the contract says. */
  INVALID: 'INVALID',
} as const;
export type FeeAccrualFault = (typeof FeeAccrualFault)[keyof typeof FeeAccrualFault];

export interface ReceivedFeeAccrual {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly undecodable?: string;
}

export type ReadFeeAccrual =
  | { readonly clientId: string; readonly report: ReportFeeAccrualV1 }
  | { readonly clientId: string; readonly fault: FeeAccrualFault; readonly reason: string };

/** Verifies that the message is its client's before any field of it is used: what it says is how much client money may become ours. */
export function readFeeAccrual(message: ReceivedFeeAccrual, keys: ReadonlyMap<string, KeyObject>): ReadFeeAccrual {
  const verified = verifyClientMessage(message, keys);
  if (verified.fault !== null) return verified;
  const { clientId } = verified;
  if (message.undecodable !== undefined) return { clientId, fault: 'UNDECODABLE', reason: message.undecodable };
  const parsed = reportFeeAccrualV1.schema.safeParse(JSON.parse(message.body));
  if (parsed.success) return { clientId, report: parsed.data };
  return { clientId, fault: 'INVALID', reason: violationsOf(parsed.error).map(({ field, rule }) => `${field}: ${rule}`).join('; ') };
}
