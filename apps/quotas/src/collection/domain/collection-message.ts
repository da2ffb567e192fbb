import type { KeyObject } from 'node:crypto';
import { addDays, type BusinessDate } from '@jinku/calendar';
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
  /** For a date that no session can be open or late for: it would be counted in one that no house ever settles. */
  FAR_DATE: 'FAR_DATE',
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

/** Houses cut at their own hours, so a date may be one ahead of ours; what is later than a month is for persons. */
const DAYS_AHEAD_MAX = 1;
const DAYS_BACK_MAX = 31;

/** Verifies that the message is its client's before any field of it is used, then that it is what the contract says. */
export function readCollection(message: ReceivedCollection, { keys, today }: { keys: ReadonlyMap<string, KeyObject>; today: BusinessDate }): ReadCollection {
  const verified = verifyClientMessage(message, keys);
  if (verified.fault !== null) return verified;
  const { clientId } = verified;
  const refused = (fault: CollectionFault, reason: string): ReadCollection => ({ clientId, fault, reason });
  if (message.undecodable !== undefined) return refused('UNDECODABLE', message.undecodable);
  const parsed = reportCollectionsV1.schema.safeParse(JSON.parse(message.body));
  if (!parsed.success) return refused('INVALID', violationsOf(parsed.error).map(({ field, rule }) => `${field}: ${rule}`).join('; '));
  const { clearingDate } = parsed.data;
  const isNear = clearingDate >= addDays(today, -DAYS_BACK_MAX) && clearingDate <= addDays(today, DAYS_AHEAD_MAX);
  return isNear ? { clientId, report: parsed.data } : refused('FAR_DATE', `clearingDate: is at most ${DAYS_AHEAD_MAX} day ahead and ${DAYS_BACK_MAX} days back`);
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
