import { runApp } from './app-process.ts';
import { Refusal } from './refusal.ts';

export async function bench(args: readonly string[]): Promise<number> {
  if (args.length === 0) throw new Refusal('Usage: ./jinku bench NAME; `./jinku bench list` names them.', 2);
  return await runApp('bench', args);
}
