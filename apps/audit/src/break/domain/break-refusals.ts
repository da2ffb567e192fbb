import { defineRefusals, RefusalKind } from '@jinku/errors';

export const BREAK_REFUSALS = defineRefusals({
  BREAK_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no break with this id.' },
  BREAK_NOT_OPEN: { kind: RefusalKind.CONFLICT, sentence: 'The break is not in a state in which this can be done.' },
});
