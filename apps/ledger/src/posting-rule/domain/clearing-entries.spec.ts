import { receiptsCountedV1, sessionAdvancedV1, SessionState, type SessionAdvancedV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { ruleContext as context, sidesOf } from '../posting-rule.builder.ts';
import { entriesOfReceipts, entriesOfSession } from './clearing-entries.ts';

const RESERVE = '1001.0000000000c1';
const session = (fields: Partial<SessionAdvancedV1>): EntryDraft[] =>
  entriesOfSession({ ...sessionAdvancedV1.example, ...fields }, { valueDate: '2026-11-21', target: fields.state === 'SETTLED' ? RESERVE : null, ...context });
const counted = (previousTotal: bigint): EntryDraft[] => entriesOfReceipts(receiptsCountedV1.example, { previousTotal, ...context });

test('receipts-counted: what the total rose by since it was booked last, on the clearing date, gross', () => {
  expect(sidesOf(counted(40_000_000n), 'receipts-counted.v1')).toEqual({
    debit: '1201.COLLECTION.RECEIVABLE', credit: '2001', amount: 5_678_910n, reference: receiptsCountedV1.example.receiptId,
  });
  expect(counted(0n)).toMatchObject([{ valueDate: '2026-11-21', description: 'COLLECTION' }]);
});

test('a total that the books hold already, or more than it, books nothing', () => {
  expect(counted(45_678_910n)).toEqual([]);
  expect(counted(50_000_000n)).toEqual([]);
});

test('payouts-cleared: what we owe for the payouts goes into the net', () => {
  expect(sidesOf(session({}), 'payouts-cleared.v1')).toMatchObject({ debit: '1201.PAYOUT.PAYABLE', credit: '1201.CLEARED_NET', amount: 81_234_567n });
});

test('returns-cleared: what the house owes for returns goes into the net', () => {
  expect(sidesOf(session({}), 'returns-cleared.v1')).toMatchObject({ debit: '1201.CLEARED_NET', credit: '1201.PAYOUT.RECEIVABLE', amount: 10_000n });
});

test('receipts-cleared: what the house owes for receipts goes into the net', () => {
  expect(sidesOf(session({}), 'receipts-cleared.v1')).toMatchObject({ debit: '1201.CLEARED_NET', credit: '1201.COLLECTION.RECEIVABLE', amount: 90_000_000n });
});

test('session-settled: the target gains the net, or loses what we owed', () => {
  expect(sidesOf(session({ state: 'SETTLED' }), 'session-settled.v1')).toMatchObject({ debit: RESERVE, credit: '1201.CLEARED_NET', amount: 8_775_433n });
  expect(sidesOf(session({ state: 'SETTLED', receipts: '812240.67', net: '-5.00' }), 'session-settled.v1')).toMatchObject({ debit: '1201.CLEARED_NET', credit: RESERVE, amount: 500n });
});

test('quota-reflected: payouts of a settled session are no longer held against the mapping', () => {
  expect(sidesOf(session({ state: 'SETTLED' }), 'quota-reflected.v1')).toMatchObject({ debit: '9001.AVAILABLE', credit: '9001.CONSUMED', amount: 81_234_567n });
});

test('a settlement by another net than the session has is refused: payouts that a virtual account bore have no rule', () => {
  expect(() => session({ state: 'SETTLED', net: '900100.00' })).toThrow(expect.objectContaining({ code: 'SESSION_NET_UNEXPLAINED' }));
});

test('what a session had none of makes no entry', () => {
  const empty = { payouts: '0.00', returns: '0.00', receipts: '0.00', net: '0.00' };

  expect(session(empty)).toEqual([]);
  expect(session({ ...empty, state: 'SETTLED' })).toEqual([]);
  expect(session({ returns: '0.00' }).map((entry) => entry.rule)).toEqual(['payouts-cleared.v1', 'receipts-cleared.v1']);
});

test('a session moves money when it is confirmed and when it settles, and in no other state', () => {
  const moving = Object.values(SessionState).filter((state) => session({ state }).length > 0);

  expect(moving).toEqual(['CONFIRMED', 'SETTLED']);
});

test('a session whose receipts and payouts were booked leaves nothing at the house once it has settled', () => {
  const lines = [...session({}), ...session({ state: 'SETTLED' })].flatMap((entry) => entry.lines);
  const net = lines.filter((line) => line.account === '1201.CLEARED_NET').reduce((sum, line) => sum + line.amount, 0n);

  expect(net).toBe(0n);
});
