import { parseAmount } from '@jinku/money';

import { isText, optionalText, parseObject, type Fields } from '../answer-fields.ts';
import type { HouseAnswer } from '../clearing-house/house-protocol.ts';

/** The fields of a signed answer about one transfer; null when the body is not JSON or a field is not what the protocol says. */
export function parseTransferAnswer(body: string): HouseAnswer | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  const { status, code } = fields;
  const [serialNumber, railReference, amount] = ['serialNumber', 'bankReference', 'amount'].map((name) => optionalText(fields[name]));
  if (!isText(status) || !isText(code)) return null;
  if (serialNumber === undefined || railReference === undefined || amount === undefined) return null;
  // Only a refusal may name no transfer: one that could not be read, or of an operation that is none.
  if (serialNumber === null && status !== 'REJECTED') return null;
  const amountMinor = amount === null ? null : parseAmount(amount);
  if (amount !== null && amountMinor === null) return null;
  return { serialNumber, status, code, railReference, clearingDate: null, amountMinor };
}

/** One part of a statement file; the size and the digest are of the whole file. */
export interface StatementPart {
  readonly fileName: string;
  readonly size: number;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** No statement is longer; what is longer is not fetched. */
export const STATEMENT_BYTES_MAX = 8 * 1_048_576;
const FILE_NAME = /^[A-Za-z0-9._-]{1,120}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Null when a field is not what the protocol says, or the part is of another account, date or place of the file than was asked for. */
export function parseStatementPart(fields: Fields, asked: { accountNumber: string; date: string; offset: number }): StatementPart | null {
  const { fileName, size, sha256, content } = fields;
  if (fields['accountNumber'] !== asked.accountNumber || fields['date'] !== asked.date || fields['offset'] !== asked.offset) return null;
  if (typeof fileName !== 'string' || !FILE_NAME.test(fileName) || typeof sha256 !== 'string' || !SHA256.test(sha256)) return null;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size <= 0 || typeof content !== 'string') return null;
  const bytes = Buffer.from(content, 'base64');
  // A part takes the file further, and never beyond its size.
  if (bytes.length === 0 || bytes.toString('base64') !== content || asked.offset + bytes.length > size) return null;
  return { fileName, size, sha256, bytes };
}
