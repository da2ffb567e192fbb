import { isBusinessDate, type BusinessDate } from '@jinku/calendar';

import { instantOf, isCount, isObject, isText, optionalText, parseObject, type Fields } from '../answer-fields.ts';
import type { HouseAnswer, HouseProtocol, PayoutFilePage } from '../clearing-house/house-protocol.ts';
import { RailSessionState, type PayoutFileLine, type RailSession } from '../session-rail.ts';
import { mayNameNoOrder } from './unionpay-codes.ts';

const FEN = /^(0|[1-9]\d{0,14})$/;
const SIGNED_FEN = /^(0|-?[1-9]\d{0,14})$/;
const SETTLE_DATE = /^(\d{4})(\d{2})(\d{2})$/;

/** Null when the body is not JSON or a field is not what the protocol says. */
export function parseAnswer(body: string): HouseAnswer | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  const { respCode } = fields;
  const serialNumber = optionalText(fields['orderId']);
  const railReference = optionalText(fields['queryId']);
  const settleDate = optionalText(fields['settleDate']);
  const txnAmt = optionalText(fields['txnAmt']);
  if (serialNumber === undefined || !isText(respCode)) return null;
  if (serialNumber === null && !mayNameNoOrder(respCode)) return null;
  if (railReference === undefined || settleDate === undefined || txnAmt === undefined) return null;
  const clearingDate = settleDate === null ? null : dateOf(settleDate);
  const amountMinor = txnAmt === null ? null : fenOf(txnAmt);
  if (settleDate !== null && clearingDate === null) return null;
  if (txnAmt !== null && amountMinor === null) return null;
  return { serialNumber, status: '', code: respCode, railReference, clearingDate, amountMinor };
}

export function parseQuota(fields: Fields): ReturnType<HouseProtocol['parseQuota']> {
  const mappedMinor = fenOf(fields['mappedQuota']);
  const availableMinor = fenOf(fields['availableQuota']);
  const asOf = instantOf(fields['asOf']);
  return mappedMinor === null || availableMinor === null || asOf === null ? null : { mappedMinor, availableMinor, asOf };
}

export function parseSession(fields: Fields): RailSession | null {
  const { sessionStatus, payCount, netAmt } = fields;
  const clearingDate = dateOf(fields['settleDate']);
  const state = Object.values(RailSessionState).find((one) => one === sessionStatus);
  const [payoutsMinor, returnsMinor, receiptsMinor] = ['payAmt', 'returnAmt', 'receiptAmt'].map((name) => fenOf(fields[name]));
  const netMinor = typeof netAmt === 'string' && SIGNED_FEN.test(netAmt) ? BigInt(netAmt) : null;
  if (clearingDate === null || state === undefined || !isCount(payCount)) return null;
  if (payoutsMinor == null || returnsMinor == null || receiptsMinor == null || netMinor === null) return null;
  const settledAt = instantOf(fields['settledAt']);
  if ((state === 'SETTLED') !== (settledAt !== null) || netMinor !== receiptsMinor + returnsMinor - payoutsMinor) return null;
  return { clearingDate, state, payoutsMinor, payoutCount: payCount, returnsMinor, receiptsMinor, netMinor, settledAt };
}

export function parsePayoutFilePage(fields: Fields): PayoutFilePage | null {
  const { lineCount, lines } = fields;
  const payoutsMinor = fenOf(fields['payAmt']);
  const returnsMinor = fenOf(fields['returnAmt']);
  const next = optionalText(fields['next']);
  if (!isCount(lineCount) || payoutsMinor === null || returnsMinor === null || !Array.isArray(lines) || next === undefined) return null;
  const parsed = lines.map(parseLine);
  if (!parsed.every((line) => line !== null)) return null;
  return { lineCount, payoutsMinor, returnsMinor, lines: parsed, next };
}

function parseLine(line: unknown): PayoutFileLine | null {
  if (!isObject(line)) return null;
  const { orderId, queryId, txnType } = line;
  const amountMinor = fenOf(line['txnAmt']);
  const executedAt = instantOf(line['txnTime']);
  if (!isText(orderId) || !isText(queryId) || amountMinor === null || executedAt === null) return null;
  if (txnType !== 'PAY' && txnType !== 'RETURN') return null;
  return { serialNumber: orderId, amountMinor, railReference: queryId, executedAt, status: txnType === 'PAY' ? 'SUCCEEDED' : 'RETURNED' };
}

export function fenOf(value: unknown): bigint | null {
  return typeof value === 'string' && FEN.test(value) ? BigInt(value) : null;
}

export function dateOf(value: unknown): BusinessDate | null {
  const date = typeof value === 'string' && SETTLE_DATE.test(value) ? value.replace(SETTLE_DATE, '$1-$2-$3') : '';
  return isBusinessDate(date) ? date : null;
}
