import { defineRefusals, RefusalKind } from '@jinku/errors';

export const TRANSFER_REFUSALS = defineRefusals({
  TRANSFER_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no transfer order with this id.' },
  ACCOUNT_UNKNOWN: { kind: RefusalKind.RULE, sentence: 'The register of accounts has told of no account with this id.' },
  ACCOUNT_NOT_USABLE: { kind: RefusalKind.RULE, sentence: 'The account is not active, or its link to the ledger is not confirmed; money may not move over it.' },
  TRANSFER_NOT_ALLOWED: { kind: RefusalKind.RULE, sentence: 'The matrix of allowed transfers has no such pair of accounts, means and purpose.' },
  MEANS_NOT_BUILT: { kind: RefusalKind.RULE, sentence: 'The matrix allows this transfer, but this version has no means to carry it out.' },
  PAYEE_NOT_ALLOWED: { kind: RefusalKind.RULE, sentence: 'Money of the central reserve goes only to the filed own-fund account or to a retained account.' },
  FEE_INCOME_NOT_TO_FILED: { kind: RefusalKind.RULE, sentence: 'Fee income leaves client money only to the filed own-fund account.' },
  FEE_INCOME_ABOVE_ACCRUED: { kind: RefusalKind.RULE, sentence: 'The amount is above the fee income on record that has not been transferred yet.' },
  POSITION_UNKNOWN: { kind: RefusalKind.RULE, sentence: 'No position of the payer has been observed yet.' },
  POSITION_TOO_OLD: { kind: RefusalKind.RULE, sentence: 'The payer\'s position was observed too long ago to order on.' },
  POSITION_SHORT: { kind: RefusalKind.RULE, sentence: 'The amount is above what the payer holds after its open orders.' },
  TRANSFER_STATE_FORBIDS: { kind: RefusalKind.CONFLICT, sentence: 'The transfer order is in a state that does not allow this.' },
  TRANSFER_HAS_LEFT: { kind: RefusalKind.CONFLICT, sentence: 'A leg of the transfer order has left for its rail, and may have moved money.' },
});
