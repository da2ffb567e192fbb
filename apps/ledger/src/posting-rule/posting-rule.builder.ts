import type { EntryDraft } from '../journal/domain/journal-entry.ts';
import type { PostingRuleName } from './domain/posting-rules.ts';

/** Every rule in its first version; an id that does not matter. */
export const ruleContext = { newId: (): string => '01993c1e-0000-7000-8000-000000000001', versionOf: (): number => 1 };

/** The two sides of a rule's entry of two lines; nothing when the rule made none. */
export function sidesOf(entries: readonly EntryDraft[], rule: PostingRuleName): { debit?: string; credit?: string; amount?: bigint; reference?: string } {
  const entry = entries.find((one) => one.rule === rule);
  if (entry === undefined) return {};
  const up = entry.lines.find((line) => line.amount > 0n);
  return { debit: up!.account, credit: entry.lines.find((line) => line.amount < 0n)!.account, amount: up!.amount, reference: entry.reference };
}

/** An entry as its lines in text, in the order of the rule. */
export function linesOf(entries: readonly EntryDraft[], rule: PostingRuleName): string[] {
  return entries.filter((entry) => entry.rule === rule).flatMap((entry) => entry.lines.map(({ account, amount }) => `${account} ${amount}`));
}
