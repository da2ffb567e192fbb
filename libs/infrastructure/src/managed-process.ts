import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { limitLog } from './log-file.ts';

const STOP_TIMEOUT_MS = 15_000;

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Appended to, so that it can be emptied by `limitLog` while the process runs. */
  readonly logFile: string;
  /** The operating-system user to run as; only root may give one. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What asks the process to stop in order. */
  readonly stopSignal?: NodeJS.Signals;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One child process with its log file. When this process dies, however hard, a guard stops the child too: nothing is left behind. */
export class ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #guard: ChildProcess;
  readonly #stopSignal: NodeJS.Signals;
  #hasExited = false;

  private constructor(options: ProcessOptions, child: ChildProcess) {
    if (child.pid === undefined) throw new Error(`${options.name} could not be started: ${options.command}`);
    this.name = options.name;
    this.pid = child.pid;
    this.#child = child;
    this.#stopSignal = options.stopSignal ?? 'SIGTERM';
    this.#guard = guardOf(this.pid, this.#stopSignal);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#hasExited = true;
        this.#guard.kill('SIGKILL');
        resolve({ code, signal });
      });
    });
  }

  static start(options: ProcessOptions): ManagedProcess {
    mkdirSync(dirname(options.logFile), { recursive: true });
    limitLog(options.logFile);
    // For the owner alone: the gateway's log holds the first administrator's password.
    const log = openSync(options.logFile, 'a', 0o600);
    try {
      const child = spawn(options.command, [...options.args], {
        stdio: ['ignore', log, log],
        // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the parts in order.
        detached: true,
        ...(options.env === undefined ? {} : { env: options.env }),
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.user === undefined ? {} : options.user),
      });
      child.on('error', () => undefined);
      return new ManagedProcess(options, child);
    } finally {
      closeSync(log);
    }
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.#hasExited) this.#child.kill(signal);
  }

  /** Asks, waits, and kills what does not listen. */
  async stop(): Promise<Exit> {
    this.kill(this.#stopSignal);
    const timer = setTimeout(() => this.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }
}

/** A shell that reads a pipe we hold: the pipe closes when we die, and then it stops the child. */
function guardOf(pid: number, signal: NodeJS.Signals): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', `read _; kill -${signal.slice(3)} ${pid} 2>/dev/null`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
}
