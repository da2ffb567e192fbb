import type { KeyObject } from 'node:crypto';
import { addDays, type BusinessDate } from '@jinku/calendar';
import { reportCollectionsV1, type ReportCollectionsV1 } from '@jinku/contracts';
import { ClientReportFault, readClientReport, type ReadReport, type ReceivedReport } from '@jinku/security';

/** Why a message about collections is kept instead of counted. */
export const CollectionFault = {
  ...ClientReportFault,
  /** For a date that no session can be open or late for: it would be counted in one that no house ever settles. */
  FAR_DATE: 'FAR_DATE',
  /** A newer report with a smaller total: what was collected cannot become less. */
  TOTAL_FELL: 'TOTAL_FELL',
  /** The channel had told its last report of the date. */
  AFTER_FINAL: 'AFTER_FINAL',
} as const;
export type CollectionFault = (typeof CollectionFault)[keyof typeof CollectionFault];

/** Houses cut at their own hours, so a date may be one ahead of ours; what is later than a month is for persons. */
const DAYS_AHEAD_MAX = 1;
const DAYS_BACK_MAX = 31;

/** Reads a report of the client, and refuses one for a date that is not near. */
export function readCollection(message: ReceivedReport, { keys, today }: { keys: ReadonlyMap<string, KeyObject>; today: BusinessDate }): ReadReport<ReportCollectionsV1, CollectionFault> {
  const read = readClientReport(message, { keys, schema: reportCollectionsV1.schema });
  if ('fault' in read) return read;
  const { clearingDate } = read.report;
  const isNear = clearingDate >= addDays(today, -DAYS_BACK_MAX) && clearingDate <= addDays(today, DAYS_AHEAD_MAX);
  return isNear ? read : { clientId: read.clientId, fault: 'FAR_DATE', reason: `clearingDate: is at most ${DAYS_AHEAD_MAX} day ahead and ${DAYS_BACK_MAX} days back` };
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
