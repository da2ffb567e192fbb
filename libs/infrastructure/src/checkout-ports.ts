import type { PortClaims } from './port-claims.ts';
import { isPortFree } from './ports.ts';

/** Below the range that Linux, macOS and Windows take ports for outgoing connections from. */
const RANGE_START = 10_000;
const RANGE_END = 32_000;
const BLOCK = 40;

/** The first port of the block that belongs to a checkout, by its hash. */
export function firstPort(hash: string): number {
  const blocks = Math.floor((RANGE_END - RANGE_START) / BLOCK);
  return RANGE_START + (Number.parseInt(hash.slice(0, 8), 16) % blocks) * BLOCK;
}

export interface Assignment {
  readonly hash: string;
  readonly recorded: Readonly<Record<string, number>>;
  /** Holds what is assigned, so that nobody else on the machine is given it before something listens there. */
  readonly claims: Pick<PortClaims, 'claim' | 'release'>;
  readonly isFree?: (port: number) => Promise<boolean>;
}

/**
 * One free port for each name: the recorded one while it is still free, else the first free one of the checkout's block and of those after it.
 * The same checkout so gets the same ports at every start unless somebody else took one.
 */
export async function assignPorts(names: readonly string[], { hash, recorded, claims, isFree = isPortFree }: Assignment): Promise<Record<string, number>> {
  const assigned: Record<string, number> = {};
  const take = async (name: string, port: number): Promise<boolean> => {
    if (!claims.claim(port)) return false;
    if (await isFree(port)) assigned[name] = port;
    else claims.release(port);
    return assigned[name] === port;
  };
  for (const name of names) {
    const before = recorded[name];
    if (before !== undefined && !Object.values(assigned).includes(before)) await take(name, before);
  }
  let candidate = firstPort(hash);
  for (const name of names) {
    if (assigned[name] !== undefined) continue;
    while (Object.values(recorded).includes(candidate) || !(await take(name, candidate))) candidate = candidate + 1 < RANGE_END ? candidate + 1 : RANGE_START;
    candidate += 1;
  }
  return assigned;
}
