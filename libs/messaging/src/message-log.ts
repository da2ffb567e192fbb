/** One record to append. The key picks the partition and keeps the order. */
export interface LogRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a record stands in its topic. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: bigint;
}

export interface ReceivedRecord {
  readonly offset: bigint;
  /** Outside senders may leave it out; such a record has no order. */
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  /** In the order of the partition. */
  readonly records: readonly ReceivedRecord[];
  /** Aborted when the partition is given up: finish the attempt under way, start no other, and reject. */
  readonly signal: AbortSignal;
}

export interface SubscribeOptions {
  /** The members of a group share the partitions of its topics. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Most records in one batch. */
  readonly maxBatch: number;
  /** How many partitions are handled side by side; 4 when not given. */
  readonly partitionsConcurrently?: number;
  /** Bytes a fetch waits for, at most 250 ms; 1 when not given. Only the cluster profile lingers. */
  readonly fetchMinBytes?: number;
  /** The offset moves when it resolves; when it rejects, the same records are delivered again. */
  onBatch(batch: RecordBatch): Promise<void>;
}

export interface Subscription {
  /** Lets batches in hand finish, stores their offsets and leaves the group. */
  close(): Promise<void>;
}

/**
 * An append-only log of topics, each of a fixed number of partitions: PostgreSQL in the embedded profile, Kafka in the cluster. Records are
 * delivered at least once, and in the order of their partition.
 */
export interface MessageLog {
  /** Creates what is missing. Appending and subscribing do it too, at their first use of a topic. */
  ensureTopics(topics: readonly string[]): Promise<void>;
  /** Resolves when the records are durable, with their positions in the order given; when it rejects they may or may not be in the log. */
  append(records: readonly LogRecord[]): Promise<readonly RecordPosition[]>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  close(): Promise<void>;
}

export const PARTITIONS_CONCURRENTLY = 4;
export const BATCH_BYTES_MAX = 1_048_576;

/** The log did not take the records within its time. They may be in it; appending them again is right. */
export class LogUnavailable extends Error {
  constructor(cause: unknown) {
    super('the message log is not available', { cause });
    this.name = 'LogUnavailable';
  }
}

/** A subscription gave the partition up; the records are delivered again to its next owner. */
export class PartitionGivenUp extends Error {
  constructor(reason: string) {
    super(`the partition was given up: ${reason}`);
    this.name = 'PartitionGivenUp';
  }
}
