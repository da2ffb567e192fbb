import { defineRefusals, RefusalKind } from '@jinku/errors';

export const SHIFT_REFUSALS = defineRefusals({
  SHIFT_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no quota shift with this id.' },
  SHIFT_WITHIN_ONE_HOUSE: { kind: RefusalKind.RULE, sentence: 'A shift goes from one clearing house to the other.' },
  SHIFT_NEEDS_SECOND_PERSON: { kind: RefusalKind.RULE, sentence: 'The policy lets one person shift less than this alone: one person proposes it, another approves.' },
  SHIFT_NOT_IN_BUFFER: { kind: RefusalKind.CONFLICT, sentence: 'Only a shift whose second half failed can be left in the buffer.' },
});
