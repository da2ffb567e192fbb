import { ClearingHouse } from '@jinku/contracts';

import { instantOf, isText, optionalText, parseObject } from '../answer-fields.ts';
import { RailNotices, type NoticeKind, type RailNotice, type RailNoticesOptions } from '../rail-notice.ts';
import { dateOf, fenOf } from './unionpay-answer.ts';
import { outcomeOfAdjustmentInquiry, outcomeOfInquiry } from './unionpay-codes.ts';

/** Verifies UnionPay's notices. */
export class UnionPayNotices extends RailNotices {
  constructor(options: RailNoticesOptions) {
    super({ clearingHouse: ClearingHouse.UNIONPAY, parse: parseNotice }, options);
  }
}

const KIND_OF: ReadonlyMap<unknown, NoticeKind> = new Map<unknown, NoticeKind>([
  ['SETTLEMENT_RESULT', 'PAYOUT_RESULT'],
  ['SETTLEMENT_RETURNED', 'PAYOUT_RETURNED'],
  ['QUOTA_ADJUSTED', 'QUOTA_ADJUSTED'],
  ['QUOTA_CHANGED', 'QUOTA_CHANGED'],
  ['SESSION_RESULT', 'SESSION_RESULT'],
]);

export function parseNotice(body: string): RailNotice | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  const { notifyId } = fields;
  const kind = KIND_OF.get(fields['notifyType']);
  const [serialNumber, code, txnAmt, settleDate, railReference] = ['orderId', 'respCode', 'txnAmt', 'settleDate', 'queryId'].map((name) =>
    optionalText(fields[name]),
  );
  if (!isText(notifyId) || kind === undefined) return null;
  if (serialNumber === undefined || code === undefined || txnAmt === undefined || settleDate === undefined || railReference === undefined) return null;
  const clearingDate = settleDate === null ? null : dateOf(settleDate);
  const amountMinor = txnAmt === null ? null : fenOf(txnAmt);
  const occurredAt = instantOf(fields['occurredAt']);
  if ((settleDate !== null && clearingDate === null) || (txnAmt !== null && amountMinor === null) || occurredAt === null) return null;
  const isAboutNoOrder = kind === 'QUOTA_CHANGED' || kind === 'SESSION_RESULT';
  if (!isAboutNoOrder && (serialNumber === null || amountMinor === null)) return null;
  if (kind === 'SESSION_RESULT' && clearingDate === null) return null;
  const outcome = isAboutNoOrder ? null : outcomeOfNotice(kind, code ?? '');
  const about = { clearingHouse: ClearingHouse.UNIONPAY, noticeId: notifyId, kind, serialNumber, outcome, code };
  return { ...about, amountMinor, clearingDate, railReference, reserve: null, occurredAt };
}

function outcomeOfNotice(kind: NoticeKind, code: string): RailNotice['outcome'] {
  if (kind === 'PAYOUT_RETURNED') return code === '00' ? 'RETURNED' : 'UNKNOWN';
  const outcome = kind === 'QUOTA_ADJUSTED' ? outcomeOfAdjustmentInquiry(code) : outcomeOfInquiry(code);
  return outcome === 'SUCCEEDED' || outcome === 'FAILED' ? outcome : 'UNKNOWN';
}
