import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, allocate, AMOUNT_MINOR_MAX, cny, divideFloor, formatAmount, multiplyHalfEven, parseAmount, parseSignedAmount, quota, sum } from './money.ts';

const RUNS = Number(process.env['JINKU_PROPERTY_RUNS'] ?? 50_000);
const amount = fc.bigInt({ min: 0n, max: AMOUNT_MINOR_MAX });

describe('parsing and formatting', () => {
  test.each(['', '1', '1.0', '1.000', '-1.00', '01.00', '+1.00', '1e2', '.10', ' 1.00', '1,000.00', '10000000000000.01', '99999999999999999999.00', '1.00\n', 'NaN', '１.00'])(
    '%j is not an amount',
    (text) => {
      expect(parseAmount(text)).toBeNull();
    },
  );

  test('every amount survives being written and read', () => {
    fc.assert(
      fc.property(amount, (minor) => parseAmount(formatAmount(minor)) === minor),
      { numRuns: RUNS },
    );
  });

  test('a negative amount is written with a minus', () => {
    expect(formatAmount(-5n)).toBe('-0.05');
  });
});

describe('units', () => {
  test('money and quota are never added', () => {
    expect(() => add(cny(1n) as never, quota(1n) as never)).toThrow('never mixes the units');
  });
});

describe('division', () => {
  test('allocated parts sum to the whole and differ from the exact share by less than one fen', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 20 }).filter((w) => sum(w) > 0n);
    fc.assert(
      fc.property(amount, weights, (minor, w) => {
        const parts = allocate(minor, w);
        const total = sum(w);
        return sum(parts) === minor && parts.every((part, i) => part * total - minor * (w[i] ?? 0n) < total && minor * (w[i] ?? 0n) - part * total < total);
      }),
      { numRuns: RUNS / 10 },
    );
  });

  test('floor division rounds towards minus infinity', () => {
    expect([divideFloor(7n, 1n, 2n), divideFloor(-7n, 1n, 2n), divideFloor(-6n, 1n, 2n)]).toEqual([3n, -4n, -3n]);
  });

  test('a ratio rounds half to even', () => {
    expect([multiplyHalfEven(250n, '0.01'), multiplyHalfEven(350n, '0.01'), multiplyHalfEven(351n, '0.01')]).toEqual([2n, 4n, 4n]);
  });
});

test('a signed amount is read with its minus; minus zero, a plus and blanks are none', () => {
  expect(parseSignedAmount('-15.00')).toBe(-1500n);
  expect(parseSignedAmount('15.00')).toBe(1500n);
  expect(['-0.00', '+1.00', '- 1.00', '--1.00', '-1', '-01.00', ''].map(parseSignedAmount)).toEqual([null, null, null, null, null, null, null]);
});
