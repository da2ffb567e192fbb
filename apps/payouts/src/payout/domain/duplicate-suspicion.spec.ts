import { expect, test } from '@jest/globals';
import { duplicateWindowMs, suspectDuplicates, type EarlierPayout, type WatchedPayout } from './duplicate-suspicion.ts';

const now = new Date('2026-11-21T02:01:00Z');
const payout = (payoutId: string, change: Partial<WatchedPayout> = {}): WatchedPayout => ({ payoutId, payeeHash: 'h1', amountMinor: 100n, windowMs: 60_000, ...change });
const earlier = (secondsAgo: number): EarlierPayout => ({ payeeHash: 'h1', amountMinor: 100n, payoutId: 'before', admittedAt: new Date(now.getTime() - secondsAgo * 1_000) });

test('the same payee and amount within the window is suspected, at its end too, and not after it', () => {
  expect([...suspectDuplicates([payout('p1')], [earlier(60)], now)]).toEqual([['p1', 'before']]);
  expect([...suspectDuplicates([payout('p1')], [earlier(60.001)], now)]).toEqual([]);
});

test('another payee or another amount is not suspected', () => {
  expect([...suspectDuplicates([payout('p1', { payeeHash: 'h2' }), payout('p2', { amountMinor: 101n })], [earlier(1)], now)]).toEqual([]);
});

test('within a batch each one is suspected for the one before it', () => {
  expect([...suspectDuplicates([payout('p1'), payout('p2'), payout('p3')], [], now)]).toEqual([['p2', 'p1'], ['p3', 'p2']]);
});

test('a batch that is older by a moment than the one it waited for is suspected', () => {
  expect([...suspectDuplicates([payout('p1')], [earlier(-0.01)], now)]).toEqual([['p1', 'before']]);
});

test('the merchant\'s window goes before its line\'s, and that before the institution\'s; 0 is a window too', () => {
  const window = (merchant: number | null, line: number | null): number => duplicateWindowMs({ duplicateWindowSeconds: merchant }, { duplicateWindowSeconds: line }, 60_000);

  expect([window(null, null), window(null, 5), window(7, 5), window(0, 5), window(null, 0)]).toEqual([60_000, 5_000, 7_000, 0, 0]);
});
