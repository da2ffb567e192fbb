import type { ClearingHouse } from '@jinku/contracts';

/** Payouts of one shard that wait and go the same way. */
export interface BacklogPart {
  readonly shard: number;
  readonly businessLine: string;
  readonly bankCode: string;
  /** The house that will take them, whatever its quota; null when none may. */
  readonly house: ClearingHouse | null;
  readonly count: bigint;
  readonly amountMinor: bigint;
  /** Payouts wait since then. */
  readonly oldestAt: Date;
}

export interface Backlog {
  readonly parts: readonly BacklogPart[];
  readonly asOf: Date;
}

/** The last known sum of what waits, by house and shard. It is read from the whole queue, so a fresh reading is spaced by what the last one cost. */
export class QueueNeed {
  #backlog: Backlog | null = null;
  #needs = new Map<string, bigint>();

  get backlog(): Backlog | null {
    return this.#backlog;
  }

  of(house: ClearingHouse, shard: number): bigint {
    return this.#needs.get(`${house}/${shard}`) ?? 0n;
  }

  countOf(shard: number): bigint {
    return (this.#backlog?.parts ?? []).reduce((sum, part) => (part.shard === shard ? sum + part.count : sum), 0n);
  }

  replace(backlog: Backlog): void {
    this.#backlog = backlog;
    this.#needs = new Map();
    for (const { house, shard, amountMinor } of backlog.parts) {
      const key = `${house ?? ''}/${shard}`;
      this.#needs.set(key, (this.#needs.get(key) ?? 0n) + amountMinor);
    }
  }
}
