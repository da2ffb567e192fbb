import { defineRefusals, RefusalKind } from '@jinku/errors';

export const LEDGER_REFUSALS = defineRefusals({
  UNKNOWN_INTERNAL_ACCOUNT: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no internal account of this code.' },
  UNKNOWN_JOURNAL_ENTRY: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no journal entry of this id.' },
  ACCOUNT_TAKES_NO_BOUNDS: { kind: RefusalKind.RULE, sentence: 'Accounts that events post to, and parents, have no minimum or maximum.' },
  UNKNOWN_PROPOSAL: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no proposal of this id.' },
  UNKNOWN_PENDING_ENTRY: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no pending entry of this id.' },
  UNKNOWN_BALANCE_MONITOR: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no balance monitor of this id.' },
  BALANCE_MONITOR_EXISTS: { kind: RefusalKind.CONFLICT, sentence: 'The account has a monitor at this threshold already.' },
  ACCOUNT_HAS_NO_VALUE_DAYS: { kind: RefusalKind.RULE, sentence: 'Only accounts that are linked to the register are read by value date.' },
  ACCOUNT_NOT_LINKED: { kind: RefusalKind.CONFLICT, sentence: 'The registered account has no internal account yet.' },
  SETTLEMENT_TARGET_UNCLEAR: { kind: RefusalKind.CONFLICT, sentence: 'The settlement target is one open internal account, and there is none of its class or several.' },
  SESSION_NET_UNEXPLAINED: {
    kind: RefusalKind.RULE,
    sentence: 'The net of a session is its receipts and returns less its payouts; payouts that a virtual account bore at once have no posting rule yet.',
  },
  PURPOSE_DOES_NOT_FIT_FUNDS: {
    kind: RefusalKind.RULE,
    sentence: 'Client money becomes own money with the purpose FEE_INCOME_TRANSFER alone, and that purpose moves nothing else.',
  },
  FUNDS_MIXED: { kind: RefusalKind.RULE, sentence: 'An entry of a person is about client money or about own money, never about both.' },
  ENTRY_NOT_BALANCED: { kind: RefusalKind.RULE, sentence: 'The debits and credits of an entry are equal, on at least two lines.' },
  ENTRY_MIXES_UNITS: { kind: RefusalKind.RULE, sentence: 'An entry never mixes the units CNY and CNY.QUOTA.' },
  POSTING_TO_PARENT: { kind: RefusalKind.RULE, sentence: 'Nothing posts to a parent account.' },
  ACCOUNT_FROZEN: { kind: RefusalKind.RULE, sentence: 'The internal account is frozen.' },
  ACCOUNT_CLOSED: { kind: RefusalKind.RULE, sentence: 'The internal account is closed.' },
  ACCOUNT_OVERDRAWN: { kind: RefusalKind.RULE, sentence: 'The entry would take the account below its minimum.' },
  ACCOUNT_ABOVE_MAXIMUM: { kind: RefusalKind.RULE, sentence: 'The entry would take the account above its maximum.' },
  ENTRY_REVERSED_ALREADY: { kind: RefusalKind.CONFLICT, sentence: 'The entry has been reversed already.' },
  REVERSAL_OF_REVERSAL: { kind: RefusalKind.RULE, sentence: 'A reversal is not reversed: propose the entry anew.' },
  PENDING_ENTRY_SETTLED: { kind: RefusalKind.CONFLICT, sentence: 'The pending entry has been posted, voided or has expired.' },
  PENDING_ENTRY_EXPIRES_AT_ONCE: { kind: RefusalKind.RULE, sentence: 'A pending entry expires later than now.' },
});
