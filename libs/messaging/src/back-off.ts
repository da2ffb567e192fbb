import { setTimeout as wait } from 'node:timers/promises';

export interface BackOffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Waits twice as long each time, up to a limit; ends early, without an error, when the signal is aborted. */
export class BackOff {
  readonly #options: BackOffOptions;
  #nextMs: number;

  constructor(options: BackOffOptions) {
    this.#options = options;
    this.#nextMs = options.firstMs;
  }

  async pause(signal?: AbortSignal): Promise<void> {
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(this.#nextMs * 2, this.#options.maxMs);
    await pause(waitMs, signal);
  }

  reset(): void {
    this.#nextMs = this.#options.firstMs;
  }
}

/** Waits; ends early, without an error, when the signal is aborted. */
export async function pause(waitMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(waitMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal === undefined || !signal.aborted) throw error;
  }
}
