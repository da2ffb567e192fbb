import { existsSync, readdirSync, readFileSync } from 'node:fs';

const KIBIBYTES_PER_MEBIBYTE = 1_024;

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

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number)) {
    const stat = readOrNull(`/proc/${pid}/stat`);
    // The fields after the name, which stands in brackets and may hold anything: state, then parent.
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
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
