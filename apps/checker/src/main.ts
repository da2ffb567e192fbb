import { closeBooks, inSnapshot, openBooks } from './books.ts';
import type { CheckOptions, Invariant } from './invariant.ts';
import { N2, N3, N5, N9 } from './journal-invariants.ts';
import { BOOKED, N1, N4, N6 } from './payout-invariants.ts';
import { selfTest } from './self-test.ts';

const INVARIANTS: readonly Invariant[] = [N1, N2, N3, N4, N5, N6, N9, BOOKED];
const OFFENDERS_SHOWN_MAX = 50;
const FLAGS = new Set(['--self-test', '--quiescent']);

const args = process.argv.slice(2);
const unknown = args.filter((arg) => !FLAGS.has(arg));
if (unknown.length > 0) {
  say(`The checker does not know ${unknown.join(' ')}; it takes --quiescent and --self-test.`);
  process.exit(2);
}

const books = await openBooks(process.env);
try {
  const violations = args.includes('--self-test') ? await selfTest(books, say) : await check({ isQuiescent: args.includes('--quiescent') });
  say(violations === 0 ? 'checker: clean' : `checker: ${violations} violations`);
  process.exitCode = violations === 0 ? 0 : 1;
} finally {
  await closeBooks(books);
}

async function check(options: CheckOptions): Promise<number> {
  return await inSnapshot(books, 'READ ONLY', async () => {
    let violations = 0;
    for (const { id, sentence, offenders } of INVARIANTS) {
      const found = await offenders(books, options);
      violations += found.length;
      say(`${id} ${found.length === 0 ? 'holds' : 'VIOLATED'}: ${sentence}`);
      for (const row of found.slice(0, OFFENDERS_SHOWN_MAX)) say(`   ${row}`);
      if (found.length > OFFENDERS_SHOWN_MAX) say(`   … and ${found.length - OFFENDERS_SHOWN_MAX} more`);
    }
    return violations;
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
