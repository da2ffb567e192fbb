/** What an attempt to talk to a rail came to. Every connector answers with one of these, never with a boolean and never by throwing. */
export const OutcomeClass = {
  /** Taken; the result comes later, by notice or inquiry. */
  ACCEPTED: 'ACCEPTED',
  /** Done, definitely: the money has moved or will at settlement. */
  SUCCEEDED: 'SUCCEEDED',
  /** Not done and never will be, by a code on the connector's explicit list. */
  FAILED: 'FAILED',
  /**
   * Anything else: time-out, reset, 5xx, empty or unparsable body, bad signature on the answer, unmapped code. Inquire, never send again.
   */
  UNKNOWN: 'UNKNOWN',
  /** The house is closed for this kind of work now; nothing was executed. */
  REJECTED_WINDOW: 'REJECTED_WINDOW',
  /** Quota or virtual balance short; nothing was executed. */
  REJECTED_FUNDS: 'REJECTED_FUNDS',
  /** The house's risk control refused; nothing was executed. */
  REJECTED_RISK: 'REJECTED_RISK',
  /** The serial number was seen before: inquire, never fail. */
  REJECTED_DUPLICATE: 'REJECTED_DUPLICATE',
  /** The house could not read the request: our defect, stop the connector. */
  REJECTED_FORMAT: 'REJECTED_FORMAT',
  /** The house did not accept our signature: our defect, stop the connector. */
  REJECTED_SIGNATURE: 'REJECTED_SIGNATURE',
  /** To an inquiry: the house does not know the number. Not a failure until its quiet time has passed and several answers agree. */
  NOT_FOUND: 'NOT_FOUND',
  /** The money came back after a success: a new event, never an edit. */
  RETURNED: 'RETURNED',
} as const;
export type OutcomeClass = (typeof OutcomeClass)[keyof typeof OutcomeClass];

/** The house definitely did not and will not execute this number: a new attempt may follow. A duplicate is NOT among them. */
const DEFINITELY_NOT_EXECUTED: ReadonlySet<OutcomeClass> = new Set<OutcomeClass>([
  'FAILED',
  'REJECTED_WINDOW',
  'REJECTED_FUNDS',
  'REJECTED_RISK',
  'REJECTED_FORMAT',
  'REJECTED_SIGNATURE',
]);

/** True when the reservation may be released: the money stays where it is. */
export function isDefinitelyNotExecuted(outcome: OutcomeClass): boolean {
  return DEFINITELY_NOT_EXECUTED.has(outcome);
}

/** True when the attempt must be asked about before anything else may happen to its payout. */
export function needsInquiry(outcome: OutcomeClass): boolean {
  return outcome === 'UNKNOWN' || outcome === 'ACCEPTED' || outcome === 'REJECTED_DUPLICATE' || outcome === 'NOT_FOUND';
}

/** True when the defect is ours and every further request would meet it: stop the connector and alert. */
export function stopsConnector(outcome: OutcomeClass): boolean {
  return outcome === 'REJECTED_FORMAT' || outcome === 'REJECTED_SIGNATURE';
}
