import { isBusinessDate } from '@jinku/calendar';
import { parseAmount, parseSignedAmount } from '@jinku/money';

import { instantOf, isCount, isObject, isText, optionalText, parseObject, type Fields } from '../answer-fields.ts';
import type { HouseAnswer, HouseProtocol, PayoutFilePage } from '../clearing-house/house-protocol.ts';
import { RailSessionState, type PayoutFileLine, type RailSession } from '../session-rail.ts';

/** Null when the body is not JSON or a field is not what the protocol says. */
export function parseAnswer(body: string): HouseAnswer | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  const { code } = fields;
  const serialNumber = optionalText(fields['serialNumber']);
  // A refusal at the door may come without a status.
  const status = fields['status'] === undefined ? 'REJECTED' : fields['status'];
  const railReference = optionalText(fields['railReference']);
  const clearingDate = optionalText(fields['clearingDate']);
  const amount = optionalText(fields['amount']);
  if (serialNumber === undefined || !isText(status) || !isText(code)) return null;
  if (serialNumber === null && status !== 'REJECTED') return null;
  if (railReference === undefined || clearingDate === undefined || amount === undefined) return null;
  if (clearingDate !== null && !isBusinessDate(clearingDate)) return null;
  const amountMinor = amount === null ? null : parseAmount(amount);
  if (amount !== null && amountMinor === null) return null;
  return { serialNumber, status, code, railReference, clearingDate, amountMinor };
}

export function parseQuota(fields: Fields): ReturnType<HouseProtocol['parseQuota']> {
  const mappedMinor = parseAmount(String(fields['mappedQuota']));
  const availableMinor = parseAmount(String(fields['availableQuota']));
  const asOf = instantOf(fields['asOf']);
  return mappedMinor === null || availableMinor === null || asOf === null ? null : { mappedMinor, availableMinor, asOf };
}

export function parseSession(fields: Fields): RailSession | null {
  const { clearingDate, status, payoutCount, settledAt } = fields;
  const state = Object.values(RailSessionState).find((one) => one === status);
  const [payoutsMinor, returnsMinor, receiptsMinor] = ['payouts', 'returns', 'receipts'].map((name) => parseAmount(String(fields[name])));
  const netMinor = parseSignedAmount(String(fields['net']));
  if (typeof clearingDate !== 'string' || !isBusinessDate(clearingDate) || state === undefined || !isCount(payoutCount)) return null;
  if (payoutsMinor == null || returnsMinor == null || receiptsMinor == null || netMinor === null) return null;
  const settled = instantOf(settledAt);
  if ((state === 'SETTLED') !== (settled !== null) || netMinor !== receiptsMinor + returnsMinor - payoutsMinor) return null;
  return { clearingDate, state, payoutsMinor, payoutCount, returnsMinor, receiptsMinor, netMinor, settledAt: settled };
}

export function parsePayoutFilePage(fields: Fields): PayoutFilePage | null {
  const { lineCount, lines, next } = fields;
  const payoutsMinor = parseAmount(String(fields['payouts']));
  const returnsMinor = parseAmount(String(fields['returns']));
  const after = optionalText(next);
  if (!isCount(lineCount) || payoutsMinor === null || returnsMinor === null || !Array.isArray(lines) || after === undefined) return null;
  const parsed = lines.map(parseLine);
  if (!parsed.every((line) => line !== null)) return null;
  return { lineCount, payoutsMinor, returnsMinor, lines: parsed, next: after };
}

function parseLine(line: unknown): PayoutFileLine | null {
  if (!isObject(line)) return null;
  const { serialNumber, amount, railReference, executedAt, status } = line;
  const amountMinor = parseAmount(String(amount));
  const instant = instantOf(executedAt);
  if (!isText(serialNumber) || !isText(railReference) || amountMinor === null || instant === null) return null;
  return status === 'SUCCEEDED' || status === 'RETURNED' ? { serialNumber, amountMinor, railReference, executedAt: instant, status } : null;
}
