import type { KeyObject } from 'node:crypto';
import { reportCollectionsV1, type MessageContract, type ReportCollectionsV1 } from '@jinku/contracts';
import { violationsOf } from '@jinku/errors';
import { ClientMessageFault, verifyClientMessage } from '@jinku/security';
import { z } from 'zod';

/** The public contract, read without judging: a message that breaks it is quarantined, and blocks nobody. */
export const anyCollectionsV1: MessageContract<unknown> & { readonly origin: 'OUTSIDE' } = {
  ...reportCollectionsV1,
  key: () => '',
  schema: z.unknown(),
  example: reportCollectionsV1.example,
  origin: 'OUTSIDE',
};

/** Why a message about collections is kept instead of counted. */
export const CollectionFault = {
  ...ClientMessageFault,
  UNDECODABLE: 'UNDECODABLE',
  /** Its client's, but not what the contract says. */
  INVALID: 'INVALID',
  /** A newer report with a smaller total: what was collected cannot become less. */
  TOTAL_FELL: 'TOTAL_FELL',
  /** The channel had told its last report of the date. */
  AFTER_FINAL: 'AFTER_FINAL',
} as const;
export type CollectionFault = (typeof CollectionFault)[keyof typeof CollectionFault];

export interface ReceivedCollection {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly undecodable?: string;
}

export type ReadCollection =
  | { readonly clientId: string; readonly report: ReportCollectionsV1 }
  | { readonly clientId: string; readonly fault: CollectionFault; readonly reason: string };

/** Verifies that the message is its client's before any field of it is used, then that it is what the contract says. */
export function readCollection(message: ReceivedCollection, keys: ReadonlyMap<string, KeyObject>): ReadCollection {
  const verified = verifyClientMessage(message, keys);
  if (verified.fault !== null) return verified;
  const { clientId } = verified;
  if (message.undecodable !== undefined) return { clientId, fault: 'UNDECODABLE', reason: message.undecodable };
  const parsed = reportCollectionsV1.schema.safeParse(JSON.parse(message.body));
  if (parsed.success) return { clientId, report: parsed.data };
  return { clientId, fault: 'INVALID', reason: violationsOf(parsed.error).map(({ field, rule }) => `${field}: ${rule}`).join('; ') };
}

export interface CountedTotal {
  readonly sequence: number;
  readonly amountTotal: bigint;
  readonly isFinal: boolean;
}

/** What a report of one channel and date does to the total that is known. Totals, never differences: late and doubled ones change nothing. */
export function judgeReport(known: CountedTotal | null, report: CountedTotal): 'COUNT' | 'OLDER' | 'TOTAL_FELL' | 'AFTER_FINAL' {
  if (known === null) return 'COUNT';
  if (report.sequence <= known.sequence) return 'OLDER';
  if (known.isFinal) return 'AFTER_FINAL';
  return report.amountTotal < known.amountTotal ? 'TOTAL_FELL' : 'COUNT';
}
