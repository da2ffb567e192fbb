import { existsSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endPostgresLeftOver, stateFolder } from '@jinku/infrastructure';
import { Refusal } from '../commands/refusal.ts';
import { CHECKOUT } from '../stack/checkout.ts';
import type { Variables } from '../stack/environment.ts';
import { stackFolders } from '../stack/folders.ts';
import { AlreadyRunning, endLeftOver, startStack, type Stack } from '../stack/stack.ts';
import { supervisorOf } from '../stack/state-file.ts';
import type { Screen } from './screen.ts';

/** The embedded profile with fresh books of its own, beside whatever else runs of the checkout. */
export async function startDemoStack(env: Variables, screen: Screen): Promise<Stack> {
  const stateDir = join(stateFolder(CHECKOUT), 'demo');
  const before = await putAside(stateDir);
  screen.say(`Starting Jinku (embedded profile) in ${stateDir}…`);
  const stack = await startStack({ profile: 'embedded', stateDir, env }).catch((error: unknown) => {
    throw error instanceof AlreadyRunning ? new Refusal(error.message) : error;
  });
  // A hundred megabytes of another day's books are no reason to wait now; what is left when this ends goes with the next demo.
  void rm(before, { recursive: true, force: true }).catch(() => undefined);
  return stack;
}

/** Every run has books of its own. What a killed run left is ended before its folder goes; returns where that is to be removed from. */
async function putAside(stateDir: string): Promise<string> {
  const folders = stackFolders(stateDir);
  const other = supervisorOf(folders.lockFile);
  if (other !== null) throw new Refusal(`A demo already runs here, supervised by process ${other.pid}: Ctrl-C stops it there.`);
  await endLeftOver(folders);
  await endPostgresLeftOver(join(folders.postgres, 'data'));
  const aside = `${stateDir}.before`;
  if (!existsSync(stateDir)) return aside;
  rmSync(aside, { recursive: true, force: true });
  renameSync(stateDir, aside);
  return aside;
}

/** Since the command's process began. */
export function seconds(): string {
  return `${(performance.now() / 1_000).toFixed(1)} s`;
}
