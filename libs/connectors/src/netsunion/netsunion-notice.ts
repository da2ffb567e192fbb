import { isBusinessDate } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { parseAmount } from '@jinku/money';

import { instantOf, isObject, isText, optionalText, parseObject } from '../answer-fields.ts';
import { RailNotices, type NoticeKind, type RailNotice, type RailNoticesOptions, type ReserveMovement } from '../rail-notice.ts';
import { outcomeOfAdjustmentInquiry, outcomeOfInquiry } from './netsunion-codes.ts';

/** Verifies NetsUnion's notices. */
export class NetsUnionNotices extends RailNotices {
  constructor(options: RailNoticesOptions) {
    super({ clearingHouse: ClearingHouse.NETSUNION, parse: parseNotice }, options);
  }
}

const KINDS: readonly NoticeKind[] = ['PAYOUT_RESULT', 'PAYOUT_RETURNED', 'QUOTA_ADJUSTED', 'QUOTA_CHANGED', 'RESERVE_MOVED', 'SESSION_RESULT'];
/** Of these kinds a notice is about no serial number, or about no amount. */
const WITHOUT_SERIAL_NUMBER: readonly NoticeKind[] = ['QUOTA_CHANGED', 'SESSION_RESULT'];

export function parseNotice(body: string): RailNotice | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  const { noticeId } = fields;
  const kind = KINDS.find((one) => one === fields['kind']);
  const [serialNumber, status, code, amount, clearingDate, railReference] = [
    'serialNumber',
    'status',
    'code',
    'amount',
    'clearingDate',
    'railReference',
  ].map((name) => optionalText(fields[name]));
  if (!isText(noticeId) || kind === undefined) return null;
  if (serialNumber === undefined || status === undefined || code === undefined) return null;
  if (amount === undefined || clearingDate === undefined || railReference === undefined) return null;
  if (clearingDate !== null && !isBusinessDate(clearingDate)) return null;
  const amountMinor = amount === null ? null : parseAmount(amount);
  if (amount !== null && amountMinor === null) return null;
  const occurredAt = instantOf(fields['occurredAt']);
  if (occurredAt === null) return null;
  if (!WITHOUT_SERIAL_NUMBER.includes(kind) && (serialNumber === null || amountMinor === null)) return null;
  if (kind === 'SESSION_RESULT' && clearingDate === null) return null;
  const reserve = kind === 'RESERVE_MOVED' ? reserveOf(fields['reserve']) : null;
  if (kind === 'RESERVE_MOVED' && reserve === null) return null;
  const outcome = outcomeOfNotice(kind, { status: status ?? '', code: code ?? '' });
  const about = { clearingHouse: ClearingHouse.NETSUNION, noticeId, kind, serialNumber, outcome, code };
  return { ...about, amountMinor, clearingDate, railReference, reserve, occurredAt };
}

function outcomeOfNotice(kind: NoticeKind, { status, code }: { status: string; code: string }): RailNotice['outcome'] {
  if (kind === 'QUOTA_CHANGED' || kind === 'RESERVE_MOVED' || kind === 'SESSION_RESULT') return null;
  if (kind === 'PAYOUT_RETURNED') return status === 'RETURNED' && code === '0000' ? 'RETURNED' : 'UNKNOWN';
  const outcome = kind === 'QUOTA_ADJUSTED' ? outcomeOfAdjustmentInquiry(status, code) : outcomeOfInquiry(status, code);
  return outcome === 'SUCCEEDED' || outcome === 'FAILED' ? outcome : 'UNKNOWN';
}

function reserveOf(value: unknown): ReserveMovement | null {
  if (!isObject(value)) return null;
  const { direction, balanceAfter } = value;
  const balanceAfterMinor = parseAmount(String(balanceAfter));
  const payerReference = optionalText(value['payerReference']);
  const purpose = optionalText(value['purpose']);
  if ((direction !== 'CREDIT' && direction !== 'DEBIT') || balanceAfterMinor === null) return null;
  if (payerReference === undefined || purpose === undefined) return null;
  return { direction, balanceAfterMinor, payerReference, purpose };
}
