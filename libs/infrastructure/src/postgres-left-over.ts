import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcesses, type ListedProcess } from './process-table.ts';

const STOP_WITHIN_MS = 30_000;
const BACKENDS_END_WITHIN_MS = 5_000;

/** Names the cluster of a folder: PostgreSQL puts it into the title of each of its processes. */
export function clusterNameOf(data: string): string {
  return `jinku-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`;
}

/**
 * Ends what an earlier start left running on the folder: a server that outlived its supervisor, or the backends of a server that was killed.
 * The pid file itself stays with PostgreSQL, which checks by it that nobody else has the folder's memory mapped; it is removed only when
 * its number is still taken after that: by a foreign process that was given it since, or by the dead server itself, whose parent has not
 * taken note of its end yet. PostgreSQL could tell neither from a server that runs.
 */
export async function endPostgresLeftOver(data: string): Promise<void> {
  const isServer = ({ commandLine }: ListedProcess): boolean => commandLine.includes(`-D ${data} `) && commandLine.includes('postgres');
  await endProcesses(isServer, { signal: 'SIGINT', withinMs: STOP_WITHIN_MS });
  const title = `postgres: ${clusterNameOf(data)}: `;
  await endProcesses(({ commandLine }) => commandLine.startsWith(title), { signal: 'SIGQUIT', withinMs: BACKENDS_END_WITHIN_MS });

  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && isTaken(pid)) rmSync(pidFile, { force: true });
}

/** As PostgreSQL asks: whoever has the number, a process that has ended and was not taken note of included. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
