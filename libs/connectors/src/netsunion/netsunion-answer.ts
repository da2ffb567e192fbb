import { isBusinessDate, type BusinessDate } from '@jinku/calendar';
import { parseAmount } from '@jinku/money';

/** The fields of a signed answer about one payout, checked by hand: this runs once per payout. */
export interface NetsUnionAnswer {
  /** Null only in a refusal that names no payout, such as of a signature or of an inquiry over the budget. */
  readonly serialNumber: string | null;
  readonly status: string;
  readonly code: string;
  readonly railReference: string | null;
  readonly clearingDate: BusinessDate | null;
  readonly amountMinor: bigint | null;
}

const TEXT_LENGTH_MAX = 64;

/** Null when the body is not JSON or a field is not what the protocol says. */
export function parseAnswer(body: string): NetsUnionAnswer | null {
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

export function parseObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    // JSON.parse throws only for what is not JSON.
    return null;
  }
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= TEXT_LENGTH_MAX;
}

/** The text, null when it is absent, undefined when it is something else. */
export function optionalText(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  return isText(value) ? value : undefined;
}
