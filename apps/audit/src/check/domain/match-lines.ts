import { formatAmount } from '@jinku/money';
import type { FoundBreak } from './check-result.ts';

/** One of our payouts, or of our returns. */
export interface OurLine {
  readonly serialNumber: string;
  readonly amount: bigint;
  readonly hasSucceeded: boolean;
}

/** One line of the house's bill. */
export interface TheirLine {
  readonly serialNumber: string;
  readonly amount: bigint;
}

type Unkeyed = Omit<FoundBreak, 'key'>;

/**
 * Check A8: two lists in the order of their serial numbers, walked side by side, so that no list is ever in memory. Ours that failed are missing from the
 * bill by right. A serial number that a side has several times is matched one by one.
 */
export async function* matchLines(ours: AsyncIterable<OurLine>, theirs: AsyncIterable<TheirLine>): AsyncGenerator<Unkeyed> {
  const [left, right] = [ours[Symbol.asyncIterator](), theirs[Symbol.asyncIterator]()];
  let our = await left.next();
  let their = await right.next();
  let lastTheirs: string | null = null;
  while (our.done !== true || their.done !== true) {
    const order = our.done === true ? 1 : their.done === true ? -1 : compareBytes(our.value.serialNumber, their.value.serialNumber);
    if (order < 0 && our.done !== true) {
      if (our.value.hasSucceeded) yield oursOnly(our.value);
      our = await left.next();
    } else if (order > 0 && their.done !== true) {
      yield theirsOnly(their.value, lastTheirs === their.value.serialNumber);
      lastTheirs = their.value.serialNumber;
      their = await right.next();
    } else if (our.done !== true && their.done !== true) {
      const difference = differenceOf(our.value, their.value);
      if (difference !== null) yield difference;
      lastTheirs = their.value.serialNumber;
      [our, their] = [await left.next(), await right.next()];
    }
  }
}

/** As the database sorts under the collation "C"; serial numbers are ASCII. */
function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function oursOnly({ serialNumber: reference, amount }: OurLine): Unkeyed {
  return { kind: 'OURS_ONLY', reference, amount: -amount, evidence: { ours: formatAmount(amount) } };
}

function theirsOnly({ serialNumber: reference, amount }: TheirLine, isRepeated: boolean): Unkeyed {
  return { kind: isRepeated ? 'DUPLICATE' : 'THEIRS_ONLY', reference, amount, evidence: { theirs: formatAmount(amount) } };
}

function differenceOf(our: OurLine, their: TheirLine): Unkeyed | null {
  const evidence = { ours: `${formatAmount(our.amount)}${our.hasSucceeded ? '' : ' FAILED'}`, theirs: formatAmount(their.amount) };
  if (!our.hasSucceeded) return { kind: 'STATUS', reference: our.serialNumber, amount: their.amount, evidence };
  if (our.amount !== their.amount) return { kind: 'AMOUNT', reference: our.serialNumber, amount: their.amount - our.amount, evidence };
  return null;
}
