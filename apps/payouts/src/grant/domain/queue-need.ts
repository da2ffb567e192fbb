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

export type NeedPart = Omit<BacklogPart, 'shard' | 'bankCode'>;

/** The backlog by line and house, the largest amount first. */
export function needByLineAndHouse(parts: readonly BacklogPart[]): NeedPart[] {
  const sums = new Map<string, NeedPart>();
  for (const { businessLine, house, count, amountMinor, oldestAt } of parts) {
    const key = `${businessLine}/${house ?? ''}`;
    const sum = sums.get(key);
    const isOlder = sum === undefined || oldestAt < sum.oldestAt;
    sums.set(key, { businessLine, house, count: (sum?.count ?? 0n) + count, amountMinor: (sum?.amountMinor ?? 0n) + amountMinor, oldestAt: isOlder ? oldestAt : sum.oldestAt });
  }
  return [...sums.values()].sort((a, b) => (a.amountMinor > b.amountMinor ? -1 : a.amountMinor < b.amountMinor ? 1 : 0));
}
