import { defineRefusals, RefusalKind } from '@jinku/errors';

export const PAYOUT_REFUSALS = defineRefusals({
  REQUEST_ID_REUSED: { kind: RefusalKind.CONFLICT, sentence: 'The request id was used before with other content.' },
  UNKNOWN_MERCHANT: { kind: RefusalKind.RULE, sentence: 'The merchant is not registered.' },
  MERCHANT_SUSPENDED: { kind: RefusalKind.RULE, sentence: 'The merchant is suspended.' },
  UNKNOWN_BUSINESS_LINE: { kind: RefusalKind.RULE, sentence: 'The business line is not registered.' },
  UNKNOWN_BANK: { kind: RefusalKind.RULE, sentence: 'The payee bank is not known, or closed for new payouts.' },
  AMOUNT_ABOVE_LIMIT: { kind: RefusalKind.RULE, sentence: 'The amount is above the business line\'s limit per payout.' },
  LATEST_BY_PASSED: { kind: RefusalKind.RULE, sentence: 'The latest time has passed already.' },
  PAYEE_CATEGORY_NOT_ALLOWED: { kind: RefusalKind.RULE, sentence: 'Payouts to this payee category need an approval that this version cannot record.' },
  PAYOUT_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no such payout.' },
  QUARANTINED_MESSAGE_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no such message in quarantine.' },
  PAYOUT_NOT_WAITING: { kind: RefusalKind.CONFLICT, sentence: 'The payout is not waiting in the queue any more.' },
  PAYOUT_NOT_HELD: { kind: RefusalKind.CONFLICT, sentence: 'The payout is not held.' },
  ATTEMPT_NOT_UNKNOWN: { kind: RefusalKind.CONFLICT, sentence: 'The payout has no attempt whose outcome is open to a decision.' },
  RESOLUTION_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no such proposal for this payout.' },
  RESOLUTION_OVERTAKEN: { kind: RefusalKind.CONFLICT, sentence: 'The attempt has its definite outcome meanwhile, and that stands.' },
  ATTEMPT_STILL_VALID: { kind: RefusalKind.CONFLICT, sentence: 'The rail may execute the attempt until its number is no longer valid: nobody can say yet that it failed.' },
  SAME_PERSON: { kind: RefusalKind.FORBIDDEN, sentence: 'A second person has to decide this.' },
  DISPATCH_STOPPED: { kind: RefusalKind.CONFLICT, sentence: 'Payouts are stopped already.' },
  DISPATCH_NOT_STOPPED: { kind: RefusalKind.CONFLICT, sentence: 'Payouts are not stopped.' },
  UNKNOWN_ROUTE: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no such route.' },
});
