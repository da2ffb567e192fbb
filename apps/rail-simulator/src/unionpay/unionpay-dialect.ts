import type { NoticeRow } from '../books/decide.ts';
import type { Answer, Dialect, Said } from '../house/dialect.ts';
import type { Code } from '../netsunion/codes.ts';
import type { BillPage } from '../sessions/payout-bill.ts';
import type { Session } from '../sessions/session-books.ts';
import { responseCodeOf } from './codes.ts';
import { orderIdIn, parseOrder, parseOrderAdjustment } from './order-request.ts';

export const UNIONPAY_PATH = '/unionpay/v1';
const SETTLE_DATE = /^(\d{4})(\d\d)(\d\d)$/;

/** UnionPay's words: docs/rails/unionpay.md. */
export const UNIONPAY: Dialect = {
  basePath: UNIONPAY_PATH,
  paths: {
    payouts: `${UNIONPAY_PATH}/merchant-settlements`,
    adjustments: `${UNIONPAY_PATH}/quota-adjustments`,
    quota: `${UNIONPAY_PATH}/quota`,
    sessions: `${UNIONPAY_PATH}/sessions`,
  },
  parsePayout: parseOrder,
  parseAdjustment: parseOrderAdjustment,
  serialNumberIn: orderIdIn,
  dateIn: (text) => (SETTLE_DATE.test(text) ? text.replace(SETTLE_DATE, '$1-$2-$3') : null),
  say,
  sayQuota: ({ mappedMinor, availableMinor, asOf }) =>
    JSON.stringify({ mappedQuota: mappedMinor.toString(), availableQuota: availableMinor.toString(), asOf: asOf.getTime() }),
  saySession,
  sayBillPage,
  sayNotice,
};

function say({ serialNumber, status, code, detail, amountMinor, railReference, clearingDate, completedAt }: Said): Answer {
  const { respCode, respMsg, httpStatus } = responseCodeOf(status, code);
  // What is undefined is left out of the text.
  const body = JSON.stringify({
    orderId: serialNumber,
    respCode,
    respMsg: detail ?? respMsg,
    txnAmt: amountMinor?.toString(),
    queryId: railReference,
    settleDate: clearingDate === undefined ? undefined : settleDate(clearingDate),
    completedAt: completedAt?.getTime(),
  });
  return { status: httpStatus, body };
}

function saySession(session: Session): string {
  return JSON.stringify({
    settleDate: settleDate(session.clearingDate),
    sessionStatus: session.state,
    payAmt: session.payoutsMinor.toString(),
    payCount: session.payoutCount,
    returnAmt: session.returnsMinor.toString(),
    receiptAmt: session.receiptsMinor.toString(),
    netAmt: session.netMinor.toString(),
    settledAt: session.settledAt?.getTime() ?? null,
  });
}

function sayBillPage({ clearingDate, lineCount, payoutsMinor, returnsMinor, lines, next }: BillPage): string {
  return JSON.stringify({
    settleDate: settleDate(clearingDate),
    lineCount,
    payAmt: payoutsMinor.toString(),
    returnAmt: returnsMinor.toString(),
    lines: lines.map(({ serialNumber, amountMinor, railReference, executedAt, status }) => ({
      orderId: serialNumber,
      txnAmt: amountMinor.toString(),
      queryId: railReference,
      txnTime: executedAt.getTime(),
      txnType: status === 'SUCCEEDED' ? 'PAY' : 'RETURN',
    })),
    next,
  });
}

/** UnionPay pushes no movements of the central reserve: NetsUnion does. */
const NOTIFY_TYPE: Readonly<Record<NoticeRow['kind'], string>> = {
  PAYOUT_RESULT: 'SETTLEMENT_RESULT',
  PAYOUT_RETURNED: 'SETTLEMENT_RETURNED',
  QUOTA_ADJUSTED: 'QUOTA_ADJUSTED',
  QUOTA_CHANGED: 'QUOTA_CHANGED',
  RESERVE_MOVED: 'RESERVE_MOVED',
  SESSION_RESULT: 'SESSION_RESULT',
};

function sayNotice(notice: NoticeRow): string {
  return JSON.stringify({
    notifyId: notice.noticeId,
    notifyType: NOTIFY_TYPE[notice.kind],
    orderId: notice.serialNumber,
    respCode: notice.code === null ? null : responseCodeOf(notice.status ?? '', notice.code as Code).respCode,
    txnAmt: notice.amountMinor?.toString() ?? null,
    settleDate: notice.clearingDate === null ? null : settleDate(notice.clearingDate),
    queryId: notice.railReference,
    occurredAt: notice.occurredAt.getTime(),
  });
}

function settleDate(clearingDate: string): string {
  return clearingDate.replaceAll('-', '');
}
