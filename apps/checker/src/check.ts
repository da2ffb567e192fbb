import { inSnapshot, type Books } from './books.ts';
import { N4 } from './execution-invariant.ts';
import { N8 } from './fund-invariant.ts';
import { Offenders, whyNotRun, type CheckOptions, type Invariant, type Looked } from './invariant.ts';
import { N2, N3, N5, N9 } from './journal-invariants.ts';
import { BOOKED, N1, N6 } from './payout-invariants.ts';
import { N10 } from './transit-invariant.ts';

const INVARIANTS: readonly Invariant[] = [N1, N2, N3, N4, N5, N6, N8, N9, N10, BOOKED];

export interface Examined {
  readonly id: string;
  readonly sentence: string;
  readonly looked: Looked;
  readonly offenders: Offenders;
  /** Why it could not be examined at all; null when it was. */
  readonly notRun: string | null;
}

/** Examines one invariant after the other in the transaction that is open on each set of books. */
export async function* examineAll(books: Books, options: CheckOptions): AsyncGenerator<Examined> {
  for (const invariant of INVARIANTS) {
    const { id, sentence } = invariant;
    const offenders = new Offenders();
    const notRun = await whyNotRun(books, invariant);
    const looked = notRun === null ? await invariant.examine(books, options, offenders) : {};
    yield { id, sentence, looked, offenders, notRun };
  }
}

export interface Verdict {
  /** How many rows break an invariant. */
  readonly violations: number;
  /** The invariants that could not be examined. */
  readonly notRun: readonly string[];
}

/** Examines every invariant in one snapshot and tells each verdict, with what it is about, as soon as it is known. */
export async function check(books: Books, options: CheckOptions, say: (line: string) => void): Promise<Verdict> {
  return await inSnapshot(books, 'READ ONLY', async () => {
    let violations = 0;
    const notRun: string[] = [];
    for await (const examined of examineAll(books, options)) {
      verdictLines(examined).forEach(say);
      violations += examined.offenders.count;
      if (examined.notRun !== null) notRun.push(examined.id);
    }
    return { violations, notRun };
  });
}

export function verdictLines({ id, sentence, looked, offenders, notRun }: Examined): string[] {
  if (notRun !== null) return [`${id} NOT RUN: ${notRun} (${sentence})`];
  const more = offenders.count - offenders.shown.length;
  return [
    `${id} ${verdictOf(offenders, looked)}: ${countsOf(looked)} (${sentence})`,
    ...offenders.shown.map((row) => `   ${row}`),
    ...offenders.explained.map((row) => `   explained: ${row}`),
    ...(more > 0 ? [`   … and ${more} more`] : []),
  ];
}

function verdictOf(offenders: Offenders, looked: Looked): string {
  if (offenders.count > 0) return 'VIOLATED';
  return Object.values(looked).every((count) => count === 0n) ? 'nothing to check' : 'ok';
}

function countsOf(looked: Looked): string {
  return Object.entries(looked)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}
