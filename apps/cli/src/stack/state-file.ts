import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { birthOf } from '@jinku/infrastructure';
import type { Profile } from './service-names.ts';
import type { ProcessState } from './supervised-process.ts';

export interface ListedPart {
  readonly name: string;
  readonly pid: number | null;
  readonly state: ProcessState;
  readonly url: string;
  readonly logFile: string;
  readonly restarts: number;
}

/** What a stack tells other shells about itself, and what it remembers from start to start. */
export interface StackState {
  readonly profile: Profile;
  readonly ports: Readonly<Record<string, number>>;
  readonly parts: readonly ListedPart[];
}

export function readState(file: string): StackState | null {
  const text = readOrNull(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as StackState;
  } catch {
    // A file that a full disk cut off tells nothing; the next start writes it anew.
    return null;
  }
}

export function writeState(file: string, state: StackState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export interface Supervisor {
  readonly pid: number;
  readonly birth: string;
}

/** Who supervises the stack now; null when nobody does, also when the one who did was killed and its number is another process's now. */
export function supervisorOf(lockFile: string): Supervisor | null {
  const text = readOrNull(lockFile);
  if (text === null) return null;
  const [pid = '', birth = ''] = text.trim().split('\n');
  return birth !== '' && birthOf(Number(pid)) === birth ? { pid: Number(pid), birth } : null;
}

/** Makes this process the supervisor, or says who is it already. */
export function takeLock(lockFile: string): Supervisor | null {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (;;) {
    const other = supervisorOf(lockFile);
    if (other !== null) return other;
    rmSync(lockFile, { force: true });
    try {
      writeFileSync(lockFile, `${process.pid}\n${birthOf(process.pid)}\n`, { flag: 'wx' });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export function releaseLock(lockFile: string): void {
  if (supervisorOf(lockFile)?.pid === process.pid) rmSync(lockFile, { force: true });
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
