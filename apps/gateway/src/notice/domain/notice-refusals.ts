import { defineRefusals, RefusalKind } from '@jinku/errors';

export const NOTICE_REFUSALS = defineRefusals({
  NOTICE_NOT_SIGNED: { kind: RefusalKind.UNAUTHENTICATED, sentence: 'The notice does not carry a valid signature of the clearing house.' },
  NOTICE_UNREADABLE: { kind: RefusalKind.INVALID, sentence: 'The notice is signed, but its body is not a notice.' },
});
