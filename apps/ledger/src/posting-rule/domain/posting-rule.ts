import { invariant } from '@jinku/errors';
import { parseAmount, parseSignedAmount, type Unit } from '@jinku/money';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import type { Place } from './accounts-of-place.ts';

export type AccountOf = (place: Place) => string;

/** An amount from one account to another. Entries that touch both funds have one for each, so that each fund's lines sum to zero by themselves. */
export interface Move {
  readonly debit: AccountOf;
  readonly credit: AccountOf;
}

export interface PostingRule {
  readonly event: string;
  readonly unit: Unit;
  /** All of the same amount. */
  readonly moves: readonly Move[];
  readonly sentence: string;
}

/** The version of a rule that is in force on a value date. */
export type RuleVersion = (kind: string, on: string) => number;

/** What making entries needs besides the message. */
export interface RuleContext {
  readonly newId: () => string;
  readonly versionOf: RuleVersion;
}

export type KindOf<Rules> = keyof Rules extends `${infer Kind}.v${number}` ? Kind : never;

interface EntryFields {
  readonly context: RuleContext;
  readonly place: Place;
  /** Below zero when it goes the other way: the sides of the rule are exchanged. */
  readonly amount: bigint;
  readonly valueDate: string;
  readonly reference: string;
  readonly description?: string;
}

/** The entry that the version in force of a rule makes. */
export function entryBy<Rules extends Readonly<Record<string, PostingRule>>>(
  rules: Rules,
  kind: KindOf<Rules>,
  { context, place, amount, valueDate, reference, description }: EntryFields,
): EntryDraft {
  const name = `${kind}.v${context.versionOf(kind, valueDate)}`;
  const rule = rules[name];
  invariant(rule !== undefined, `${name} is scheduled and in the code`);
  const lines = [];
  for (const { debit, credit } of rule.moves) lines.push({ account: debit(place), amount }, { account: credit(place), amount: -amount });
  const entry = { id: context.newId(), unit: rule.unit, rule: name, reference, valueDate, lines };
  return description === undefined ? entry : { ...entry, description: printable(description) };
}

/** A bank's words may hold characters by which the journal cuts its columns. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

export function minorOf(text: string): bigint {
  const minor = parseAmount(text);
  invariant(minor !== null, 'the contract has checked the amount');
  return minor;
}

export function signedMinorOf(text: string): bigint {
  const minor = parseSignedAmount(text);
  invariant(minor !== null, 'the contract has checked the amount');
  return minor;
}
