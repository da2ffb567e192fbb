import { runApp } from './app-process.ts';
import { Refusal } from './refusal.ts';

/** What a bench takes is its own. */
export function readBenchArguments(args: readonly string[]): void {
  if (args.length === 0) throw new Refusal('Usage: ./jinku bench NAME; `./jinku bench list` names them.', 2);
}

export async function bench(args: readonly string[]): Promise<number> {
  readBenchArguments(args);
  return await runApp('bench', args);
}
