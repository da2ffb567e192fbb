import { stackFolders } from '../stack/folders.ts';
import { ownStateDir } from '../stack/stack.ts';
import { readState, supervisorOf } from '../stack/state-file.ts';
import { argumentsReader } from './refusal.ts';

const EXIT_NOT_RUNNING = 3;

export const readStatusArguments = argumentsReader({ flags: ['--json'], positionalsMax: 0 });

export function status(args: readonly string[]): Promise<number> {
  const { has } = readStatusArguments(args);
  const folders = stackFolders(ownStateDir());
  const supervisor = supervisorOf(folders.lockFile);
  const state = readState(folders.stateFile);
  const parts = supervisor === null ? [] : (state?.parts ?? []);
  const lines = has('--json')
    ? [JSON.stringify({ isRunning: supervisor !== null, profile: state?.profile ?? null, stateDir: folders.root, parts }, null, 2)]
    : [
        supervisor === null ? 'Jinku does not run here.' : `Jinku runs (${state?.profile} profile, supervised by process ${supervisor.pid}).`,
        ...parts.map(
          ({ name, state: is, pid, url, restarts }) =>
            `  ${name.padEnd(16)}${is.padEnd(10)}${String(pid ?? '-').padEnd(9)}${url}${restarts > 0 ? `  (started again ${restarts} times)` : ''}`,
        ),
        `State folder: ${folders.root}`,
      ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const isReady = parts.length > 0 && parts.every((part) => part.state === 'READY');
  return Promise.resolve(isReady ? 0 : EXIT_NOT_RUNNING);
}
