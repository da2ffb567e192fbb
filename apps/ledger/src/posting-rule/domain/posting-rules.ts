import { CLEARING_RULES } from './clearing-entries.ts';
import { PAYOUT_RULES } from './payout-entries.ts';
import type { PostingRule } from './posting-rule.ts';
import { QUOTA_RULES } from './quota-entries.ts';
import { RECOGNISED_RULES } from './recognised-entries.ts';
import { TRANSFER_RULES } from './transfer-entries.ts';

/** Every rule with its version, which each entry carries. A rule is never edited once it has posted: a changed one is the next version. */
export const POSTING_RULES = { ...PAYOUT_RULES, ...QUOTA_RULES, ...CLEARING_RULES, ...TRANSFER_RULES, ...RECOGNISED_RULES } as const satisfies Record<string, PostingRule>;
export type PostingRuleName = keyof typeof POSTING_RULES;
