import type { AttemptsConcludedV1, PayoutsDispatchedV1, PayoutsReturnedV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { available, clientFundsPayable, consumed, payoutPayable, payoutReceivable, payoutsPayable, reserved } from './accounts-of-place.ts';
import { entryBy, minorOf, type PostingRule, type RuleContext } from './posting-rule.ts';

export const PAYOUT_RULES = {
  'payout-dispatched.v1': {
    event: 'payouts.payouts-dispatched.v1', unit: 'CNY', moves: [{ debit: clientFundsPayable, credit: payoutsPayable }],
    sentence: 'A payout left for the rail: what we owed the client we now owe its payee.',
  },
  'quota-reserved.v1': {
    event: 'payouts.payouts-dispatched.v1', unit: 'CNY.QUOTA', moves: [{ debit: reserved, credit: available }],
    sentence: 'The batch set quota aside, as one sum.',
  },
  'payout-succeeded.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY', moves: [{ debit: payoutsPayable, credit: payoutPayable }],
    sentence: 'The rail paid: we owe the clearing house until it settles.',
  },
  'quota-consumed.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY.QUOTA', moves: [{ debit: consumed, credit: reserved }],
    sentence: 'What was set aside for the successes of the message is used up.',
  },
  'payout-failed.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY', moves: [{ debit: payoutsPayable, credit: clientFundsPayable }],
    sentence: 'The attempt came to nothing: the dispatch is undone.',
  },
  'quota-released.v1': {
    event: 'payouts.attempts-concluded.v1', unit: 'CNY.QUOTA', moves: [{ debit: available, credit: reserved }],
    sentence: 'What was set aside for the failures of the message is free again.',
  },
  'payout-returned.v1': {
    event: 'payouts.payouts-returned.v1', unit: 'CNY', moves: [{ debit: payoutReceivable, credit: clientFundsPayable }],
    sentence: 'Money of a payout that had succeeded came back: the clearing house owes it to us until it settles, and we owe it to the client again. Gross; the success stays booked.',
  },
} as const satisfies Record<string, PostingRule>;

export function entriesOfDispatch(message: PayoutsDispatchedV1, context: RuleContext): EntryDraft[] {
  const { clearingHouse: house, businessDate: valueDate } = message;
  const place = { house };
  let sum = 0n;
  const entries = message.attempts.map((attempt) => {
    const amount = minorOf(attempt.amount);
    sum += amount;
    return entryBy(PAYOUT_RULES, 'payout-dispatched', { context, place, amount, valueDate, reference: attempt.payoutId });
  });
  return [...entries, entryBy(PAYOUT_RULES, 'quota-reserved', { context, place, amount: sum, valueDate, reference: message.dispatchId })];
}

export function entriesOfConclusion(message: AttemptsConcludedV1, { messageId, ...context }: RuleContext & { messageId: string }): EntryDraft[] {
  const place = { house: message.clearingHouse };
  const sums = new Map<string, { rule: 'quota-consumed' | 'quota-released'; valueDate: string; amount: bigint }>();
  const entries = message.attempts.map((attempt) => {
    const amount = minorOf(attempt.amount);
    const hasSucceeded = attempt.conclusion === 'SUCCEEDED';
    const rule = hasSucceeded ? 'quota-consumed' : 'quota-released';
    const valueDate = attempt.clearingDate;
    const sum = sums.get(rule + valueDate) ?? { rule, valueDate, amount: 0n };
    sums.set(rule + valueDate, { ...sum, amount: sum.amount + amount });
    return entryBy(PAYOUT_RULES, hasSucceeded ? 'payout-succeeded' : 'payout-failed', { context, place, amount, valueDate, reference: attempt.payoutId });
  });
  const quota = [...sums.values()].map(({ rule, valueDate, amount }) => entryBy(PAYOUT_RULES, rule, { context, place, amount, valueDate, reference: messageId }));
  return [...entries, ...quota];
}

export function entriesOfReturns(message: PayoutsReturnedV1, context: RuleContext): EntryDraft[] {
  const place = { house: message.clearingHouse };
  return message.returns.map(({ amount, clearingDate: valueDate, payoutId: reference }) =>
    entryBy(PAYOUT_RULES, 'payout-returned', { context, place, amount: minorOf(amount), valueDate, reference }),
  );
}
