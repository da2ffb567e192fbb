import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../stack/checkout.ts';
import type { Variables } from '../stack/environment.ts';
import { Refusal } from './refusal.ts';

/** Runs another app's `main.js` in this terminal until it ends. Ctrl-C reaches it by itself, as it is in the terminal's group. */
export async function runApp(app: string, args: readonly string[], variables: Variables = {}, nodeFlags: readonly string[] = []): Promise<number> {
  const script = join(CHECKOUT, 'apps', app, 'dist', 'main.js');
  if (!existsSync(script)) throw new Refusal(`apps/${app} is not part of this checkout.`);
  return await runCommand(process.execPath, [...nodeFlags, script, ...args], variables);
}

export async function runCommand(command: string, args: readonly string[], variables: Variables = {}): Promise<number> {
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, [...args], { stdio: 'inherit', cwd: CHECKOUT, env: { ...process.env, ...variables } });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
