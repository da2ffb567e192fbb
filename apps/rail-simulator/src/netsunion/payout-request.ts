import type { Parsed } from '../house/dialect.ts';
import { minorOf } from './amount.ts';

export interface PayoutRequest {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly payeeAccount: string;
  readonly payeeName: string;
  readonly bankCode: string;
  readonly purpose: string;
  readonly businessLine: string;
  readonly merchantId: string;
  /** Epoch milliseconds of the wall. */
  readonly validUntilMs: number;
}

const FIELDS: ReadonlySet<string> = new Set([
  'serialNumber',
  'amount',
  'currency',
  'payee',
  'purpose',
  'businessLine',
  'merchantId',
  'validUntil',
]);
const PAYEE_FIELDS: ReadonlySet<string> = new Set(['accountNumber', 'accountName', 'bankCode']);
export const SERIAL_NUMBER = /^[A-Za-z0-9-]{1,64}$/;
export const ACCOUNT_NUMBER = /^[A-Za-z0-9-]{5,32}$/;
export const BANK_CODE = /^\d{12}$/;
/** PostgreSQL takes no NUL in a text, and a bank no control characters in a name. */
const CONTROL_CHARACTER = /\p{Cc}/u;

/** The request, or the first field that breaks the protocol's shape. */
export function parsePayoutRequest(body: string): Parsed<PayoutRequest> {
  const fields = objectOf(body);
  if (fields === null) return { violation: 'body: not a JSON object', serialNumber: '' };
  const { serialNumber, currency, purpose, businessLine, merchantId, validUntil } = fields;
  if (typeof serialNumber !== 'string' || !SERIAL_NUMBER.test(serialNumber)) return { violation: 'serialNumber', serialNumber: '' };
  const refuse = (violation: string): Parsed<PayoutRequest> => ({ violation, serialNumber });
  const amountMinor = minorOf(fields['amount']);
  if (amountMinor === null) return refuse('amount');
  if (currency !== 'CNY') return refuse('currency');
  const { payee } = fields;
  if (!isRecord(payee)) return refuse('payee');
  const { accountNumber, accountName, bankCode } = payee;
  if (typeof accountNumber !== 'string' || !ACCOUNT_NUMBER.test(accountNumber)) return refuse('payee.accountNumber');
  if (!isText(accountName, 128)) return refuse('payee.accountName');
  if (typeof bankCode !== 'string' || !BANK_CODE.test(bankCode)) return refuse('payee.bankCode');
  if (!isText(purpose, 140)) return refuse('purpose');
  if (!isText(businessLine, 64)) return refuse('businessLine');
  if (!isText(merchantId, 64)) return refuse('merchantId');
  if (!isEpochMs(validUntil)) return refuse('validUntil');
  const unknown = Object.keys(fields).find((name) => !FIELDS.has(name)) ?? Object.keys(payee).find((name) => !PAYEE_FIELDS.has(name));
  if (unknown !== undefined) return refuse('unknown field');
  return {
    request: {
      serialNumber,
      amountMinor,
      payeeAccount: accountNumber,
      payeeName: accountName,
      bankCode,
      purpose,
      businessLine,
      merchantId,
      validUntilMs: validUntil,
    },
  };
}

/** The serial number of a body that is not to be believed yet: only to name the request in its refusal. */
export function serialNumberIn(body: string): string {
  const serialNumber = objectOf(body)?.['serialNumber'];
  return typeof serialNumber === 'string' && SERIAL_NUMBER.test(serialNumber) ? serialNumber : '';
}

export function objectOf(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : null;
  } catch {
    // JSON.parse throws only for what is not JSON.
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isEpochMs(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

export function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax && !CONTROL_CHARACTER.test(value);
}
