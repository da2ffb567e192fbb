import type { NoticeRow } from '../books/decide.ts';
import type { Answer, Dialect, Said } from '../house/dialect.ts';
import type { BillPage } from '../sessions/payout-bill.ts';
import type { Session } from '../sessions/session-books.ts';
import { parseAdjustmentRequest } from './adjustment-request.ts';
import { wireAmount } from './amount.ts';
import { CODES } from './codes.ts';
import { parsePayoutRequest, serialNumberIn } from './payout-request.ts';

export const NETSUNION_PATH = '/netsunion/v1';
const DATE = /^\d{4}-\d\d-\d\d$/;

/** NetsUnion's words: docs/rails/netsunion.md. */
export const NETSUNION: Dialect = {
  basePath: NETSUNION_PATH,
  paths: {
    payouts: `${NETSUNION_PATH}/payouts`,
    adjustments: `${NETSUNION_PATH}/quota-adjustments`,
    quota: `${NETSUNION_PATH}/quota`,
    sessions: `${NETSUNION_PATH}/sessions`,
  },
  parsePayout: parsePayoutRequest,
  parseAdjustment: parseAdjustmentRequest,
  serialNumberIn,
  dateIn: (text) => (DATE.test(text) ? text : null),
  say,
  sayQuota: ({ mappedMinor, availableMinor, asOf }) =>
    JSON.stringify({ mappedQuota: wireAmount(mappedMinor), availableQuota: wireAmount(availableMinor), asOf: asOf.getTime() }),
  saySession,
  sayBillPage,
  sayNotice,
};

function say(said: Said): Answer {
  const { serialNumber, status, code, detail, amountMinor, railReference, clearingDate, completedAt } = said;
  const { httpStatus, message } = CODES[code];
  // What is undefined is left out of the text.
  const body = JSON.stringify({
    serialNumber,
    status,
    code,
    message: detail ?? message,
    amount: amountMinor === undefined ? undefined : wireAmount(amountMinor),
    railReference,
    clearingDate,
    completedAt: completedAt?.getTime(),
  });
  return { status: httpStatus, body };
}

function saySession(session: Session): string {
  return JSON.stringify({
    clearingDate: session.clearingDate,
    status: session.state,
    payouts: wireAmount(session.payoutsMinor),
    payoutCount: session.payoutCount,
    returns: wireAmount(session.returnsMinor),
    receipts: wireAmount(session.receiptsMinor),
    net: wireAmount(session.netMinor),
    settledAt: session.settledAt?.getTime() ?? null,
  });
}

function sayBillPage({ clearingDate, lineCount, payoutsMinor, returnsMinor, lines, next }: BillPage): string {
  return JSON.stringify({
    clearingDate,
    lineCount,
    payouts: wireAmount(payoutsMinor),
    returns: wireAmount(returnsMinor),
    lines: lines.map(({ serialNumber, amountMinor, railReference, executedAt, status }) => ({
      serialNumber,
      amount: wireAmount(amountMinor),
      railReference,
      executedAt: executedAt.getTime(),
      status,
    })),
    next,
  });
}

function sayNotice(notice: NoticeRow): string {
  return JSON.stringify({
    noticeId: notice.noticeId,
    kind: notice.kind,
    serialNumber: notice.serialNumber,
    status: notice.status,
    code: notice.code,
    amount: notice.amountMinor === null ? null : wireAmount(notice.amountMinor),
    clearingDate: notice.clearingDate,
    railReference: notice.railReference,
    occurredAt: notice.occurredAt.getTime(),
    ...(notice.kind === 'RESERVE_MOVED' ? { reserve: notice.detail } : {}),
  });
}
