import { closeBooks, openBooks } from './books.ts';
import { check } from './check.ts';
import { selfTest } from './self-test.ts';

const FLAGS = new Set(['--self-test', '--quiescent']);

const args = process.argv.slice(2);
const unknown = args.filter((arg) => !FLAGS.has(arg));
if (unknown.length > 0) {
  say(`The checker does not know ${unknown.join(' ')}; it takes --quiescent and --self-test.`);
  process.exit(2);
}

const books = await openBooks(process.env);
try {
  const { violations, notRun } = args.includes('--self-test') ? await selfTest(books, say) : await check(books, { isQuiescent: args.includes('--quiescent') }, say);
  const left = notRun.length === 0 ? '' : `, not run: ${notRun.join(', ')}`;
  say(`checker: ${violations === 0 ? 'clean' : `${violations} violations`}${left}`);
  process.exitCode = violations === 0 ? 0 : 1;
} finally {
  await closeBooks(books);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
