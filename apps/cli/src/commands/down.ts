import { birthOf } from '@jinku/infrastructure';
import { stackFolders } from '../stack/folders.ts';
import { endLeftOver, ownStateDir } from '../stack/stack.ts';
import { supervisorOf } from '../stack/state-file.ts';
import { argumentsReader, Refusal } from './refusal.ts';

const STOPS_WITHIN_MS = 60_000;

export const readDownArguments = argumentsReader({ flags: [], positionalsMax: 0 });

export async function down(args: readonly string[]): Promise<number> {
  readDownArguments(args);
  const folders = stackFolders(ownStateDir());
  const supervisor = supervisorOf(folders.lockFile);
  if (supervisor !== null) {
    process.kill(supervisor.pid, 'SIGTERM');
    const deadline = performance.now() + STOPS_WITHIN_MS;
    while (birthOf(supervisor.pid) === supervisor.birth) {
      if (performance.now() > deadline) throw new Refusal(`Process ${supervisor.pid} has not stopped within ${STOPS_WITHIN_MS / 1_000} s.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const leftOver = await endLeftOver(folders);
  process.stdout.write(supervisor === null && leftOver === 0 ? 'Nothing of Jinku runs here.\n' : 'Stopped.\n');
  return 0;
}
