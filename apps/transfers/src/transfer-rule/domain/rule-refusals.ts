import { defineRefusals, RefusalKind } from '@jinku/errors';

export const RULE_REFUSALS = defineRefusals({
  RULE_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no transfer rule with this id.' },
  RULE_CHANGED_MEANWHILE: { kind: RefusalKind.CONFLICT, sentence: 'The rule has another version than the one the proposal changes; propose it again.' },
  RULE_PROPOSAL_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no proposal of a transfer rule with this id.' },
  RULE_OVER_RESERVE: { kind: RefusalKind.RULE, sentence: 'A rule over the central reserve orders a fixed amount on a schedule: what a house paid shows in the reserve only after settlement.' },
  DRY_RUN_TOO_LONG: { kind: RefusalKind.RULE, sentence: 'A dry run spans at most 31 days that have begun.' },
});
