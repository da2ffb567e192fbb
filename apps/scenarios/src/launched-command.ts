import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { birthOf } from '@jinku/infrastructure';

const POLL_MS = 50;

/** A command of `./jinku` in a process group of its own, as a terminal starts it, and everything that it has started since. */
export class LaunchedCommand {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #stateDir: string;
  readonly #exited: Promise<number | null>;
  #said = '';

  constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv, stateDir: string) {
    this.#child = spawn(command, [...args], { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (this.#child.pid === undefined) throw new Error(`${command} could not be started`);
    this.pid = this.#child.pid;
    this.#stateDir = stateDir;
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString('utf8')));
    this.#exited = new Promise((resolve) => this.#child.once('exit', (code) => resolve(code)));
  }

  /** Waits until the words are on the screen; throws with what is there when the command ends, or the time, before them. */
  async waitFor(words: string, { withinMs }: { withinMs: number }): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!this.#said.includes(words)) {
      if (this.#hasExited || performance.now() > deadline) throw new Error(`not told: ${words}\n${this.#said}`);
      await pause(POLL_MS);
    }
  }

  /** Ctrl-C: the signal goes to the terminal's whole group. Tells the exit code, and which processes are still there afterwards. */
  async interrupt({ withinMs }: { withinMs: number }): Promise<{ exitCode: number | null; leftBehind: string[] }> {
    const before = this.#family();
    if (this.#hasExited) return { exitCode: await this.#exited, leftBehind: stillThere(before, this.#stateDir) };
    process.kill(-this.pid, 'SIGINT');
    const exitCode = await Promise.race([this.#exited, pause(withinMs, null)]);
    return { exitCode, leftBehind: stillThere(before, this.#stateDir) };
  }

  /** The hardest end: the launcher stands still, so that it can restart nothing, while everything of it is killed, it itself last. */
  async killEverything(): Promise<void> {
    process.kill(this.pid, 'SIGSTOP');
    const family = this.#family();
    for (const { pid } of [...family.filter((member) => member.pid !== this.pid), { pid: this.pid }]) killIfThere(pid);
    await this.#exited;
    while (family.some(({ pid, birth }) => birthOf(pid) === birth)) await pause(POLL_MS);
  }

  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #family(): Member[] {
    return familyOf(this.pid).flatMap((pid) => {
      const birth = birthOf(pid);
      return birth === null ? [] : [{ pid, birth }];
    });
  }
}

interface Member {
  readonly pid: number;
  readonly birth: string;
}

/** The process and all that descend from it, whatever group they are in. */
function familyOf(root: number): number[] {
  const parents = new Map(pids().map((pid) => [pid, parentOf(pid)]));
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function stillThere(family: readonly Member[], stateDir: string): string[] {
  const members = family.filter(({ pid, birth }) => birthOf(pid) === birth).map(({ pid }) => pid);
  const strays = pids().filter((pid) => commandLineOf(pid).includes(stateDir));
  return [...new Set([...members, ...strays])].map((pid) => `${pid} ${commandLineOf(pid)}`);
}

function pids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** The fourth field; the second one, the name, may hold blanks and brackets. */
function parentOf(pid: number): number {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandLineOf(pid: number): string {
  return readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended between the listing and this.
    return '';
  }
}
