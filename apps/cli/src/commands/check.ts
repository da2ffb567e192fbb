import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '@jinku/infrastructure';
import { CHECKOUT } from '../stack/checkout.ts';
import { stackFolders } from '../stack/folders.ts';
import { ownStateDir, startStack } from '../stack/stack.ts';
import { readState, supervisorOf } from '../stack/state-file.ts';
import { databaseSecret } from '../stack/keys.ts';
import type { Variables } from '../stack/environment.ts';
import { runApp } from './app-process.ts';
import { argumentsReader, Refusal } from './refusal.ts';

export const readCheckArguments = argumentsReader({ flags: ['--self-test', '--quiescent'], positionalsMax: 0 });

export async function check(args: readonly string[]): Promise<number> {
  const { has } = readCheckArguments(args);
  const variables = runningDatabase();
  if (variables !== null) return await runApp('checker', args, variables);
  if (!has('--self-test')) throw new Refusal('Jinku does not run here: start it with `./jinku up`, then check.');
  return await onEmptyBooks((empty) => runApp('checker', args, empty));
}

/** The self-test needs tables, not money: books that were just made will do. */
async function onEmptyBooks(work: (variables: Variables) => Promise<number>): Promise<number> {
  const stateDir = join(stateFolder(CHECKOUT), 'self-test');
  const stack = await startStack({ profile: 'embedded', stateDir, services: ['rail-simulator'], fsync: false });
  try {
    return await work(stack.env);
  } finally {
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Where the books of the running stack are: ours and the rails'. */
function runningDatabase(): Variables | null {
  const folders = stackFolders(ownStateDir());
  const postgres = readState(folders.stateFile)?.ports['postgres'];
  if (supervisorOf(folders.lockFile) === null || postgres === undefined) return null;
  return {
    JINKU_DATABASE_URL: `postgres://127.0.0.1:${postgres}/jinku`,
    JINKU_RAILS_DATABASE_URL: `postgres://127.0.0.1:${postgres}/jinku_rails`,
    JINKU_DATABASE_ADMIN: 'postgres',
    JINKU_DATABASE_SECRET: databaseSecret(folders.secretFile),
  };
}
