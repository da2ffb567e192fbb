import { orderIdIn, parseOrder, parseOrderAdjustment } from './order-request.ts';

const ORDER = {
  orderId: 'JINKU001202611210000000001',
  txnAmt: '123456',
  currencyCode: '156',
  accNo: '6222020200112233445',
  accName: '张伟',
  bankNo: '102100099996',
  postscript: '提现',
  bizType: 'WITHDRAWAL',
  merId: 'M0001',
  validUntil: 1_795_250_460_000,
};
const ADJUSTMENT = { orderId: 'Q-1', adjustType: '01', txnAmt: '500', currencyCode: '156', validUntil: 1_795_250_460_000 };

test.each([
  ['not JSON', '{', 'body: not a JSON object'],
  ['no order number', { ...ORDER, orderId: undefined }, 'orderId'],
  ['yuan for fen', { ...ORDER, txnAmt: '1234.56' }, 'txnAmt'],
  ['zero', { ...ORDER, txnAmt: '0' }, 'txnAmt'],
  ['a negative amount', { ...ORDER, txnAmt: '-1' }, 'txnAmt'],
  ['a number as amount', { ...ORDER, txnAmt: 1 }, 'txnAmt'],
  ['16 digits', { ...ORDER, txnAmt: '1234567890123456' }, 'txnAmt'],
  ['another currency', { ...ORDER, currencyCode: '840' }, 'currencyCode'],
  ['a short bank code', { ...ORDER, bankNo: '1021' }, 'bankNo'],
  ['a NUL in the name', { ...ORDER, accName: 'a\0b' }, 'accName'],
  ['a text as validUntil', { ...ORDER, validUntil: '2026' }, 'validUntil'],
  ['a field of NetsUnion', { ...ORDER, amount: '1.00' }, 'unknown field'],
])('%s is malformed', (_, body, field) => {
  expect(parseOrder(typeof body === 'string' ? body : JSON.stringify(body))).toMatchObject({ violation: field });
});

test('a well-formed order is read in fen', () => {
  expect(parseOrder(JSON.stringify(ORDER))).toMatchObject({ request: { amountMinor: 123_456n, payeeName: '张伟', bankCode: '102100099996', businessLine: 'WITHDRAWAL' } });
});

test('an adjustment has one of two types', () => {
  expect(parseOrderAdjustment(JSON.stringify(ADJUSTMENT))).toMatchObject({ request: { direction: 'INCREASE', amountMinor: 500n } });
  expect(parseOrderAdjustment(JSON.stringify({ ...ADJUSTMENT, adjustType: '02' }))).toMatchObject({ request: { direction: 'DECREASE' } });
  expect(parseOrderAdjustment(JSON.stringify({ ...ADJUSTMENT, adjustType: 'INCREASE' }))).toMatchObject({ violation: 'adjustType' });
  expect(parseOrderAdjustment(JSON.stringify({ ...ADJUSTMENT, accNo: '1' }))).toMatchObject({ violation: 'unknown field' });
});

test('a refusal names the order as far as it can be read', () => {
  expect([orderIdIn(JSON.stringify(ORDER)), orderIdIn('{"orderId":"a b"}'), orderIdIn('no JSON')]).toEqual([ORDER.orderId, '', '']);
});
