import { PartitionGivenUp } from '../message-log.ts';

/** A partition that this member holds. */
export interface HeldPartition {
  readonly topicId: number;
  readonly topic: string;
  readonly partition: number;
  readonly epoch: bigint;
  /** Made anew when the partition stays here after all. */
  givenUp: AbortController;
  /** The next offset to read. */
  position: bigint;
  /** What the log was last told. */
  committed: bigint;
  isWanted: boolean;
  busy: Promise<void> | null;
  /** Grows with each batch, so that partitions take turns. */
  servedAt: number;
}

export interface ClaimedPartition {
  readonly topic_id: number;
  readonly partition: number;
  readonly epoch: bigint;
  readonly committed_offset: bigint;
  readonly wanted: boolean;
}

/** What one member of a group holds, as the log said last. */
export class HeldPartitions {
  readonly #held = new Map<string, HeldPartition>();
  readonly #topicNames: ReadonlyMap<number, string>;

  constructor(topicNames: ReadonlyMap<number, string>) {
    this.#topicNames = topicNames;
  }

  /** Takes over the log's answer: what is missing in it, or in a later epoch, was lost to another member. */
  update(claimed: readonly ClaimedPartition[]): void {
    const seen = new Set<string>();
    for (const claim of claimed) {
      const key = keyOf(claim.topic_id, claim.partition);
      seen.add(key);
      const known = this.#held.get(key);
      if (known !== undefined && known.epoch === claim.epoch) {
        known.isWanted = claim.wanted;
        if (!claim.wanted) known.givenUp.abort(new PartitionGivenUp('another member takes over'));
        else if (known.givenUp.signal.aborted) known.givenUp = new AbortController();
        continue;
      }
      known?.givenUp.abort(new PartitionGivenUp('lost to another member'));
      this.#held.set(key, {
        topicId: claim.topic_id,
        topic: this.#topicNames.get(claim.topic_id)!,
        partition: claim.partition,
        epoch: claim.epoch,
        givenUp: new AbortController(),
        position: claim.committed_offset,
        committed: claim.committed_offset,
        isWanted: claim.wanted,
        busy: null,
        servedAt: 0,
      });
    }
    for (const [key, held] of this.#held) if (!seen.has(key)) this.#drop(key, held);
  }

  all(): HeldPartition[] {
    return [...this.#held.values()];
  }

  /** Free to take a batch, the longest unserved first. */
  idle(): HeldPartition[] {
    return this.all()
      .filter((held) => held.isWanted && held.busy === null)
      .sort((a, b) => a.servedAt - b.servedAt);
  }

  busy(): Promise<void>[] {
    return this.all().flatMap((held) => held.busy ?? []);
  }

  find(topicId: number, partition: number): HeldPartition | undefined {
    return this.#held.get(keyOf(topicId, partition));
  }

  /** The log refused an offset: the epoch is over. */
  lose(held: HeldPartition): void {
    const key = keyOf(held.topicId, held.partition);
    if (this.#held.get(key) === held) this.#drop(key, held);
  }

  #drop(key: string, held: HeldPartition): void {
    held.givenUp.abort(new PartitionGivenUp('lost to another member'));
    this.#held.delete(key);
  }
}

function keyOf(topicId: number, partition: number): string {
  return `${topicId}/${partition}`;
}
