import { runApp } from './app-process.ts';
import { Refusal } from './refusal.ts';

/**
 * What loads the treasury may not spend the machine's time on its own garbage. A larger young generation is worse: what it receives lies outside the heap,
 * and is collected by marking all of it once a second instead of with the young.
 */
const NODE_FLAGS = ['--max-semi-space-size=16'];

/** What a bench takes is its own. */
export function readBenchArguments(args: readonly string[]): void {
  if (args.length === 0) throw new Refusal('Usage: ./jinku bench NAME; `./jinku bench list` names them.', 2);
}

export async function bench(args: readonly string[]): Promise<number> {
  readBenchArguments(args);
  return await runApp('bench', args, {}, NODE_FLAGS);
}
