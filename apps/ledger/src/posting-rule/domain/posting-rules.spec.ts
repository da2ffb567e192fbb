import {
  attemptsConcludedV1,
  entriesRecognisedV1,
  legSettledV1,
  payoutsDispatchedV1,
  payoutsReturnedV1,
  quotaObservedV1,
  receiptsCountedV1,
  sessionAdvancedV1,
} from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { ruleContext as context } from '../posting-rule.builder.ts';
import { entriesOfReceipts, entriesOfSession } from './clearing-entries.ts';
import { fundOf } from './fund.ts';
import { entriesOfConclusion, entriesOfDispatch, entriesOfReturns } from './payout-entries.ts';
import type { PostingRule } from './posting-rule.ts';
import { POSTING_RULES, type PostingRuleName } from './posting-rules.ts';
import { entriesOfQuota } from './quota-entries.ts';
import { entriesOfRecognised } from './recognised-entries.ts';
import { entriesOfLeg } from './transfer-entries.ts';

const [CLIENT, OWN, RESERVE] = ['1002.0000000000c2', '1003.0000000000c3', '1001.0000000000c1'];
const [attempt] = attemptsConcludedV1.example.attempts;
const [recognised] = entriesRecognisedV1.example.entries;

/** Messages that make every rule post. */
function everyEntry(): EntryDraft[] {
  const failed = { ...attempt!, conclusion: 'FAILED' as const };
  const legs = (['SENT', 'ARRIVED', 'CAME_BACK'] as const).flatMap((effect) => entriesOfLeg({ ...legSettledV1.example, effect }, { account: CLIENT, ...context }));
  const paid = { ...legSettledV1.example, effect: 'PAID_BY_HOUSE', clearingHouse: 'UNIONPAY' } as const;
  const fees = (['ARRIVED', 'PAID_BY_HOUSE'] as const).flatMap((effect) => entriesOfLeg({ ...paid, effect, purpose: 'FEE_INCOME_TRANSFER' }, { account: OWN, ...context }));
  const statement = { entries: (['INTEREST', 'CHARGE', 'UNKNOWN_CREDIT', 'UNKNOWN_DEBIT'] as const).map((kind) => ({ ...recognised!, kind })) };
  return [
    ...entriesOfDispatch(payoutsDispatchedV1.example, context),
    ...entriesOfConclusion({ ...attemptsConcludedV1.example, attempts: [attempt!, failed] }, { messageId: 'M1', ...context }),
    ...entriesOfReturns(payoutsReturnedV1.example, context),
    ...entriesOfQuota(quotaObservedV1.example, { valueDate: '2026-11-21', ...context }),
    ...entriesOfReceipts(receiptsCountedV1.example, { previousTotal: 0n, ...context }),
    ...(['CONFIRMED', 'SETTLED'] as const).flatMap((state) => entriesOfSession({ ...sessionAdvancedV1.example, state }, { valueDate: '2026-11-21', target: RESERVE, ...context })),
    ...legs,
    ...entriesOfLeg(paid, { account: CLIENT, ...context }),
    ...fees,
    ...[CLIENT, OWN].flatMap((account) => entriesOfRecognised(statement, { account, ...context })),
  ];
}

test('every rule is made by some message', () => {
  expect([...new Set(everyEntry().map((entry) => entry.rule))].sort()).toEqual(Object.keys(POSTING_RULES).sort());
});

test('every entry of every rule sums to zero in each fund by itself, and stays in the unit of its rule', () => {
  for (const entry of everyEntry()) {
    const rule: PostingRule = POSTING_RULES[entry.rule as PostingRuleName];
    const sums = new Map<string | null, bigint>();
    for (const { account, amount } of entry.lines) sums.set(fundOf(account), (sums.get(fundOf(account)) ?? 0n) + amount);

    expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
    expect(entry.unit).toBe(rule.unit);
    expect(entry.lines.every(({ account }) => (fundOf(account) === null) === (rule.unit === 'CNY.QUOTA'))).toBe(true);
  }
});

test('client money and own money meet under these rules alone', () => {
  const both = everyEntry().filter((entry) => new Set(entry.lines.map(({ account }) => fundOf(account))).size > 1);

  expect([...new Set(both.map((entry) => entry.rule))].sort()).toEqual(['charge-on-client-account.v1', 'fee-income-arrived.v1', 'fee-income-paid-by-house.v1', 'interest-on-client-account.v1']);
});

test('an account that the chart does not know is nobody\'s, which is a defect', () => {
  expect(() => fundOf('7001')).toThrow('7001');
});
