import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { ManagedProcess } from './managed-process.ts';
import { waitForPort } from './ports.ts';

const READY_WITHIN_MS = 20_000;

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export interface RedisOptions {
  readonly folder: string;
  readonly port: number;
  readonly logFile: string;
}

/** Starts Redis on loopback with its append-only file; only what can be rebuilt is kept in it. */
export async function startRedis({ folder, port, logFile }: RedisOptions): Promise<ManagedProcess> {
  mkdirSync(folder, { recursive: true });
  const child = ManagedProcess.start({
    name: 'redis',
    command: 'redis-server',
    // Its title stays its command line, by which a start after a crash finds what the one before left running.
    args: ['--set-proc-title', 'no', '--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    logFile,
  });
  if (await waitForPort(port, { withinMs: READY_WITHIN_MS, hasFailed: () => child.hasExited })) return child;
  await child.stop();
  throw new Error(`Redis did not come up on port ${port}; see ${logFile}`);
}
