import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retainedAmount, type RetainedAmountTerms } from './retained-amount.ts';

const terms = (given: Partial<RetainedAmountTerms> = {}): RetainedAmountTerms => ({
  payerCeilingMinor: 1_000n,
  retainMinor: 200n,
  fixedMinor: null,
  minimumMinor: 1n,
  maximumMinor: null,
  roundingUnitMinor: 1n,
  dailyCapMinor: null,
  ...given,
});
const amountOf = (given: Partial<RetainedAmountTerms>, projectedMinor: bigint, movedTodayMinor = 0n): bigint | string => {
  const found = retainedAmount(terms(given), { projectedMinor, movedTodayMinor });
  return found.isOrdered ? found.amountMinor : found.because;
};

test('nothing leaves below the ceiling; at the ceiling everything above the retained amount does', () => {
  expect(amountOf({}, 999n)).toBe('BELOW_CEILING');
  expect(amountOf({}, 1_000n)).toBe(800n);
});

test('without a ceiling, as on a schedule, everything above the retained amount leaves', () => {
  expect(amountOf({ payerCeilingMinor: null }, 201n)).toBe(1n);
  expect(amountOf({ payerCeilingMinor: null }, 200n)).toBe('RETAINED_AMOUNT');
});

test('a fixed amount leaves whole or not at all', () => {
  expect(amountOf({ fixedMinor: 800n }, 1_000n)).toBe(800n);
  expect(amountOf({ fixedMinor: 801n }, 1_000n)).toBe('RETAINED_AMOUNT');
  expect(amountOf({ fixedMinor: 300n, dailyCapMinor: 500n }, 1_000n, 201n)).toBe('DAILY_CAP');
});

test('a variable amount is cut to the maximum and to what the day leaves, rounded down, and not made below the minimum', () => {
  expect(amountOf({ maximumMinor: 500n }, 1_000n)).toBe(500n);
  expect(amountOf({ dailyCapMinor: 900n }, 1_000n, 300n)).toBe(600n);
  expect(amountOf({ dailyCapMinor: 900n }, 1_000n, 900n)).toBe('DAILY_CAP');
  expect(amountOf({ roundingUnitMinor: 300n }, 1_000n)).toBe(600n);
  expect(amountOf({ minimumMinor: 801n }, 1_000n)).toBe('BELOW_MINIMUM');
  expect(amountOf({ roundingUnitMinor: 1_000n }, 1_000n)).toBe('BELOW_MINIMUM');
});

test('whatever the terms, what is ordered leaves the retained amount and stays within minimum, maximum, unit and cap', () => {
  const fen = fc.bigInt({ min: 0n, max: 10_000n });
  const positive = fc.bigInt({ min: 1n, max: 10_000n });
  const orNull = (amounts: fc.Arbitrary<bigint>): fc.Arbitrary<bigint | null> => fc.option(amounts, { nil: null });
  const anyTerms = fc.record({
    payerCeilingMinor: orNull(positive),
    retainMinor: fen,
    fixedMinor: orNull(positive),
    minimumMinor: positive,
    maximumMinor: orNull(positive),
    roundingUnitMinor: positive,
    dailyCapMinor: orNull(positive),
  });

  fc.assert(
    fc.property(anyTerms, fen, fen, (given, projectedMinor, movedTodayMinor) => {
      const found = retainedAmount(given, { projectedMinor, movedTodayMinor });
      if (!found.isOrdered) return;
      const { amountMinor } = found;
      expect(projectedMinor - amountMinor >= given.retainMinor).toBe(true);
      expect(amountMinor > 0n && projectedMinor >= (given.payerCeilingMinor ?? 0n)).toBe(true);
      expect(given.dailyCapMinor === null || movedTodayMinor + amountMinor <= given.dailyCapMinor).toBe(true);
      if (given.fixedMinor !== null) return expect(amountMinor).toBe(given.fixedMinor);
      expect(amountMinor >= given.minimumMinor && amountMinor <= (given.maximumMinor ?? amountMinor) && amountMinor % given.roundingUnitMinor === 0n).toBe(true);
    }),
  );
});
