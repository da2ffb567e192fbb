import { rmSync } from 'node:fs';
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
  await wipe(stateDir);
  screen.say(`Starting Jinku (embedded profile) in ${stateDir}…`);
  return await startStack({ profile: 'embedded', stateDir, env }).catch((error: unknown) => {
    throw error instanceof AlreadyRunning ? new Refusal(error.message) : error;
  });
}

/** Every run has books of its own. What a killed run left is ended before its folder goes. */
async function wipe(stateDir: string): Promise<void> {
  const folders = stackFolders(stateDir);
  const other = supervisorOf(folders.lockFile);
  if (other !== null) throw new Refusal(`A demo already runs here, supervised by process ${other.pid}: Ctrl-C stops it there.`);
  await endLeftOver(folders);
  await endPostgresLeftOver(join(folders.postgres, 'data'));
  rmSync(stateDir, { recursive: true, force: true });
}

/** Since the command's process began. */
export function seconds(): string {
  return `${(performance.now() / 1_000).toFixed(1)} s`;
}
