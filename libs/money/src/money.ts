import { Big } from 'big.js';
import { invariant } from '@jinku/errors';

/** What an amount counts: money, or quota earmarked at a clearing house. The two are never added. */
export type Unit = 'CNY' | 'CNY.QUOTA';

/** An amount in minor units (fen). Never a JavaScript number. */
export interface Money<U extends Unit = Unit> {
  readonly unit: U;
  readonly minor: bigint;
}

/** The largest amount accepted anywhere: 10^15 fen, ten trillion yuan; sums of many stay inside PostgreSQL's bigint. */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000_000n;

const AMOUNT_PATTERN = /^(0|[1-9]\d{0,13})\.\d{2}$/;
const MINOR_PER_YUAN = 100n;

const StrictBig = Big();
StrictBig.strict = true;

/** An amount of money in fen. */
export function cny(minor: bigint): Money<'CNY'> {
  return { unit: 'CNY', minor };
}

/** An amount of quota in fen. */
export function quota(minor: bigint): Money<'CNY.QUOTA'> {
  return { unit: 'CNY.QUOTA', minor };
}

export function add<U extends Unit>(a: Money<U>, b: Money<NoInfer<U>>): Money<U> {
  assertSameUnit(a, b);
  return { unit: a.unit, minor: a.minor + b.minor };
}

export function subtract<U extends Unit>(a: Money<U>, b: Money<NoInfer<U>>): Money<U> {
  assertSameUnit(a, b);
  return { unit: a.unit, minor: a.minor - b.minor };
}

export function sum(minors: Iterable<bigint>): bigint {
  let total = 0n;
  for (const minor of minors) total += minor;
  return total;
}

/** Fen from a decimal string of yuan with exactly two places, not negative; null when it is not one or exceeds AMOUNT_MINOR_MAX. */
export function parseAmount(text: string): bigint | null {
  if (!AMOUNT_PATTERN.test(text)) return null;
  const minor = BigInt(text.slice(0, -3)) * MINOR_PER_YUAN + BigInt(text.slice(-2));
  return minor <= AMOUNT_MINOR_MAX ? minor : null;
}

/** As `parseAmount`, with a leading minus for an amount below zero; "-0.00" is none. */
export function parseSignedAmount(text: string): bigint | null {
  if (!text.startsWith('-')) return parseAmount(text);
  const minor = parseAmount(text.slice(1));
  return minor === null || minor === 0n ? null : -minor;
}

/** Fen to a decimal string of yuan with two places; a negative amount carries a leading minus. */
export function formatAmount(minor: bigint): string {
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `minor × numerator / denominator`, rounded towards minus infinity. */
export function divideFloor(minor: bigint, numerator: bigint, denominator: bigint): bigint {
  invariant(denominator > 0n, 'the denominator is positive');
  const product = minor * numerator;
  const quotient = product / denominator;
  return product % denominator !== 0n && product < 0n ? quotient - 1n : quotient;
}

/** `minor × ratio`, rounded half to even; the ratio is a decimal string such as "0.0038". */
export function multiplyHalfEven(minor: bigint, ratio: string): bigint {
  const product = new StrictBig(minor.toString()).times(new StrictBig(ratio));
  return BigInt(product.round(0, Big.roundHalfEven).toFixed(0));
}

/**
 * Parts of `minor` in proportion to the weights that sum to the whole: each gets its floor, what is left goes one fen each to the
 * largest remainders, ties to the earlier weight.
 */
export function allocate(minor: bigint, weights: readonly bigint[]): bigint[] {
  const total = sum(weights);
  invariant(minor >= 0n && total > 0n && weights.every((w) => w >= 0n), 'allocation takes a non-negative amount and non-negative weights, not all zero');
  const parts = weights.map((weight) => (minor * weight) / total);
  const remainders = weights.map((weight, index) => ({ index, remainder: (minor * weight) % total }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  let left = minor - sum(parts);
  for (const { index } of remainders) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  invariant(sum(parts) === minor, 'allocated parts sum to the whole');
  return parts;
}

function assertSameUnit(a: Money, b: Money): void {
  invariant(a.unit === b.unit, `an operation never mixes the units ${a.unit} and ${b.unit}`);
}
