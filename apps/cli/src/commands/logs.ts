import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFrom, tailOf } from '@jinku/infrastructure';
import { stackFolders } from '../stack/folders.ts';
import { ownStateDir } from '../stack/stack.ts';
import { Refusal } from './refusal.ts';
import { stopAsked } from './up.ts';

const LINES_DEFAULT = 50;
const LINES_MAX = 10_000;
const FOLLOW_EVERY_MS = 250;
const CHUNK_BYTES_MAX = 1024 * 1024;

export async function logs(args: readonly string[]): Promise<number> {
  const { name, lines, follows } = readLogArguments(args);
  const folders = stackFolders(ownStateDir());
  const folder = join(folders.root, 'logs');
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.log')).map((file) => basename(file, '.log')) : [];
  if (!names.includes(name)) throw new Refusal(names.length === 0 ? 'There are no logs yet: `./jinku up` writes them.' : `There is no log of '${name}'; there are: ${names.join(', ')}.`);
  const file = folders.logFile(name);
  let from = statSync(file).size;
  for (const line of tailOf(file, lines)) process.stdout.write(`${line}\n`);
  if (!follows) return 0;
  const timer = setInterval(() => {
    const { size } = statSync(file);
    // Emptied because it had grown too large.
    if (size < from) from = 0;
    if (size === from) return;
    const length = Math.min(size - from, CHUNK_BYTES_MAX);
    process.stdout.write(readFrom(file, from, length));
    from += length;
  }, FOLLOW_EVERY_MS);
  await stopAsked();
  clearInterval(timer);
  return 0;
}

export function readLogArguments(args: readonly string[]): { name: string; lines: number; follows: boolean } {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: { lines: { type: 'string' }, 'no-follow': { type: 'boolean' } } });
  } catch (error) {
    throw new Refusal((error as Error).message, 2);
  }
  const [name] = parsed.positionals;
  if (name === undefined || parsed.positionals.length > 1) throw new Refusal('Usage: ./jinku logs SERVICE [--lines N] [--no-follow]', 2);
  const lines = Number(parsed.values.lines ?? LINES_DEFAULT);
  if (!Number.isInteger(lines) || lines < 0 || lines > LINES_MAX) throw new Refusal(`--lines is a whole number from 0 to ${LINES_MAX}`, 2);
  return { name, lines, follows: parsed.values['no-follow'] !== true };
}
