import { defineRefusals, RefusalKind } from '@jinku/errors';

export const SHIFT_REFUSALS = defineRefusals({
  SHIFT_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no quota shift with this id.' },
  SHIFT_WITHIN_ONE_HOUSE: { kind: RefusalKind.RULE, sentence: 'A shift goes from one clearing house to the other.' },
  SHIFT_NOT_IN_BUFFER: { kind: RefusalKind.CONFLICT, sentence: 'Only a shift whose second half failed can be left in the buffer.' },
});
