import { defineRefusals, RefusalKind } from '@jinku/errors';

export const STATEMENT_REFUSALS = defineRefusals({
  STATEMENT_UNREADABLE: { kind: RefusalKind.INVALID, sentence: 'The file is not a statement in the format of this connector type; nothing of it was kept.' },
  UNKNOWN_STATEMENT_FORMAT: { kind: RefusalKind.RULE, sentence: 'No format of statements is known for this connector type.' },
  ACCOUNT_NOT_REGISTERED: { kind: RefusalKind.RULE, sentence: 'The account of the file is not in the register under this connector type.' },
  STATEMENT_WITHOUT_DATE: { kind: RefusalKind.INVALID, sentence: 'The file does not say its business date: name it.' },
  STATEMENT_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no statement with this id.' },
});
