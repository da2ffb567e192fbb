import type { Conclusion, InstructionRow } from '../books/decide.ts';
import type { AdjustmentRow } from '../books/quota-desk.ts';
import { wireAmount } from './amount.ts';
import { CODES, type Code, type PayoutStatus } from './codes.ts';

/** What the door says: an HTTP status and the exact text that is signed. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export function plainAnswer(serialNumber: string, status: PayoutStatus, code: Code, detail?: string): Answer {
  const { httpStatus, message } = CODES[code];
  return { status: httpStatus, body: JSON.stringify({ serialNumber, status, code, message: detail ?? message }) };
}

/** The answer to a submit once the books hold it. */
export function submitAnswer(serialNumber: string, conclusion: Extract<Conclusion, { kind: 'CONCLUDED' | 'DUPLICATE' }>): Answer {
  if (conclusion.kind === 'DUPLICATE') return plainAnswer(serialNumber, 'REJECTED', '0201');
  const { row } = conclusion;
  if (row.status === 'REFUSED') return plainAnswer(serialNumber, 'REJECTED', row.code);
  return row.toldFrom === null ? finalAnswer(row) : pendingAnswer(row, 'ACCEPTED');
}

/** The answer to an inquiry about a payout that has come to a result. */
export function inquiryAnswer(row: InstructionRow, wallNow: number): Answer {
  return row.toldFrom !== null && row.toldFrom.getTime() > wallNow ? pendingAnswer(row, 'PROCESSING') : finalAnswer(row);
}

function finalAnswer(row: InstructionRow): Answer {
  const { serialNumber, status, code, railReference, clearingDate, concludedAt } = row;
  const session = status === 'SUCCEEDED' ? { clearingDate } : {};
  const { httpStatus, message } = CODES[code];
  const amount = wireAmount(row.amountMinor);
  return {
    status: httpStatus,
    body: JSON.stringify({ serialNumber, status, code, message, amount, railReference, ...session, completedAt: concludedAt.getTime() }),
  };
}

/** The answer about an adjustment that was not refused; `pending` is the word for one that waits: `ACCEPTED` to its request, `PROCESSING` to an inquiry. */
export function adjustmentAnswer(row: AdjustmentRow, pending: 'ACCEPTED' | 'PROCESSING'): Answer {
  const { serialNumber, status, code, amountMinor, railReference, concludedAt } = row;
  if (status === 'REFUSED') return plainAnswer(serialNumber, 'REJECTED', code);
  if (status === 'ACCEPTED' || concludedAt === null) return pendingAnswer(row, pending);
  const { httpStatus, message } = CODES[code];
  const amount = wireAmount(amountMinor);
  return { status: httpStatus, body: JSON.stringify({ serialNumber, status, code, message, amount, railReference, completedAt: concludedAt.getTime() }) };
}

function pendingAnswer(
  { serialNumber, amountMinor, railReference }: Pick<InstructionRow, 'serialNumber' | 'amountMinor' | 'railReference'>,
  status: 'ACCEPTED' | 'PROCESSING',
): Answer {
  const body = JSON.stringify({
    serialNumber,
    status,
    code: '0000',
    message: CODES['0000'].message,
    amount: wireAmount(amountMinor),
    railReference,
  });
  return { status: 200, body };
}
