import { inSnapshot, type Books } from './books.ts';
import { N4 } from './execution-invariant.ts';
import { Offenders, type CheckOptions, type Invariant, type Looked } from './invariant.ts';
import { N2, N3, N5, N9 } from './journal-invariants.ts';
import { BOOKED, N1, N6 } from './payout-invariants.ts';

const INVARIANTS: readonly Invariant[] = [N1, N2, N3, N4, N5, N6, N9, BOOKED];

export interface Examined {
  readonly id: string;
  readonly sentence: string;
  readonly looked: Looked;
  readonly offenders: Offenders;
}

/** Examines one invariant after the other in the transaction that is open on each set of books. */
export async function* examineAll(books: Books, options: CheckOptions): AsyncGenerator<Examined> {
  for (const { id, sentence, examine } of INVARIANTS) {
    const offenders = new Offenders();
    const looked = await examine(books, options, offenders);
    yield { id, sentence, looked, offenders };
  }
}

/** Examines every invariant in one snapshot and tells each verdict, with what it is about, as soon as it is known; answers how many rows break one. */
export async function check(books: Books, options: CheckOptions, say: (line: string) => void): Promise<number> {
  return await inSnapshot(books, 'READ ONLY', async () => {
    let violations = 0;
    for await (const examined of examineAll(books, options)) {
      verdictLines(examined).forEach(say);
      violations += examined.offenders.count;
    }
    return violations;
  });
}

export function verdictLines({ id, sentence, looked, offenders }: Examined): string[] {
  const more = offenders.count - offenders.shown.length;
  return [
    `${id} ${verdictOf(offenders, looked)}: ${countsOf(looked)} (${sentence})`,
    ...offenders.shown.map((row) => `   ${row}`),
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
