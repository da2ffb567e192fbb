import type { Conclusion, InstructionRow } from '../books/decide.ts';
import type { AdjustmentRow } from '../books/quota-desk.ts';
import type { Said } from './dialect.ts';

/** What a house says to a submit once the books hold it. */
export function submitSaid(serialNumber: string, conclusion: Extract<Conclusion, { kind: 'CONCLUDED' | 'DUPLICATE' }>): Said {
  if (conclusion.kind === 'DUPLICATE') return { serialNumber, status: 'REJECTED', code: '0201' };
  const { row } = conclusion;
  if (row.status === 'REFUSED') return { serialNumber, status: 'REJECTED', code: row.code };
  return row.toldFrom === null ? finalSaid(row) : pendingSaid(row, 'ACCEPTED');
}

/** What it says to an inquiry about a payout that has come to a result. */
export function inquirySaid(row: InstructionRow, wallNow: number): Said {
  return row.toldFrom !== null && row.toldFrom.getTime() > wallNow ? pendingSaid(row, 'PROCESSING') : finalSaid(row);
}

/** What it says about an adjustment; `pending` is the word for one that waits: `ACCEPTED` to its request, `PROCESSING` to an inquiry. */
export function adjustmentSaid(row: AdjustmentRow, pending: 'ACCEPTED' | 'PROCESSING'): Said {
  const { serialNumber, status, code, amountMinor, railReference, concludedAt } = row;
  if (status === 'REFUSED') return { serialNumber, status: 'REJECTED', code };
  if (status === 'ACCEPTED' || concludedAt === null) return pendingSaid(row, pending);
  return { serialNumber, status, code, amountMinor, railReference, completedAt: concludedAt };
}

function finalSaid(row: InstructionRow): Said {
  const { serialNumber, amountMinor, status, code, railReference, clearingDate, concludedAt } = row;
  const session = status === 'SUCCEEDED' ? { clearingDate } : {};
  return { serialNumber, status: status === 'REFUSED' ? 'REJECTED' : status, code, amountMinor, railReference, ...session, completedAt: concludedAt };
}

function pendingSaid(
  { serialNumber, amountMinor, railReference }: Pick<InstructionRow, 'serialNumber' | 'amountMinor' | 'railReference'>,
  status: 'ACCEPTED' | 'PROCESSING',
): Said {
  return { serialNumber, status, code: '0000', amountMinor, railReference };
}
