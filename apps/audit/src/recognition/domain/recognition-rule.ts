import { AccountClass } from '@jinku/contracts';
import { positiveAmountText } from '@jinku/money';
import { z } from 'zod';

/** What an entry of a statement turned out to be. */
export const EntryKind = {
  /** A leg of a transfer order: its serial number is the reference. */
  TRANSFER: 'TRANSFER',
  /** The net of a clearing session: house and clearing date are the reference. */
  SETTLEMENT: 'SETTLEMENT',
  /** A payout that left this account: its serial number is the reference. */
  PAYOUT: 'PAYOUT',
  INTEREST: 'INTEREST',
  CHARGE: 'CHARGE',
  /** No rule knows it: suspense. */
  UNKNOWN_CREDIT: 'UNKNOWN_CREDIT',
  UNKNOWN_DEBIT: 'UNKNOWN_DEBIT',
} as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

/** What a rule can say an entry is; unknown is what is left over. */
export const RULE_KINDS = [EntryKind.TRANSFER, EntryKind.SETTLEMENT, EntryKind.PAYOUT, EntryKind.INTEREST, EntryKind.CHARGE] as const;

const STARS_MAX = 3;
const word = z.string().trim().regex(/^\P{Cc}{1,60}$/u, 'is 1 to 60 characters, none of them for control');

/** All of what is given must hold; what is left out holds for every entry. */
export const ruleCondition = z
  .strictObject({
    direction: z.enum(['CREDIT', 'DEBIT']).optional(),
    amountMin: positiveAmountText.optional(),
    amountMax: positiveAmountText.optional(),
    accountClasses: z.array(z.enum(AccountClass)).min(1).max(5).optional(),
    /** `#` is a digit, `?` any character, `*` any number of characters, all else stands for itself; the whole reference must fit. */
    referencePattern: z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/, 'is 1 to 64 visible characters')
      .refine((pattern) => pattern.split('*').length <= STARS_MAX + 1, `has at most ${STARS_MAX} stars`)
      .optional(),
    /** One of the bank's own words for the kind of entry. */
    codes: z.array(word).min(1).max(20).optional(),
    /** The other side's name or number holds it. */
    counterpartyContains: word.optional(),
    /** The purpose holds one of them. */
    purposeContains: z.array(word).min(1).max(20).optional(),
  })
  .refine((condition) => Object.keys(condition).length > 0, 'has at least one part: a rule that knows every entry knows none');
export type RuleCondition = z.output<typeof ruleCondition>;

export const ruleContent = z.strictObject({
  /** Of the rules that know an entry, the lowest position says what it is. */
  position: z.int().min(1).max(100_000),
  name: z.string().trim().regex(/^\P{Cc}{1,80}$/u, 'is 1 to 80 characters, none of them for control'),
  kind: z.enum(RULE_KINDS),
  condition: ruleCondition,
  /** A rule that is not in force knows nothing; its versions stay. */
  isInForce: z.boolean(),
});
export type RuleContent = z.output<typeof ruleContent>;

export interface RecognitionRule extends RuleContent {
  readonly id: string;
  readonly version: number;
}
