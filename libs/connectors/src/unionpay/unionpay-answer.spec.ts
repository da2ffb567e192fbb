import { parseAnswer, parsePayoutFilePage, parseQuota, parseSession } from './unionpay-answer.ts';
import { parseNotice } from './unionpay-notice.ts';

const ANSWER = { orderId: 'S-1', respCode: '00', txnAmt: '123456', queryId: 'U1', settleDate: '20261121' };
const SESSION = {
  settleDate: '20261121',
  sessionStatus: 'CLOSED',
  payAmt: '81234567',
  payCount: 1_280,
  returnAmt: '10000',
  receiptAmt: '0',
  netAmt: '-81224567',
  settledAt: null,
};
const PAGE = {
  settleDate: '20261121',
  lineCount: 1,
  payAmt: '123456',
  returnAmt: '0',
  lines: [{ orderId: 'S-1', txnAmt: '123456', queryId: 'U1', txnTime: 1_795_250_400_012, txnType: 'PAY' }],
  next: null,
};
const NOTICE = { notifyId: 'N-1', notifyType: 'SETTLEMENT_RESULT', ...ANSWER, occurredAt: 1_795_250_400_012 };

test('fen and dates without dashes are read', () => {
  expect(parseAnswer(JSON.stringify(ANSWER))).toEqual({
    serialNumber: 'S-1',
    status: '',
    code: '00',
    railReference: 'U1',
    clearingDate: '2026-11-21',
    amountMinor: 123_456n,
  });
});

test('a refusal at the door may name no order; a result may not', () => {
  expect(parseAnswer('{"orderId":"","respCode":"A0"}')).toMatchObject({ serialNumber: null, code: 'A0' });
  expect(parseAnswer('{"orderId":"","respCode":"00"}')).toBeNull();
  expect(parseAnswer('{"respCode":"14"}')).toBeNull();
});

test.each([
  ['yuan for fen', { txnAmt: '1234.56' }],
  ['a negative amount', { txnAmt: '-1' }],
  ['a leading zero', { txnAmt: '0123' }],
  ['a date with dashes', { settleDate: '2026-11-21' }],
  ['a day that does not exist', { settleDate: '20260230' }],
  ['a number for a code', { respCode: 0 }],
  ['an object for an order number', { orderId: { $ne: '' } }],
])('%s is unparsable', (_, changes) => {
  expect(parseAnswer(JSON.stringify({ ...ANSWER, ...changes }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, ...changes, ...('respCode' in changes ? { respCode: {} } : {}) }))).toBeNull();
});

test('a session is read with its signed net, and one that does not add up is not believed', () => {
  expect(parseSession(SESSION)).toMatchObject({ clearingDate: '2026-11-21', state: 'CLOSED', netMinor: -81_224_567n, settledAt: null });
  expect(parseSession({ ...SESSION, netAmt: '-81224566' })).toBeNull();
  expect(parseSession({ ...SESSION, sessionStatus: 'SETTLED' })).toBeNull();
  expect(parseSession({ ...SESSION, sessionStatus: 'GONE' })).toBeNull();
  expect(parseSession({ ...SESSION, payCount: -1 })).toBeNull();
});

test('a page of the bill is read whole or not at all', () => {
  expect(parsePayoutFilePage(PAGE)?.lines).toEqual([
    { serialNumber: 'S-1', amountMinor: 123_456n, railReference: 'U1', executedAt: new Date(1_795_250_400_012), status: 'SUCCEEDED' },
  ]);
  expect(parsePayoutFilePage({ ...PAGE, lines: [...PAGE.lines, { orderId: 'S-2' }] })).toBeNull();
  expect(parsePayoutFilePage({ ...PAGE, lineCount: '1' })).toBeNull();
});

test('the quota is read in fen', () => {
  expect(parseQuota({ mappedQuota: '500', availableQuota: '0', asOf: 1_795_250_400_000 })).toMatchObject({ mappedMinor: 500n, availableMinor: 0n });
  expect(parseQuota({ mappedQuota: '5.00', availableQuota: '0', asOf: 1_795_250_400_000 })).toBeNull();
});

test('each kind of notice becomes the kind that all houses share', () => {
  expect(parseNotice(JSON.stringify(NOTICE))).toMatchObject({ clearingHouse: 'UNIONPAY', kind: 'PAYOUT_RESULT', outcome: 'SUCCEEDED', amountMinor: 123_456n });
  expect(parseNotice(JSON.stringify({ ...NOTICE, respCode: '14' }))).toMatchObject({ outcome: 'FAILED' });
  expect(parseNotice(JSON.stringify({ ...NOTICE, respCode: '03' }))).toMatchObject({ outcome: 'UNKNOWN' });
  expect(parseNotice(JSON.stringify({ ...NOTICE, notifyType: 'SETTLEMENT_RETURNED' }))).toMatchObject({ kind: 'PAYOUT_RETURNED', outcome: 'RETURNED' });
  const session = { ...NOTICE, notifyType: 'SESSION_RESULT', orderId: null, respCode: null, txnAmt: null };
  expect(parseNotice(JSON.stringify(session))).toMatchObject({ kind: 'SESSION_RESULT', serialNumber: null, outcome: null, clearingDate: '2026-11-21' });
  expect(parseNotice(JSON.stringify({ ...session, settleDate: null }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, orderId: null }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, notifyType: 'RESERVE_MOVED' }))).toBeNull();
});
