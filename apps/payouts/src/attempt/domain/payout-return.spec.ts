import { expect, test } from '@jest/globals';
import { decideReturns, type ReturnStanding, type ToldReturn } from './payout-return.ts';

const standing = (change: Partial<ReturnStanding> = {}): ReturnStanding => ({ serialNumber: 'S1', payoutId: 'p1', house: 'NETSUNION', conclusion: 'SUCCEEDED', amountMinor: 100n, returnedMinor: 0n, ...change });
const told = (amountMinor: bigint, change: Partial<ToldReturn> = {}): ToldReturn => ({
  noticeId: `N-${amountMinor}`,
  serialNumber: 'S1',
  amountMinor,
  isDefinite: true,
  clearingDate: null,
  railReference: null,
  occurredAt: new Date(0),
  ...change,
});
const judged = (returns: readonly ToldReturn[], standings = [standing()]) => decideReturns(returns, standings).map(({ state, fault, totalMinor }) => fault ?? `${state} ${totalMinor}`);

test('parts add up to the whole, to the fen', () => {
  expect(judged([told(30n), told(70n)])).toEqual(['RECORDED 30', 'RECORDED 100']);
  expect(judged([told(70n)], [standing({ returnedMinor: 30n })])).toEqual(['RECORDED 100']);
});

test('a return that goes one fen beyond what was paid is set aside as a whole, and a later one that fits is recorded', () => {
  expect(judged([told(60n), told(41n), told(40n)])).toEqual(['RECORDED 60', 'ABOVE_AMOUNT', 'RECORDED 100']);
});

test('a return waits while the attempt is open, and is set aside where it failed or is not ours', () => {
  expect(judged([told(1n)], [standing({ conclusion: null })])).toEqual(['WAITING null']);
  expect(judged([told(1n)], [standing({ conclusion: 'FAILED' })])).toEqual(['NOT_SUCCEEDED']);
  expect(judged([told(1n)], [])).toEqual(['UNKNOWN_NUMBER']);
});

test('a notice that is not definite, or names no amount, returns nothing', () => {
  expect(judged([told(0n), told(-1n), told(1n, { isDefinite: false })])).toEqual(['NOT_DEFINITE', 'NOT_DEFINITE', 'NOT_DEFINITE']);
});
