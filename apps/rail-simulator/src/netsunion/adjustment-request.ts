import type { Parsed } from '../house/dialect.ts';
import { minorOf } from './amount.ts';
import { isEpochMs, objectOf, SERIAL_NUMBER } from './payout-request.ts';

export interface AdjustmentRequest {
  readonly serialNumber: string;
  readonly direction: 'INCREASE' | 'DECREASE';
  readonly amountMinor: bigint;
  /** Epoch milliseconds of the wall. */
  readonly validUntilMs: number;
}

const FIELDS: ReadonlySet<string> = new Set(['serialNumber', 'direction', 'amount', 'currency', 'validUntil']);

/** The request, or the first field that breaks the protocol's shape. */
export function parseAdjustmentRequest(body: string): Parsed<AdjustmentRequest> {
  const fields = objectOf(body);
  if (fields === null) return { violation: 'body: not a JSON object', serialNumber: '' };
  const { serialNumber, direction, currency, validUntil } = fields;
  if (typeof serialNumber !== 'string' || !SERIAL_NUMBER.test(serialNumber)) return { violation: 'serialNumber', serialNumber: '' };
  if (direction !== 'INCREASE' && direction !== 'DECREASE') return { violation: 'direction', serialNumber };
  const amountMinor = minorOf(fields['amount']);
  if (amountMinor === null) return { violation: 'amount', serialNumber };
  if (currency !== 'CNY') return { violation: 'currency', serialNumber };
  if (!isEpochMs(validUntil)) return { violation: 'validUntil', serialNumber };
  if (Object.keys(fields).some((name) => !FIELDS.has(name))) return { violation: 'unknown field', serialNumber };
  return { request: { serialNumber, direction, amountMinor, validUntilMs: validUntil } };
}
