import { attemptsConcludedV1, payoutsDispatchedV1, payoutsReturnedV1, quotaObservedV1, type AttemptsConcludedV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { ruleContext as context, sidesOf } from '../posting-rule.builder.ts';
import { entriesOfConclusion, entriesOfDispatch, entriesOfReturns } from './payout-entries.ts';
import { entriesOfQuota } from './quota-entries.ts';

const messageId = '01993c1e-0000-7000-8000-0000000000aa';
const [attempt] = attemptsConcludedV1.example.attempts;
const failed = { ...attempt!, conclusion: 'FAILED' as const, payoutState: 'FAILED' as const };

const dispatched = (): EntryDraft[] => entriesOfDispatch(payoutsDispatchedV1.example, context);
const concluded = (attempts: AttemptsConcludedV1['attempts']): EntryDraft[] => entriesOfConclusion({ ...attemptsConcludedV1.example, attempts }, { messageId, ...context });

test('payout-dispatched: what we owed the client we owe its payee', () => {
  expect(sidesOf(dispatched(), 'payout-dispatched.v1')).toEqual({ debit: '2001', credit: '2002', amount: 123456n, reference: attempt!.payoutId });
});

test('quota-reserved: one entry for the sum of the message', () => {
  const two = { ...payoutsDispatchedV1.example, attempts: [1, 2].map((n) => ({ ...payoutsDispatchedV1.example.attempts[0]!, attemptNumber: n })) };
  const entries = entriesOfDispatch(two, context);
  expect(entries.filter((entry) => entry.rule === 'quota-reserved.v1')).toHaveLength(1);
  expect(sidesOf(entries, 'quota-reserved.v1')).toMatchObject({ debit: '9001.RESERVED', credit: '9001.AVAILABLE', amount: 246912n });
});

test('payout-succeeded: we owe the clearing house, by the channel', () => {
  expect(sidesOf(concluded([attempt!]), 'payout-succeeded.v1')).toMatchObject({ debit: '2002', credit: '1201.PAYOUT.PAYABLE', amount: 123456n });
});

test('quota-consumed: what was reserved for successes is used up', () => {
  expect(sidesOf(concluded([attempt!, failed]), 'quota-consumed.v1')).toEqual({ debit: '9001.CONSUMED', credit: '9001.RESERVED', amount: 123456n, reference: messageId });
});

test('payout-failed: the dispatch is undone', () => {
  expect(sidesOf(concluded([failed]), 'payout-failed.v1')).toMatchObject({ debit: '2002', credit: '2001', amount: 123456n });
});

test('payout-returned: the clearing house owes us what came back and we owe it to the client, each return by itself, quota untouched', () => {
  const [first] = payoutsReturnedV1.example.returns;
  const entries = entriesOfReturns({ ...payoutsReturnedV1.example, returns: [first!, { ...first!, returnId: 'N-0003', amount: '0.44', returnedTotal: '235.00' }] }, context);

  expect(sidesOf(entries, 'payout-returned.v1')).toEqual({ debit: '1201.PAYOUT.RECEIVABLE', credit: '2001', amount: 23456n, reference: attempt!.payoutId });
  expect(entries.map((one) => [one.unit, one.valueDate, one.lines.map((line) => line.amount)])).toEqual([
    ['CNY', '2026-11-24', [23456n, -23456n]],
    ['CNY', '2026-11-24', [44n, -44n]],
  ]);
});

test('quota-released: what was reserved for failures is free again', () => {
  expect(sidesOf(concluded([failed]), 'quota-released.v1')).toMatchObject({ debit: '9001.AVAILABLE', credit: '9001.RESERVED', amount: 123456n });
});

test('quota-mapped: the difference, on the other sides when the mapping shrinks, nothing when it stands', () => {
  const change = (previousMapped: string, mapped: string): EntryDraft[] =>
    entriesOfQuota({ ...quotaObservedV1.example, previousMapped, mapped }, { valueDate: '2026-11-21', ...context });
  expect(sidesOf(change('0.00', '5.00'), 'quota-mapped.v1')).toMatchObject({ debit: '9001.AVAILABLE', credit: '9001.MAPPED', amount: 500n });
  expect(sidesOf(change('5.00', '2.00'), 'quota-mapped.v1')).toMatchObject({ debit: '9001.MAPPED', credit: '9001.AVAILABLE', amount: 300n });
  expect(change('5.00', '5.00')).toEqual([]);
});

test('successes on two clearing dates consume quota on each', () => {
  const entries = concluded([attempt!, { ...attempt!, clearingDate: '2026-11-22' }]);
  expect(entries.filter((entry) => entry.rule === 'quota-consumed.v1').map((entry) => entry.valueDate)).toEqual(['2026-11-21', '2026-11-22']);
});

test('a payout that succeeds or fails leaves nothing in payouts payable or reserved quota', () => {
  for (const conclusion of [[attempt!], [failed]]) {
    const lines = [...dispatched(), ...concluded(conclusion)].flatMap((entry) => entry.lines);
    for (const account of ['2002', '9001.RESERVED']) {
      expect(lines.filter((line) => line.account === account).reduce((sum, line) => sum + line.amount, 0n)).toBe(0n);
    }
  }
});
