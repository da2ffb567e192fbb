/** The last known sum of what waits, by shard. It is read from the whole queue, so a fresh reading is spaced by what the last one cost. */
export class QueueNeed {
  #needs = new Map<number, bigint>();

  of(shard: number): bigint {
    return this.#needs.get(shard) ?? 0n;
  }

  replace(needs: ReadonlyMap<number, bigint>): void {
    this.#needs = new Map(needs);
  }
}
