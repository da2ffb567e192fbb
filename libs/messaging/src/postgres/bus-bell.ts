import { EventEmitter } from 'node:events';

const bells = new Map<string, BusBell>();

/**
 * Tells the consumers of this process that a topic has grown, so that in the embedded profile, where everything is one process, nobody
 * waits for
 * the next poll. A hint only: what other processes append is found by polling.
 */
export class BusBell {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  /** One bell for all logs of a process in the same database. */
  static of(database: string): BusBell {
    const known = bells.get(database);
    if (known !== undefined) return known;
    const bell = new BusBell();
    bells.set(database, bell);
    return bell;
  }

  ring(topics: Iterable<string>): void {
    for (const topic of topics) this.#emitter.emit(topic);
  }

  /** Calls `listener` at each ring of one of the topics; the answer ends that. */
  listen(topics: readonly string[], listener: () => void): () => void {
    for (const topic of topics) this.#emitter.on(topic, listener);
    return () => {
      for (const topic of topics) this.#emitter.off(topic, listener);
    };
  }
}
