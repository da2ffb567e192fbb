import type { OutcomeClass } from '../outcome-class.ts';

const SUCCESS_CODE = '0000';
const NOT_FOUND_CODE = '0602';

/** The explicit list: with these codes, and no others, a bank has definitely not debited and never will. */
const FAILURE_CODES: ReadonlySet<string> = new Set([
  '0101', // payee account closed
  '0102', // payee name does not match the account
  '0103', // payee account frozen
]);

/** Refused at the door: nothing was executed under this number by this request. */
const REJECTION_CODES: ReadonlyMap<string, OutcomeClass> = new Map<string, OutcomeClass>([
  ['0201', 'REJECTED_DUPLICATE'],
  ['0301', 'REJECTED_FUNDS'],
  ['0302', 'REJECTED_WINDOW'],
  ['0401', 'REJECTED_RISK'],
  ['0501', 'REJECTED_FORMAT'],
  ['0502', 'REJECTED_SIGNATURE'],
]);

/** The outcome class of a signed answer to a transfer. Status and code must agree; whatever is not listed is UNKNOWN. */
export function outcomeOfTransfer(status: string, code: string): OutcomeClass {
  if (status === 'ACCEPTED') return code === SUCCESS_CODE ? 'ACCEPTED' : 'UNKNOWN';
  return status === 'REJECTED' ? (REJECTION_CODES.get(code) ?? 'UNKNOWN') : 'UNKNOWN';
}

/** The outcome class of a signed answer to an inquiry. A refusal says nothing about the transfer it asked about. */
export function outcomeOfTransferInquiry(status: string, code: string): OutcomeClass {
  switch (status) {
    case 'PROCESSING':
      return code === SUCCESS_CODE ? 'ACCEPTED' : 'UNKNOWN';
    case 'SUCCEEDED':
      return code === SUCCESS_CODE ? 'SUCCEEDED' : 'UNKNOWN';
    case 'RETURNED':
      return code === SUCCESS_CODE ? 'RETURNED' : 'UNKNOWN';
    case 'FAILED':
      return FAILURE_CODES.has(code) ? 'FAILED' : 'UNKNOWN';
    case 'NOT_FOUND':
      return code === NOT_FOUND_CODE ? 'NOT_FOUND' : 'UNKNOWN';
    default:
      return 'UNKNOWN';
  }
}

/** True for the signed answer of a bank that has no such account or statement, or not yet. */
export function isNotFound(status: unknown, code: unknown): boolean {
  return status === 'NOT_FOUND' && code === NOT_FOUND_CODE;
}
