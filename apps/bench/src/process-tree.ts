import { existsSync, readdirSync, readFileSync } from 'node:fs';

const KIBIBYTES_PER_MEBIBYTE = 1_024;
const CLOCK_TICKS_PER_SECOND = 100;
/** User and system time, each of the process and of the children it has waited for, counted from the state that follows the name. */
const TIME_FIELDS = [11, 12, 13, 14];

export interface TreeMemory {
  readonly total: number;
  /** Mebibytes by the name of the nearest named ancestor, the largest first. */
  readonly parts: readonly (readonly [name: string, mebibytes: number])[];
}

/**
 * The proportional set size of a process and all that descend from it: what several map is divided among them, so the sum counts it once.
 * Null where the system does not tell.
 */
export function memoryOfTree(root: number, names: ReadonlyMap<number, string>): TreeMemory | null {
  if (!existsSync('/proc/self/smaps_rollup')) return null;
  const children = childrenByParent();
  const sums = new Map<string, number>();
  const add = (pid: number, inherited: string): void => {
    const name = names.get(pid) ?? inherited;
    sums.set(name, (sums.get(name) ?? 0) + proportionalMebibytes(pid));
    for (const child of children.get(pid) ?? []) add(child, name);
  };
  add(root, 'root');
  const parts = [...sums].sort(([, a], [, b]) => b - a);
  return { total: parts.reduce((sum, [, mebibytes]) => sum + mebibytes, 0), parts };
}

/** The processor time that a process and all that descend from it have taken so far; null where the system does not tell. */
export function cpuSecondsOfTree(root: number): number | null {
  if (!existsSync('/proc/self/stat')) return null;
  const children = childrenByParent();
  const secondsOf = (pid: number): number => {
    const own = TIME_FIELDS.reduce((sum, field) => sum + Number(statOf(pid)[field] ?? 0), 0) / CLOCK_TICKS_PER_SECOND;
    return (children.get(pid) ?? []).reduce((sum, child) => sum + secondsOf(child), own);
  };
  return secondsOf(root);
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number)) {
    const parent = Number(statOf(pid)[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

/** The fields after the name, which stands in brackets and may hold anything: state, parent, and so on. */
function statOf(pid: number): string[] {
  const stat = readOrNull(`/proc/${pid}/stat`) ?? '';
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function proportionalMebibytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readOrNull(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) / KIBIBYTES_PER_MEBIBYTE;
}

/** A process may have ended since it was listed. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
