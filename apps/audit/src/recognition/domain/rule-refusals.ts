import { defineRefusals, RefusalKind } from '@jinku/errors';

export const RULE_REFUSALS = defineRefusals({
  RULE_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no recognition rule with this id.' },
  RULE_PROPOSAL_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no proposal of a recognition rule with this id.' },
  RULE_HAS_CHANGED: { kind: RefusalKind.CONFLICT, sentence: 'The recognition rule got another version after this proposal was made; propose it again.' },
});
