import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const POLL_MS = 50;

export interface ListedProcess {
  readonly pid: number;
  /** Its arguments joined by blanks, or the title it gave itself. */
  readonly commandLine: string;
}

/** Every process of the machine whose command line the caller may read: from /proc, else from ps. */
export function listProcesses(): ListedProcess[] {
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return parsePs(spawnSync('ps', ['-axww', '-o', 'pid=,command=']).stdout.toString());
  }
  return pids.flatMap((pid) => {
    const commandLine = readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
    return commandLine === undefined || commandLine === '' ? [] : [{ pid: Number(pid), commandLine }];
  });
}

export function parsePs(output: string): ListedProcess[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, commandLine] = /^\s*(\d+)\s+(.+)$/.exec(line) ?? [];
    return pid === undefined || commandLine === undefined ? [] : [{ pid: Number(pid), commandLine }];
  });
}

/** When the process was born, as the system tells it; null when there is none. A pid alone may since belong to another process. */
export function birthOf(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The 22nd field; the second one, the name, may hold blanks and brackets. A zombie is as good as gone.
  if (stat !== null) {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  }
  const started = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)]).stdout?.toString().trim() ?? '';
  return started === '' ? null : started;
}

/** Ends the processes that match: asks with the signal, waits, then kills. Returns how many there were. */
export async function endProcesses(
  matches: (process: ListedProcess) => boolean,
  { signal, withinMs }: { signal: NodeJS.Signals; withinMs: number },
): Promise<number> {
  const found = listProcesses().filter((entry) => entry.pid !== process.pid && matches(entry));
  for (const { pid } of found) signalIfThere(pid, signal);
  if (await allGone(found, withinMs)) return found.length;
  for (const { pid } of found) signalIfThere(pid, 'SIGKILL');
  await allGone(found, withinMs);
  return found.length;
}

async function allGone(processes: readonly ListedProcess[], withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (processes.some(({ pid }) => birthOf(pid) !== null)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
