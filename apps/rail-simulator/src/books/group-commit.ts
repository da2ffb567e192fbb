export interface GroupCommitOptions<I, O> {
  readonly itemsMax: number;
  /** How long the first item waits for company. */
  readonly lingerMs: number;
  /** Does all of them in one transaction; answers in their order. */
  readonly flush: (items: readonly I[]) => Promise<readonly O[]>;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (output: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Requests that arrive within a few milliseconds share one transaction; each is answered after its commit. One flush at a time, so that
 * flushes see each other.
 */
export class GroupCommit<I, O> {
  readonly #options: GroupCommitOptions<I, O>;
  #waiting: Waiting<I, O>[] = [];
  #between: (() => Promise<void>)[] = [];
  #wakeLinger: (() => void) | null = null;
  #loop: Promise<void> | null = null;
  flushes = 0;

  constructor(options: GroupCommitOptions<I, O>) {
    this.#options = options;
  }

  submit(item: I): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= this.#options.itemsMax) this.#wakeLinger?.();
      this.#start();
    });
  }

  /** Runs the work while no flush is under way. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#between.push(() => work().then(resolve, reject));
      this.#wakeLinger?.();
      this.#start();
    });
  }

  /** Waits until everything submitted so far has been answered. */
  async drain(): Promise<void> {
    await this.#loop;
  }

  #start(): void {
    this.#loop ??= this.#run().finally(() => {
      this.#loop = null;
      if (this.#waiting.length > 0 || this.#between.length > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 || this.#between.length > 0) {
      const work = this.#between.shift();
      if (work !== undefined) {
        await work();
        continue;
      }
      if (this.#waiting.length < this.#options.itemsMax) await this.#linger();
      await this.#flush(this.#waiting.splice(0, this.#options.itemsMax));
    }
  }

  #linger(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wakeLinger?.(), this.#options.lingerMs);
      this.#wakeLinger = () => {
        this.#wakeLinger = null;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #flush(batch: readonly Waiting<I, O>[]): Promise<void> {
    this.flushes += 1;
    try {
      const outputs = await this.#options.flush(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, at) => resolve(outputs[at] as O));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
