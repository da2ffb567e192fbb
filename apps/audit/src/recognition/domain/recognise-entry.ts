import type { AccountClass } from '@jinku/contracts';
import { parseAmount } from '@jinku/money';
import { EntryKind, type RecognitionRule, type RuleCondition } from './recognition-rule.ts';

/** What a rule looks at. */
export interface RecognisableEntry {
  readonly amount: bigint;
  readonly reference: string | null;
  readonly counterpartyNumber: string | null;
  readonly counterpartyName: string | null;
  readonly purpose: string | null;
  readonly code: string | null;
}

export interface Recognition {
  readonly kind: EntryKind;
  /** The rule that knew it; null when none did. */
  readonly rule: { readonly id: string; readonly version: number } | null;
}

export type Recognise = (entry: RecognisableEntry) => Recognition;

/** The rules in force, in their order, made ready for the entries of one account. */
export function recogniser(rules: readonly RecognitionRule[], accountClass: AccountClass): Recognise {
  const ready = rules
    .filter(({ isInForce, condition }) => isInForce && (condition.accountClasses?.includes(accountClass) ?? true))
    .toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
    .map((rule) => ({ rule, holds: conditionOf(rule.condition) }));
  return (entry) => {
    const known = ready.find(({ holds }) => holds(entry));
    if (known !== undefined) return { kind: known.rule.kind, rule: { id: known.rule.id, version: known.rule.version } };
    return { kind: entry.amount < 0n ? EntryKind.UNKNOWN_DEBIT : EntryKind.UNKNOWN_CREDIT, rule: null };
  };
}

function conditionOf(condition: RuleCondition): (entry: RecognisableEntry) => boolean {
  const { direction, codes, counterpartyContains, purposeContains } = condition;
  const [least, most] = [parseAmount(condition.amountMin ?? ''), parseAmount(condition.amountMax ?? '')];
  const pattern = condition.referencePattern === undefined ? null : patternOf(condition.referencePattern);
  return ({ amount, reference, counterpartyName, counterpartyNumber, purpose, code }) => {
    const size = amount < 0n ? -amount : amount;
    return (
      (direction === undefined || (direction === 'CREDIT') === amount > 0n) &&
      (least === null || size >= least) &&
      (most === null || size <= most) &&
      (pattern === null || (reference !== null && pattern.test(reference))) &&
      (codes === undefined || (code !== null && codes.includes(code))) &&
      (counterpartyContains === undefined || `${counterpartyName ?? ''}\n${counterpartyNumber ?? ''}`.includes(counterpartyContains)) &&
      (purposeContains === undefined || purposeContains.some((word) => purpose?.includes(word) === true))
    );
  };
}

const MEANING: Readonly<Record<string, string>> = { '#': '[0-9]', '?': '.', '*': '.*' };

/** At most three stars over at most 500 characters: no pattern takes long on any text. */
function patternOf(pattern: string): RegExp {
  return new RegExp(`^${[...pattern].map((sign) => MEANING[sign] ?? sign.replace(/[\\^$.|+()[\]{}/-]/, '\\$&')).join('')}$`, 's');
}
