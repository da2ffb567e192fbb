import { defineRefusals, RefusalKind } from '@jinku/errors';

export const ACCOUNT_REFUSALS = defineRefusals({
  ACCOUNT_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no account with this id.' },
  ACCOUNT_NUMBER_EXISTS: { kind: RefusalKind.CONFLICT, sentence: 'An account with this number at this bank is registered already.' },
  RESERVE_EXISTS: { kind: RefusalKind.RULE, sentence: 'The institution has its one central reserve account already.' },
  FILED_EXISTS: { kind: RefusalKind.RULE, sentence: 'Another own-fund account is the filed one already.' },
  SUBTYPE_EXISTS: { kind: RefusalKind.RULE, sentence: 'A retained client-fund account of this subtype is open already (R7).' },
  TOO_MANY_RETAINED: { kind: RefusalKind.RULE, sentence: 'At most three retained client-fund accounts may be open (R7).' },
  SUBTYPE_MISPLACED: { kind: RefusalKind.INVALID, sentence: 'The subtype belongs to client-fund accounts, each of which needs one.' },
  FILED_MISPLACED: { kind: RefusalKind.INVALID, sentence: 'Only an own-fund account can be the filed one.' },
  OWNER_MISMATCH: { kind: RefusalKind.INVALID, sentence: 'The owner does not fit the class: client money and own money never share an account (R1).' },
  ACCOUNT_STATE_FORBIDS: { kind: RefusalKind.CONFLICT, sentence: 'The account is not in a state that allows this.' },
});
