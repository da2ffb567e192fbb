
/** Tells this process's dispatchers that there may be something to claim. A hint only: they look by themselves as well. */
export class DispatchBell {
  readonly #listeners = new Set<() => void>();

  ring(): void {
    for (const listener of this.#listeners) listener();
  }

  onRing(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
