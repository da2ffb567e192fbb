import { inSnapshot, type Books } from './books.ts';
import { N4 } from './execution-invariant.ts';
import { Offenders, type CheckOptions, type Invariant, type Looked } from './invariant.ts';
import { N2, N3, N5, N9 } from './journal-invariants.ts';
import { BOOKED, N1, N6 } from './payout-invariants.ts';

const INVARIANTS: readonly Invariant[] = [N1, N2, N3, N4, N5, N6, N9, BOOKED];

/** Examines every invariant in one snapshot and tells each verdict with what it is about; answers how many rows break one. */
export async function check(books: Books, options: CheckOptions, say: (line: string) => void): Promise<number> {
  return await inSnapshot(books, 'READ ONLY', async () => {
    let violations = 0;
    for (const { id, sentence, examine } of INVARIANTS) {
      const offenders = new Offenders();
      const looked = await examine(books, options, offenders);
      violations += offenders.count;
      say(`${id} ${verdictOf(offenders, looked)}: ${countsOf(looked)} (${sentence})`);
      for (const row of offenders.shown) say(`   ${row}`);
      if (offenders.count > offenders.shown.length) say(`   … and ${offenders.count - offenders.shown.length} more`);
    }
    return violations;
  });
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
