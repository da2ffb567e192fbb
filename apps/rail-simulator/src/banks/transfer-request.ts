import { minorOf } from '../netsunion/amount.ts';
import { objectOf, SERIAL_NUMBER } from '../netsunion/payout-request.ts';

export interface TransferRequest {
  readonly serialNumber: string;
  readonly fromAccount: string;
  readonly amountMinor: bigint;
  readonly payeeAccount: string;
  readonly payeeName: string;
  readonly payeeBankCode: string;
  readonly purpose: string;
  readonly reference: string;
  /** Epoch milliseconds of the wall. */
  readonly validUntilMs: number;
}

/** The request, or the first field that breaks the protocol's shape. `serialNumber` is what could be read, for the answer. */
export type ParsedTransferRequest = { readonly request: TransferRequest } | { readonly violation: string; readonly serialNumber: string };

const FIELDS: ReadonlySet<string> = new Set([
  'serialNumber',
  'fromAccount',
  'amount',
  'currency',
  'payee',
  'purpose',
  'reference',
  'validUntil',
]);
const PAYEE_FIELDS: ReadonlySet<string> = new Set(['accountNumber', 'accountName', 'bankCode']);
export const ACCOUNT_NUMBER = /^[A-Za-z0-9-]{5,32}$/;
const BANK_CODE = /^\d{12}$/;
const CONTROL_CHARACTER = /\p{Cc}/u;

export function parseTransferRequest(body: string): ParsedTransferRequest {
  const fields = objectOf(body);
  if (fields === null) return { violation: 'body: not a JSON object', serialNumber: '' };
  const { serialNumber, fromAccount, currency, payee, purpose, reference, validUntil } = fields;
  if (typeof serialNumber !== 'string' || !SERIAL_NUMBER.test(serialNumber)) return { violation: 'serialNumber', serialNumber: '' };
  const refuse = (violation: string): ParsedTransferRequest => ({ violation, serialNumber });
  if (!isMatch(fromAccount, ACCOUNT_NUMBER)) return refuse('fromAccount');
  const amountMinor = minorOf(fields['amount']);
  if (amountMinor === null) return refuse('amount');
  if (currency !== 'CNY') return refuse('currency');
  if (typeof payee !== 'object' || payee === null) return refuse('payee');
  const { accountNumber, accountName, bankCode } = payee as Record<string, unknown>;
  if (!isMatch(accountNumber, ACCOUNT_NUMBER)) return refuse('payee.accountNumber');
  if (!isText(accountName, 128)) return refuse('payee.accountName');
  if (!isMatch(bankCode, BANK_CODE)) return refuse('payee.bankCode');
  if (!isText(purpose, 140)) return refuse('purpose');
  if (!isText(reference, 64)) return refuse('reference');
  if (typeof validUntil !== 'number' || !Number.isSafeInteger(validUntil) || validUntil <= 0) return refuse('validUntil');
  const isKnown = Object.keys(fields).every((name) => FIELDS.has(name)) && Object.keys(payee).every((name) => PAYEE_FIELDS.has(name));
  if (!isKnown) return refuse('unknown field');
  const payeeFields = { payeeAccount: accountNumber, payeeName: accountName, payeeBankCode: bankCode };
  return { request: { serialNumber, fromAccount, amountMinor, ...payeeFields, purpose, reference, validUntilMs: validUntil } };
}

function isMatch(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value);
}

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax && !CONTROL_CHARACTER.test(value);
}
