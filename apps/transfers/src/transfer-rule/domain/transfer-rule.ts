import { AMOUNT_MINOR_MAX, amountText, parseAmount, positiveAmountText } from '@jinku/money';
import { z } from 'zod';
import { Purpose, TransferMeans } from '../../transfer-order/domain/allowed-transfers.ts';
import type { RetainedAmountTerms } from './retained-amount.ts';
import { schedule, type Schedule } from './schedule.ts';

const words = z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters');

const trigger = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('SCHEDULE'), schedule }),
  /** Judged at each observation of the payer's position. */
  z.strictObject({ kind: z.literal('THRESHOLD'), payerCeiling: positiveAmountText }),
]);

const amountMode = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('FIXED'), fixed: positiveAmountText }),
  z.strictObject({ mode: z.literal('ABOVE_RETAINED') }),
]);

/** All that a version of a rule says. What contradicts itself is refused by field. */
export const transferRuleContent = z
  .strictObject({
    name: words,
    payerAccountId: z.uuid(),
    payeeAccountId: z.uuid(),
    purpose: z.enum(Purpose),
    means: z.enum(TransferMeans).nullable().default(null),
    /** Rule R2: stands on each order of the rule. */
    reference: z.string().trim().min(1, 'is not empty').max(50, 'has at most 50 characters'),
    trigger,
    amount: amountMode,
    /** What the payer keeps (`payerFloor`). */
    retainAmount: amountText,
    minimum: positiveAmountText.nullable().default(null),
    maximum: positiveAmountText.nullable().default(null),
    roundingUnit: positiveAmountText.nullable().default(null),
    dailyCap: positiveAmountText.nullable().default(null),
    effectiveFrom: z.iso.date(),
    effectiveUntil: z.iso.date().nullable().default(null),
    /** A rule that is off orders nothing; it is never deleted. */
    isOn: z.boolean().default(true),
  })
  .superRefine((content, context) => {
    for (const { path, message } of contradictionsOf(content)) context.addIssue({ code: 'custom', path: [...path], message });
  });
export type TransferRuleContent = z.output<typeof transferRuleContent>;

/** One rule as two persons approved it last. */
export interface TransferRule {
  readonly id: string;
  readonly version: number;
  /** The person who proposed this version: the maker of its orders where those need a second person. */
  readonly makerId: string;
  readonly content: TransferRuleContent;
  /** Of a schedule: its next time, or null while the calendar is not published. */
  readonly nextDueAt: Date | null;
}

export function termsOf(content: TransferRuleContent): RetainedAmountTerms {
  const roundingUnitMinor = fen(content.roundingUnit) ?? 1n;
  return {
    payerCeilingMinor: content.trigger.kind === 'THRESHOLD' ? fen(content.trigger.payerCeiling) : null,
    retainMinor: fen(content.retainAmount) ?? 0n,
    fixedMinor: content.amount.mode === 'FIXED' ? fen(content.amount.fixed) : null,
    minimumMinor: fen(content.minimum) ?? 1n,
    maximumMinor: fen(content.maximum),
    roundingUnitMinor,
    dailyCapMinor: fen(content.dailyCap),
  };
}

export function scheduleOf({ trigger: given }: TransferRuleContent): Schedule | null {
  return given.kind === 'SCHEDULE' ? given.schedule : null;
}

/** On, and within its dates. */
export function isInForce({ isOn, effectiveFrom, effectiveUntil }: TransferRuleContent, date: string): boolean {
  return isOn && effectiveFrom <= date && (effectiveUntil === null || date <= effectiveUntil);
}

interface Contradiction {
  readonly path: readonly string[];
  readonly message: string;
}

/** What each field allows by itself and the whole does not. */
function contradictionsOf(content: TransferRuleContent): Contradiction[] {
  const found: Contradiction[] = [];
  const refuse = (when: boolean, path: readonly string[], message: string): void => void (when && found.push({ path, message }));
  const { payerCeilingMinor: ceiling, fixedMinor: fixed, ...terms } = termsOf(content);
  const least = fixed ?? terms.minimumMinor;
  const isVariable = content.amount.mode === 'ABOVE_RETAINED';
  refuse(content.payerAccountId === content.payeeAccountId, ['payeeAccountId'], 'is another account than payerAccountId');
  refuse(ceiling !== null && ceiling < terms.retainMinor + least, ['trigger', 'payerCeiling'], 'is at least retainAmount and the least amount together');
  refuse(terms.retainMinor + least > AMOUNT_MINOR_MAX, ['retainAmount'], 'leaves room for an amount');
  refuse(terms.maximumMinor !== null && terms.maximumMinor < terms.minimumMinor, ['maximum'], 'is not below minimum');
  refuse(terms.dailyCapMinor !== null && terms.dailyCapMinor < least, ['dailyCap'], 'is not below the least amount of one order');
  refuse(terms.maximumMinor !== null && isVariable && terms.maximumMinor < terms.roundingUnitMinor, ['roundingUnit'], 'is not above maximum');
  refuse(terms.dailyCapMinor !== null && isVariable && terms.dailyCapMinor < terms.roundingUnitMinor, ['roundingUnit'], 'is not above dailyCap');
  for (const field of ['minimum', 'maximum', 'roundingUnit'] as const) {
    refuse(!isVariable && content[field] !== null, [field], 'is given with amount mode ABOVE_RETAINED only');
  }
  refuse(content.effectiveUntil !== null && content.effectiveUntil < content.effectiveFrom, ['effectiveUntil'], 'is not before effectiveFrom');
  const times = scheduleOf(content)?.times ?? [];
  refuse(new Set(times).size < times.length, ['trigger', 'schedule', 'times'], 'names each time once');
  return found;
}

function fen(text: string): bigint;
function fen(text: string | null): bigint | null;
/** The schema refuses what is no amount; while it still looks for contradictions, such a text counts as nothing. */
function fen(text: string | null): bigint | null {
  return text === null ? null : (parseAmount(text) ?? 0n);
}
