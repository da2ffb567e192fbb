import type { Parsed } from '../house/dialect.ts';
import type { AdjustmentRequest } from '../netsunion/adjustment-request.ts';
import { ACCOUNT_NUMBER, BANK_CODE, isEpochMs, isText, objectOf, SERIAL_NUMBER, type PayoutRequest } from '../netsunion/payout-request.ts';

const FEN = /^[1-9]\d{0,14}$/;
/** CNY by its number in ISO 4217. */
const CURRENCY = '156';
const ORDER_FIELDS: ReadonlySet<string> = new Set([
  ...['orderId', 'txnAmt', 'currencyCode', 'accNo', 'accName', 'bankNo', 'postscript', 'bizType', 'merId', 'validUntil'],
]);
const ADJUSTMENT_FIELDS: ReadonlySet<string> = new Set(['orderId', 'adjustType', 'txnAmt', 'currencyCode', 'validUntil']);
const DIRECTIONS = new Map<unknown, AdjustmentRequest['direction']>([
  ['01', 'INCREASE'],
  ['02', 'DECREASE'],
]);

/** The order, or the first field that breaks the protocol's shape. */
export function parseOrder(body: string): Parsed<PayoutRequest> {
  const head = headOf(body);
  if ('violation' in head) return head;
  const { fields, serialNumber, amountMinor, validUntilMs } = head;
  const { accNo, accName, bankNo, postscript, bizType, merId } = fields;
  const refuse = (violation: string): Parsed<PayoutRequest> => ({ violation, serialNumber });
  if (typeof accNo !== 'string' || !ACCOUNT_NUMBER.test(accNo)) return refuse('accNo');
  if (!isText(accName, 128)) return refuse('accName');
  if (typeof bankNo !== 'string' || !BANK_CODE.test(bankNo)) return refuse('bankNo');
  if (!isText(postscript, 140)) return refuse('postscript');
  if (!isText(bizType, 64)) return refuse('bizType');
  if (!isText(merId, 64)) return refuse('merId');
  if (Object.keys(fields).some((name) => !ORDER_FIELDS.has(name))) return refuse('unknown field');
  const payee = { payeeAccount: accNo, payeeName: accName, bankCode: bankNo };
  return { request: { serialNumber, amountMinor, ...payee, purpose: postscript, businessLine: bizType, merchantId: merId, validUntilMs } };
}

export function parseOrderAdjustment(body: string): Parsed<AdjustmentRequest> {
  const head = headOf(body);
  if ('violation' in head) return head;
  const { fields, serialNumber, amountMinor, validUntilMs } = head;
  const direction = DIRECTIONS.get(fields['adjustType']);
  if (direction === undefined) return { violation: 'adjustType', serialNumber };
  if (Object.keys(fields).some((name) => !ADJUSTMENT_FIELDS.has(name))) return { violation: 'unknown field', serialNumber };
  return { request: { serialNumber, direction, amountMinor, validUntilMs } };
}

export function orderIdIn(body: string): string {
  const orderId = objectOf(body)?.['orderId'];
  return typeof orderId === 'string' && SERIAL_NUMBER.test(orderId) ? orderId : '';
}

interface Head {
  readonly fields: Record<string, unknown>;
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly validUntilMs: number;
}

/** What an order and an adjustment have in common. */
function headOf(body: string): Head | { readonly violation: string; readonly serialNumber: string } {
  const fields = objectOf(body);
  if (fields === null) return { violation: 'body: not a JSON object', serialNumber: '' };
  const { orderId, txnAmt, currencyCode, validUntil } = fields;
  if (typeof orderId !== 'string' || !SERIAL_NUMBER.test(orderId)) return { violation: 'orderId', serialNumber: '' };
  if (typeof txnAmt !== 'string' || !FEN.test(txnAmt)) return { violation: 'txnAmt', serialNumber: orderId };
  if (currencyCode !== CURRENCY) return { violation: 'currencyCode', serialNumber: orderId };
  if (!isEpochMs(validUntil)) return { violation: 'validUntil', serialNumber: orderId };
  return { fields, serialNumber: orderId, amountMinor: BigInt(txnAmt), validUntilMs: validUntil };
}
