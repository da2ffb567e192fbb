import type { ManagedProcess } from '@jinku/infrastructure';

export const FIRST_DELAY_MS = 100;
const DELAY_MS_MAX = 5_000;
/** Up for so long, a process has recovered: its next crash waits no longer than the first. */
const RECOVERED_AFTER_MS = 2_000;

export type ProcessState = 'STOPPED' | 'STARTING' | 'READY' | 'DIED';

/** One part of the stack: how it is started and when it is ready. */
export interface Part {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  /** Starts the process, tells of it through `spawned` as soon as there is one, and returns once it is ready; throws when it does not become so. */
  start(spawned: (process: ManagedProcess) => void): Promise<ManagedProcess>;
  /** Whether it answers right now. */
  isReady(): Promise<boolean>;
}

export type ProcessEvent =
  | { readonly type: 'READY'; readonly name: string; readonly afterMs: number }
  | { readonly type: 'DIED'; readonly name: string; readonly how: string; readonly againInMs: number };

/** Keeps one process running: starts it again when it dies, later after each death in a row. */
export class SupervisedProcess {
  readonly part: Part;
  state: ProcessState = 'STOPPED';
  restarts = 0;
  readonly #tell: (event: ProcessEvent) => void;
  #process: ManagedProcess | undefined;
  #deathsInARow = 0;
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(part: Part, tell: (event: ProcessEvent) => void) {
    this.part = part;
    this.#tell = tell;
  }

  get pid(): number | null {
    return this.#process === undefined || this.#process.hasExited ? null : this.#process.pid;
  }

  /** The first start: what fails here is wrong with the installation, so it is thrown and not tried again. */
  async start(): Promise<void> {
    this.#isStopping = false;
    const first = this.#startOnce();
    // `stop` during the start waits for it through the loop.
    this.#loop = first.then(
      (process) => this.#keepRunning(process),
      () => undefined,
    );
    await first;
  }

  /** Sends the signal; after SIGKILL waits until the process is gone. It is started again like after any other death. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const process = this.#process;
    process?.kill(signal);
    if (signal === 'SIGKILL') await process?.exited;
  }

  async isReady(): Promise<boolean> {
    return this.state === 'READY' && this.pid !== null && (await this.part.isReady());
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#process?.stop();
    await this.#loop;
    // A start that was under way has put a process of its own here.
    await this.#process?.stop();
    this.state = 'STOPPED';
  }

  async #startOnce(): Promise<ManagedProcess> {
    const began = performance.now();
    this.state = 'STARTING';
    try {
      const process = await this.part.start((spawned) => (this.#process = spawned));
      this.#process = process;
      this.state = 'READY';
      this.#tell({ type: 'READY', name: this.part.name, afterMs: performance.now() - began });
      return process;
    } catch (error) {
      this.state = 'DIED';
      throw error;
    }
  }

  async #keepRunning(first: ManagedProcess): Promise<void> {
    let process: ManagedProcess | undefined = first;
    while (!this.#isStopping) {
      const readyAt = performance.now();
      let how = 'did not become ready';
      if (process !== undefined) {
        const exit = await process.exited;
        how = exit.signal === null ? `ended with code ${exit.code}` : `was killed by ${exit.signal}`;
        if (performance.now() - readyAt > RECOVERED_AFTER_MS) this.#deathsInARow = 0;
      }
      if (this.#isStopping) return;
      await this.#waitAfterDeath(how);
      if (this.#isStopping) return;
      this.restarts += 1;
      process = await this.#startOnce().catch(() => undefined);
    }
  }

  async #waitAfterDeath(how: string): Promise<void> {
    this.state = 'DIED';
    const againInMs = restartDelayMs(this.#deathsInARow);
    this.#deathsInARow += 1;
    this.#tell({ type: 'DIED', name: this.part.name, how, againInMs });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, againInMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export function restartDelayMs(deathsInARow: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** deathsInARow, DELAY_MS_MAX);
}
