import { defineRefusals, RefusalKind } from '@jinku/errors';

export const PERSON_REFUSALS = defineRefusals({
  WRONG_CREDENTIALS: { kind: RefusalKind.UNAUTHENTICATED, sentence: 'The username and the password do not belong together.' },
  USERNAME_TAKEN: { kind: RefusalKind.CONFLICT, sentence: 'Another person has this username.' },
  INCOMPATIBLE_DUTIES: { kind: RefusalKind.RULE, sentence: 'One person may not be admin or auditor and also operator or approver.' },
  LAST_ADMIN: { kind: RefusalKind.RULE, sentence: 'The last enabled admin keeps the role and stays enabled.' },
  UNKNOWN_PERSON: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no person with this id.' },
});
