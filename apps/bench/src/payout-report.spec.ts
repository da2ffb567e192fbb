import { expect, test } from '@jest/globals';
import type { PayoutFigures } from './payout-figures.ts';
import { findPerPayout } from './payout-report.ts';

const PAYOUTS = 10_000;

function figures({ finals, calls = 0, commits = 0, messages = 0 }: { finals: number; calls?: number; commits?: number; messages?: number }): PayoutFigures {
  return {
    atMs: 0,
    finals,
    cpuSeconds: new Map(),
    statements: new Map([['1', { role: 'jinku_payouts', text: 'INSERT INTO payout', calls, milliseconds: 0 }]]),
    commits,
    walBytes: 0,
    messages: new Map([['payouts.payouts-dispatched.v1', messages]]),
    steps: new Map(),
  };
}

const before = figures({ finals: 500, calls: 1_000_000, commits: 1_000_000, messages: 1_000_000 });
const after = (grown: { calls?: number; commits?: number; messages?: number }): PayoutFigures =>
  figures({
    finals: 500 + PAYOUTS,
    calls: 1_000_000 + (grown.calls ?? 0),
    commits: 1_000_000 + (grown.commits ?? 0),
    messages: 1_000_000 + (grown.messages ?? 0),
  });

test('what grows with batches is not found', () => {
  expect(findPerPayout(before, after({ calls: PAYOUTS / 50, commits: PAYOUTS / 20, messages: PAYOUTS / 50 }))).toEqual([]);
});

test('a statement for each payout is found, also when it is one among few', () => {
  expect(findPerPayout(before, after({ calls: PAYOUTS }))).toContain('1.00 of jinku_payouts: INSERT INTO payout');
  expect(findPerPayout(before, after({ calls: PAYOUTS / 5 }))).toContain('0.20 of jinku_payouts: INSERT INTO payout');
});

test('a commit for each payout is found', () => {
  expect(findPerPayout(before, after({ commits: PAYOUTS }))).toEqual(['1.00 commits, more than 0.3']);
});

test('a message for each payout is found', () => {
  expect(findPerPayout(before, after({ messages: PAYOUTS }))).toEqual(['1.00 messages payouts.payouts-dispatched.v1']);
});
