import type { OutcomeClass } from '../outcome-class.ts';

const SUCCESS_CODE = '0000';
/** With this code NetsUnion has definitely not changed the mapped quota. It says nothing about a payout. */
const ADJUSTMENT_FAILURE_CODE = '0104';
export const NOT_FOUND_CODE = '0602';

/** The explicit list: with these codes, and no others, NetsUnion has definitely not paid and never will. */
const FAILURE_CODES: ReadonlySet<string> = new Set([
  '0101', // payee account closed
  '0102', // payee name does not match the account
  '0103', // payee account frozen
]);

/** Refused at the door: nothing was executed under this number by this request. The other refusals (0601, 0603) say nothing about a payout. */
const REJECTION_CODES: ReadonlyMap<string, OutcomeClass> = new Map<string, OutcomeClass>([
  ['0201', 'REJECTED_DUPLICATE'],
  ['0301', 'REJECTED_FUNDS'],
  ['0302', 'REJECTED_WINDOW'],
  ['0401', 'REJECTED_RISK'],
  ['0501', 'REJECTED_FORMAT'],
  ['0502', 'REJECTED_SIGNATURE'],
]);

/** The outcome class of a signed answer to a submit. Status and code must agree; whatever is not listed is UNKNOWN. */
export function outcomeOfSubmit(status: string, code: string): OutcomeClass {
  switch (status) {
    case 'SUCCEEDED':
      return code === SUCCESS_CODE ? 'SUCCEEDED' : 'UNKNOWN';
    case 'ACCEPTED':
      return code === SUCCESS_CODE ? 'ACCEPTED' : 'UNKNOWN';
    case 'FAILED':
      return FAILURE_CODES.has(code) ? 'FAILED' : 'UNKNOWN';
    case 'REJECTED':
      return REJECTION_CODES.get(code) ?? 'UNKNOWN';
    default:
      return 'UNKNOWN';
  }
}

/** The outcome class of a signed answer to an inquiry. */
export function outcomeOfInquiry(status: string, code: string): OutcomeClass {
  if (status === 'PROCESSING') return code === SUCCESS_CODE ? 'ACCEPTED' : 'UNKNOWN';
  if (status === 'NOT_FOUND') return code === NOT_FOUND_CODE ? 'NOT_FOUND' : 'UNKNOWN';
  return status === 'SUCCEEDED' || status === 'FAILED' ? outcomeOfSubmit(status, code) : 'UNKNOWN';
}

/** The outcome class of a signed answer to an adjustment of the quota, to the inquiry about one, or of its notice. */
export function outcomeOfAdjustment(status: string, code: string): OutcomeClass {
  if (status === 'FAILED') return code === ADJUSTMENT_FAILURE_CODE ? 'FAILED' : 'UNKNOWN';
  return status === 'PROCESSING' || status === 'NOT_FOUND' ? outcomeOfInquiry(status, code) : outcomeOfSubmit(status, code);
}

/** A refusal to an inquiry says nothing about the adjustment it asked about. */
export function outcomeOfAdjustmentInquiry(status: string, code: string): OutcomeClass {
  return status === 'REJECTED' ? 'UNKNOWN' : outcomeOfAdjustment(status, code);
}
