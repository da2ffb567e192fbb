import { wireAmount } from '../netsunion/amount.ts';
import { CODES, type Code } from '../netsunion/codes.ts';
import type { TransferRow } from './transfer-desk.ts';

/** What the door says: an HTTP status and the exact text that is signed. */
export interface BankAnswer {
  readonly status: number;
  readonly body: string;
}

const MESSAGES: Partial<Record<Code, string>> = { '0301': 'balance short', '0602': 'no such number, account or statement so far' };

export function plainBankAnswer(
  serialNumber: string,
  { status, code, detail }: { status: 'REJECTED' | 'NOT_FOUND' | 'PROCESSING' | 'UNKNOWN'; code: Code; detail?: string },
): BankAnswer {
  const { httpStatus, message } = CODES[code];
  return { status: httpStatus, body: JSON.stringify({ serialNumber, status, code, message: detail ?? MESSAGES[code] ?? message }) };
}

/** The answer to a transfer once the books hold it: refused, or taken with the result to come. */
export function takenAnswer(row: TransferRow): BankAnswer {
  if (row.status === 'REFUSED') return plainBankAnswer(row.serialNumber, { status: 'REJECTED', code: row.code });
  return toldAnswer(row, { status: 'ACCEPTED', code: '0000' });
}

/** The answer to an inquiry about a transfer that was not refused. */
export function transferInquiryAnswer(row: TransferRow, { wallNow, returnedAt }: { wallNow: number; returnedAt: Date | null }): BankAnswer {
  if (row.toldFrom.getTime() > wallNow) return toldAnswer(row, { status: 'PROCESSING', code: '0000' });
  if (returnedAt !== null) return toldAnswer(row, { status: 'RETURNED', code: '0000', completedAt: returnedAt.getTime() });
  return toldAnswer(row, { status: row.status, code: row.code, completedAt: row.concludedAt.getTime() });
}

function toldAnswer(
  { serialNumber, amountMinor, bankReference }: TransferRow,
  told: { status: string; code: Code; completedAt?: number },
): BankAnswer {
  const { message } = CODES[told.code];
  return { status: 200, body: JSON.stringify({ serialNumber, ...told, message, amount: wireAmount(amountMinor), bankReference }) };
}
