import type { AttemptsConcludedV1, ClearingHouse, PayoutsDispatchedV1, PayoutsReturnedV1, QuotaObservedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { parseAmount, type Unit } from '@jinku/money';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';

/** The accounts of one clearing house. */
const HOUSE: Readonly<Record<ClearingHouse, { clearing: string; quota: string }>> = {
  NETSUNION: { clearing: '1201', quota: '9001' },
  UNIONPAY: { clearing: '1202', quota: '9002' },
};

type AccountOf = (house: ClearingHouse) => string;
const clientFundsPayable: AccountOf = () => '2001';
const payoutsPayable: AccountOf = () => '2002';
const channelPayable: AccountOf = (house) => `${HOUSE[house].clearing}.PAYOUT.PAYABLE`;
const channelReceivable: AccountOf = (house) => `${HOUSE[house].clearing}.PAYOUT.RECEIVABLE`;
const available: AccountOf = (house) => `${HOUSE[house].quota}.AVAILABLE`;
const reserved: AccountOf = (house) => `${HOUSE[house].quota}.RESERVED`;
const consumed: AccountOf = (house) => `${HOUSE[house].quota}.CONSUMED`;
const mapped: AccountOf = (house) => `${HOUSE[house].quota}.MAPPED`;

interface PostingRule {
  readonly event: string;
  readonly unit: Unit;
  readonly debit: AccountOf;
  readonly credit: AccountOf;
  readonly sentence: string;
}

/** Every rule with its version, which each entry carries. A rule is never edited once it has posted: a changed one is the next version. */
export const POSTING_RULES = {
  'payout-dispatched.v1': {
    event: 'payouts.payouts-dispatched.v1', unit: 'CNY', debit: clientFundsPayable, credit: payoutsPayable,
    sentence: 'A payout left for the rail: what we owed the client we now owe its payee.',
  },
  'quota-reserved.v1': {
    event: 'payouts.payouts-dispatched.v1', unit: 'CNY.QUOTA', debit: reserved, credit: available,
    sentence: 'The batch set quota aside, as one sum.',
  },
  'payout-succeeded.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY', debit: payoutsPayable, credit: channelPayable,
    sentence: 'The rail paid: we owe the clearing house until it settles.',
  },
  'quota-consumed.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY.QUOTA', debit: consumed, credit: reserved,
    sentence: 'What was set aside for the successes of the message is used up.',
  },
  'payout-failed.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY', debit: payoutsPayable, credit: clientFundsPayable,
    sentence: 'The attempt came to nothing: the dispatch is undone.',
  },
  'quota-released.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY.QUOTA', debit: available, credit: reserved,
    sentence: 'What was set aside for the failures of the message is free again.',
  },
  'payout-returned.v1': {
    event: 'payouts.payouts-returned.v1', unit: 'CNY', debit: channelReceivable, credit: clientFundsPayable,
    sentence: 'Money of a payout that had succeeded came back: the clearing house owes it to us until it settles, and we owe it to the client again. Gross; the success stays booked.',
  },
  'quota-mapped.v1': {
    event: 'quotas.quota-observed.v1', unit: 'CNY.QUOTA', debit: available, credit: mapped,
    sentence: 'The mapping changed by the difference; a decrease stands on the other sides. No money moves.',
  },
} as const satisfies Record<string, PostingRule>;
export type PostingRuleName = keyof typeof POSTING_RULES;
type PostingRuleKind = PostingRuleName extends `${infer Kind}.v${number}` ? Kind : never;

/** The version of a rule that is in force on a value date. */
export type RuleVersion = (kind: string, on: string) => number;

/** What making entries needs besides the message. */
export interface RuleContext {
  readonly newId: () => string;
  readonly versionOf: RuleVersion;
}

export function entriesOfDispatch(message: PayoutsDispatchedV1, context: RuleContext): EntryDraft[] {
  const { clearingHouse: house, businessDate: valueDate } = message;
  let sum = 0n;
  const entries = message.attempts.map((attempt) => {
    const amount = minorOf(attempt.amount);
    sum += amount;
    return entry('payout-dispatched', { context, house, amount, valueDate, reference: attempt.payoutId });
  });
  return [...entries, entry('quota-reserved', { context, house, amount: sum, valueDate, reference: message.dispatchId })];
}

export function entriesOfConclusion(message: AttemptsConcludedV1, { messageId, ...context }: RuleContext & { messageId: string }): EntryDraft[] {
  const { clearingHouse: house } = message;
  const sums = new Map<string, { rule: 'quota-consumed' | 'quota-released'; valueDate: string; amount: bigint }>();
  const entries = message.attempts.map((attempt) => {
    const amount = minorOf(attempt.amount);
    const hasSucceeded = attempt.conclusion === 'SUCCEEDED';
    const rule = hasSucceeded ? 'quota-consumed' : 'quota-released';
    const valueDate = attempt.clearingDate;
    const sum = sums.get(rule + valueDate) ?? { rule, valueDate, amount: 0n };
    sums.set(rule + valueDate, { ...sum, amount: sum.amount + amount });
    return entry(hasSucceeded ? 'payout-succeeded' : 'payout-failed', { context, house, amount, valueDate, reference: attempt.payoutId });
  });
  return [...entries, ...[...sums.values()].map(({ rule, valueDate, amount }) => entry(rule, { context, house, amount, valueDate, reference: messageId }))];
}

export function entriesOfReturns(message: PayoutsReturnedV1, context: RuleContext): EntryDraft[] {
  const { clearingHouse: house } = message;
  return message.returns.map(({ amount, clearingDate: valueDate, payoutId: reference }) =>
    entry('payout-returned', { context, house, amount: minorOf(amount), valueDate, reference }),
  );
}

export function entriesOfQuota(message: QuotaObservedV1, { valueDate, ...context }: RuleContext & { valueDate: string }): EntryDraft[] {
  const amount = minorOf(message.mapped) - minorOf(message.previousMapped);
  if (amount === 0n) return [];
  return [entry('quota-mapped', { context, house: message.clearingHouse, amount, valueDate, reference: message.observationId })];
}

interface EntryFields {
  readonly context: RuleContext;
  readonly house: ClearingHouse;
  readonly amount: bigint;
  readonly valueDate: string;
  readonly reference: string;
}

function entry(kind: PostingRuleKind, { context, house, amount, valueDate, reference }: EntryFields): EntryDraft {
  const name = `${kind}.v${context.versionOf(kind, valueDate)}` as PostingRuleName;
  const rule: PostingRule = POSTING_RULES[name];
  const lines = [
    { account: rule.debit(house), amount },
    { account: rule.credit(house), amount: -amount },
  ];
  return { id: context.newId(), unit: rule.unit, rule: name, reference, valueDate, lines };
}

function minorOf(text: string): bigint {
  const minor = parseAmount(text);
  invariant(minor !== null, 'the contract has checked the amount');
  return minor;
}
