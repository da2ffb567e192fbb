export interface GroupCommitOptions<I, O> {
  /** Most items in one flush. */
  readonly itemsMax: number;
  /** How long the first item waits for company. */
  readonly lingerMs: number;
  /** Flushes that may run side by side. */
  readonly flushesMax: number;
  /** Does the work of all items in one transaction; answers in the order of the items. An item may fail alone by answering an Error. */
  readonly flush: (items: readonly I[]) => Promise<readonly (O | Error)[]>;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (output: O) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects calls that arrive within a few milliseconds so that they share one transaction; each caller is answered after its commit. */
export class GroupCommit<I, O> {
  readonly #options: GroupCommitOptions<I, O>;
  #waiting: Waiting<I, O>[] = [];
  #timer: NodeJS.Timeout | null = null;
  #running = 0;

  constructor(options: GroupCommitOptions<I, O>) {
    this.#options = options;
  }

  submit(item: I): Promise<O> {
    return new Promise<O>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= this.#options.itemsMax) this.#start();
      else this.#timer ??= setTimeout(() => this.#start(), this.#options.lingerMs);
    });
  }

  /** Waits until everything submitted so far has been answered. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running > 0) {
      this.#start();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#running >= this.#options.flushesMax || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.#options.itemsMax);
    this.#running += 1;
    void this.#flush(batch).finally(() => {
      this.#running -= 1;
      this.#start();
    });
  }

  async #flush(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const outputs = await this.#options.flush(batch.map((waiting) => waiting.item));
      batch.forEach((waiting, index) => {
        const output = outputs[index];
        if (output instanceof Error) waiting.reject(output);
        else waiting.resolve(output as O);
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }
}
