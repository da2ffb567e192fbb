import fc from 'fast-check';

import { parseAnswer } from './netsunion-answer.ts';
import { parseNotice } from './netsunion-notice.ts';

const ANSWER = { serialNumber: 'S-1', status: 'SUCCEEDED', code: '0000', railReference: 'NU1', clearingDate: '2026-11-21' };
const NOTICE = { noticeId: 'N-1', kind: 'PAYOUT_RESULT', ...ANSWER, amount: '1234.56', occurredAt: '2026-11-21T02:00:30.000Z' };

test('a whole answer is read, optional fields absent or null are null', () => {
  expect(parseAnswer(JSON.stringify(ANSWER))).toEqual({ ...ANSWER, amountMinor: null });
  expect(parseAnswer('{"serialNumber":"S-1","status":"NOT_FOUND","code":"0602","railReference":null}')).toEqual({
    serialNumber: 'S-1',
    status: 'NOT_FOUND',
    code: '0602',
    railReference: null,
    clearingDate: null,
    amountMinor: null,
  });
});

test('a refusal at the door may name neither payout nor status; a result may not', () => {
  expect(parseAnswer('{"code":"0502","message":"signature"}')).toMatchObject({ serialNumber: null, status: 'REJECTED', code: '0502' });
  expect(parseAnswer('{"code":"0000","status":"SUCCEEDED"}')).toBeNull();
  expect(parseAnswer('{"code":"0000","status":null,"serialNumber":"S-1"}')).toBeNull();
});

test.each([
  ['a number for a code', { code: 0 }],
  ['an object for a serial number', { serialNumber: { $ne: '' } }],
  ['an empty status', { status: '' }],
  ['a code longer than any', { code: '0'.repeat(65) }],
  ['a number for an amount', { amount: 1234.56 }],
  ['an amount with three places', { amount: '1.234' }],
  ['a negative amount', { amount: '-1.00' }],
  ['an amount of twenty digits', { amount: '12345678901234567890.00' }],
  ['a date with a time', { clearingDate: '2026-11-21T00:00:00Z' }],
  ['a number for a reference', { railReference: 7 }],
])('%s makes an answer and a notice unreadable', (_, change) => {
  expect(parseAnswer(JSON.stringify({ ...ANSWER, ...change }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, ...change, ...('status' in change ? { status: [] } : {}) }))).toBeNull();
});

test('no text makes either parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom('null', '[]', '"x"', '1', '{}')), (text) => {
      parseAnswer(text);
      parseNotice(text);
    }),
    { numRuns: 2_000 },
  );
});

test('a result, a return and a change of quota are read as what they are', () => {
  expect(parseNotice(JSON.stringify(NOTICE))).toMatchObject({ kind: 'PAYOUT_RESULT', outcome: 'SUCCEEDED', amountMinor: 123_456n });
  expect(parseNotice(JSON.stringify({ ...NOTICE, status: 'FAILED', code: '0101' }))).toMatchObject({ outcome: 'FAILED' });
  expect(parseNotice(JSON.stringify({ ...NOTICE, status: 'FAILED', code: '0777' }))).toMatchObject({ outcome: 'UNKNOWN' });
  expect(parseNotice(JSON.stringify({ ...NOTICE, kind: 'PAYOUT_RETURNED', status: 'RETURNED' }))).toMatchObject({ outcome: 'RETURNED' });
  expect(parseNotice(JSON.stringify({ ...NOTICE, kind: 'PAYOUT_RETURNED' }))).toMatchObject({ outcome: 'UNKNOWN' });
  expect(parseNotice(JSON.stringify({ noticeId: 'N-2', kind: 'QUOTA_CHANGED', occurredAt: 1_795_233_600_000 }))).toMatchObject({
    outcome: null,
    serialNumber: null,
  });
});

test('a notice about a payout needs its number and its amount', () => {
  expect(parseNotice(JSON.stringify({ ...NOTICE, amount: undefined }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, serialNumber: undefined }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, noticeId: undefined }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, kind: 'OTHER' }))).toBeNull();
  expect(parseNotice(JSON.stringify({ ...NOTICE, occurredAt: 'yesterday' }))).toBeNull();
});
