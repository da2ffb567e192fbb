import type { OutcomeClass } from '../outcome-class.ts';

const SUCCESS_CODE = '00';
const TAKEN_CODE = '03';
export const NOT_FOUND_CODE = '34';
/** With this code UnionPay has definitely not changed the mapped quota. It says nothing about an order. */
const ADJUSTMENT_FAILURE_CODE = '21';

/** The explicit list: with these codes, and no others, UnionPay has definitely not paid and never will. */
const FAILURE_CODES: ReadonlySet<string> = new Set([
  '14', // payee account closed
  '16', // payee name does not match the account
  '17', // payee account frozen
]);

/** Refused at the door: nothing was executed under this number by this request. The other refusals (40, 49) say nothing about an order. */
const REJECTION_CODES: ReadonlyMap<string, OutcomeClass> = new Map<string, OutcomeClass>([
  ['12', 'REJECTED_DUPLICATE'],
  ['30', 'REJECTED_FORMAT'],
  ['59', 'REJECTED_RISK'],
  ['60', 'REJECTED_WINDOW'],
  ['61', 'REJECTED_FUNDS'],
  ['A0', 'REJECTED_SIGNATURE'],
]);

/** Refusals that may name no order: they were answered before one could be read. */
const WITHOUT_ORDER: ReadonlySet<string> = new Set(['05', '30', '40', '49', 'A0']);

/** The outcome class of a signed answer to an order. Whatever is not listed is UNKNOWN. */
export function outcomeOfSubmit(code: string): OutcomeClass {
  if (code === SUCCESS_CODE) return 'SUCCEEDED';
  if (code === TAKEN_CODE) return 'ACCEPTED';
  return FAILURE_CODES.has(code) ? 'FAILED' : (REJECTION_CODES.get(code) ?? 'UNKNOWN');
}

/** The outcome class of a signed answer to an inquiry. A refusal of the inquiry says nothing about the order it asked about. */
export function outcomeOfInquiry(code: string): OutcomeClass {
  if (code === NOT_FOUND_CODE) return 'NOT_FOUND';
  return REJECTION_CODES.has(code) ? 'UNKNOWN' : outcomeOfSubmit(code);
}

/** The outcome class of a signed answer to an adjustment of the quota, or of its notice. */
export function outcomeOfAdjustment(code: string): OutcomeClass {
  if (code === ADJUSTMENT_FAILURE_CODE) return 'FAILED';
  return FAILURE_CODES.has(code) ? 'UNKNOWN' : outcomeOfSubmit(code);
}

/** The outcome class of a signed answer to the inquiry about an adjustment, or of its notice. */
export function outcomeOfAdjustmentInquiry(code: string): OutcomeClass {
  if (code === NOT_FOUND_CODE) return 'NOT_FOUND';
  return REJECTION_CODES.has(code) ? 'UNKNOWN' : outcomeOfAdjustment(code);
}

/** True for a code that may come without an order's number. */
export function mayNameNoOrder(code: string): boolean {
  return WITHOUT_ORDER.has(code);
}
