import type { BusinessFailure } from '../netsunion/codes.ts';

/** How the house may misbehave over one payout request. */
export const FaultKind = {
  /** Never executed; the connection is held without an answer. */
  TIMEOUT_BEFORE_EXECUTION: 'TIMEOUT_BEFORE_EXECUTION',
  /** Executed; the connection is held without an answer. */
  TIMEOUT_AFTER_EXECUTION: 'TIMEOUT_AFTER_EXECUTION',
  /** Never executed; the connection is reset. */
  RESET_BEFORE_EXECUTION: 'RESET_BEFORE_EXECUTION',
  /** Executed; the connection is reset. */
  RESET_AFTER_EXECUTION: 'RESET_AFTER_EXECUTION',
  /** Never executed; HTTP 500 in HTML, as from a proxy. */
  SERVER_ERROR_BEFORE_EXECUTION: 'SERVER_ERROR_BEFORE_EXECUTION',
  /** Executed; HTTP 500 in HTML. */
  SERVER_ERROR_AFTER_EXECUTION: 'SERVER_ERROR_AFTER_EXECUTION',
  /** Never executed; a signed `9999`. */
  SYSTEM_BUSY: 'SYSTEM_BUSY',
  /** Executed only after `delayMs`, if still valid then; the answer comes after that. Until then the house does not know the number. */
  LATE_EXECUTION: 'LATE_EXECUTION',
  /** Executed; the answer comes after `delayMs`. */
  SLOW_ANSWER: 'SLOW_ANSWER',
  /** Executed; an HTML page with HTTP 200. */
  HTML_ANSWER: 'HTML_ANSWER',
  /** Executed; HTTP 200 without a body. */
  EMPTY_ANSWER: 'EMPTY_ANSWER',
  /** Executed; the answer is true but its signature is a stranger's. */
  WRONG_SIGNATURE: 'WRONG_SIGNATURE',
  /** Definitely failed with `code`. */
  BUSINESS_FAILURE: 'BUSINESS_FAILURE',
  /** Refused by risk control. */
  RISK_REFUSAL: 'RISK_REFUSAL',
  /**
   * Executed and answered `ACCEPTED`; the notice comes after `delayMs`, inquiries say `PROCESSING` until then. With `code` it has failed
   * instead.
   */
  LATE_NOTICE: 'LATE_NOTICE',
  /** As LATE_NOTICE, but the notice never comes. */
  LOST_NOTICE: 'LOST_NOTICE',
  /** As LATE_NOTICE, and the same notice comes again after it was taken. */
  DUPLICATE_NOTICE: 'DUPLICATE_NOTICE',
  /** As LATE_NOTICE, and before the true notice one that claims a failure, with a stranger's signature. */
  FORGED_NOTICE: 'FORGED_NOTICE',
  /** As LATE_NOTICE, but the notice names an amount that is one yuan too high. */
  WRONG_AMOUNT_NOTICE: 'WRONG_AMOUNT_NOTICE',
} as const;
export type FaultKind = (typeof FaultKind)[keyof typeof FaultKind];

export interface Fault {
  readonly kind: FaultKind;
  readonly delayMs: number;
  /** For BUSINESS_FAILURE, and for notices of a failure. */
  readonly code: BusinessFailure | null;
}

const UNEXECUTED: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'TIMEOUT_BEFORE_EXECUTION',
  'RESET_BEFORE_EXECUTION',
  'SERVER_ERROR_BEFORE_EXECUTION',
  'SYSTEM_BUSY',
]);

/** The request is forgotten without being executed. */
export function preventsExecution(kind: FaultKind): boolean {
  return UNEXECUTED.has(kind);
}

const LATER: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'LATE_NOTICE',
  'LOST_NOTICE',
  'DUPLICATE_NOTICE',
  'FORGED_NOTICE',
  'WRONG_AMOUNT_NOTICE',
]);

/** The request is answered `ACCEPTED` and its result told later. */
export function tellsLater(kind: FaultKind): boolean {
  return LATER.has(kind);
}
