import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT, type ListedPart, type Profile, type Stack } from '@jinku/cli';
import { cacheFolder, stateFolder } from '@jinku/infrastructure';
import { LaunchedCommand } from './launched-command.ts';

const FILES = ['jinku', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'tsconfig.base.json', 'tsconfig.runtime.json', 'tsconfig.spec.json'];
const FOLDERS = ['apps', 'libs', 'examples', 'deploy'];
const COMMAND_TIMEOUT_MS = 90_000;

/** Shorter than in earnest, so that what a crash left open is known within seconds. */
const SETTINGS = { JINKU_PAYOUT_VALIDITY_MS: '3000', JINKU_PAYOUT_QUIET_MS: '500', JINKU_PAYOUT_LEASE_MS: '2000' };

/** Another checkout on this machine, built like this one, with the packages of this one. It is spoken to by its own `./jinku` alone. */
export class CheckoutCopy {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv = { ...process.env, ...SETTINGS, JINKU_NODE: process.execPath };

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'jinku-checkout-')));
    for (const name of [...FILES, ...FOLDERS]) cpSync(join(CHECKOUT, name), join(this.folder, name), { recursive: true, preserveTimestamps: true });
    this.#linkPackages();
    if (existsSync(cacheFolder(CHECKOUT))) cpSync(cacheFolder(CHECKOUT), cacheFolder(this.folder), { recursive: true });
  }

  /** Starts a command of `./jinku` as a terminal would. */
  launch(...args: readonly string[]): LaunchedCommand {
    return new LaunchedCommand(join(this.folder, 'jinku'), args, this.#environment, stateFolder(this.folder));
  }

  /** Runs a command of `./jinku` to its end. */
  run(...args: readonly string[]): { readonly exitCode: number | null; readonly said: string } {
    const { status, stdout, stderr } = spawnSync(join(this.folder, 'jinku'), [...args], { env: this.#environment, encoding: 'utf8', timeout: COMMAND_TIMEOUT_MS });
    return { exitCode: status, said: `${stdout}${stderr}` };
  }

  /** What a started stack tells other shells of itself. */
  get state(): { readonly profile: Profile; readonly ports: Readonly<Record<string, number>>; readonly parts: readonly ListedPart[] } {
    return JSON.parse(readFileSync(join(stateFolder(this.folder), 'stack', 'state.json'), 'utf8')) as CheckoutCopy['state'];
  }

  /** As the example's institution sees a running stack. */
  get stack(): Pick<Stack, 'urls' | 'processes' | 'keysDir'> {
    const { ports, parts } = this.state;
    const urls = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`])) as Stack['urls'];
    return { urls, processes: parts, keysDir: join(stateFolder(this.folder), 'stack', 'keys') };
  }

  remove(): void {
    for (const folder of [this.folder, stateFolder(this.folder)]) rmSync(folder, { recursive: true, force: true });
  }

  /** Packages are shared, but those of the checkout are its own: each finds the others through a folder of links. */
  #linkPackages(): void {
    const [from, to] = [join(CHECKOUT, 'node_modules'), join(this.folder, 'node_modules')];
    mkdirSync(join(to, '@jinku'), { recursive: true });
    for (const name of readdirSync(from)) if (name !== '@jinku' && name !== '.jinku-install') symlinkSync(join(from, name), join(to, name));
    for (const group of ['apps', 'libs']) {
      for (const name of readdirSync(join(this.folder, group))) symlinkSync(join(this.folder, group, name), join(to, '@jinku', name));
    }
  }
}
