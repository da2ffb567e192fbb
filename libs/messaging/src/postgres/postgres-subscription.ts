import type { Database } from '@jinku/persistence';
import { BackOff, pause } from '../back-off.ts';
import { BATCH_BYTES_MAX, PARTITIONS_CONCURRENTLY, PartitionGivenUp, type ReceivedRecord, type SubscribeOptions } from '../message-log.ts';
import { errorFields, type MessagingLog } from '../observation.ts';
import type { BusBell } from './bus-bell.ts';
import { HeldPartitions, type ClaimedPartition, type HeldPartition } from './held-partitions.ts';
import type { BusTopic } from './postgres-message-log.ts';

const BACK_OFF = { firstMs: 50, maxMs: 1_000 };

export interface PostgresSubscriptionOptions extends Omit<SubscribeOptions, 'topics'> {
  readonly database: Database;
  readonly topics: readonly BusTopic[];
  readonly bell: BusBell;
  readonly log: MessagingLog;
  readonly member: string;
  readonly pollMs: number;
  readonly leaseMs: number;
}

interface FetchedRow {
  readonly topic_id: number;
  readonly partition: number;
  readonly record_offset: bigint;
  readonly message_key: string | null;
  readonly headers: string;
  readonly value: string;
}

/** One member of a group: renews its claims, reads the partitions it holds in turn, and stores how far it got. */
export class PostgresSubscription {
  readonly #options: PostgresSubscriptionOptions;
  readonly #held: HeldPartitions;
  readonly #topicIds: readonly number[];
  readonly #stopping = new AbortController();
  #rang = false;
  #bell: () => void = () => undefined;
  #turn = 0;
  #committing: Promise<void> | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | null = null;

  constructor(options: PostgresSubscriptionOptions) {
    this.#options = options;
    this.#topicIds = options.topics.map((topic) => topic.topicId);
    this.#held = new HeldPartitions(new Map(options.topics.map((topic) => [topic.topicId, topic.name])));
  }

  async start(): Promise<void> {
    await this.#claim();
    this.#running = Promise.all([this.#keepClaims(), this.#deliver()]);
  }

  async close(): Promise<void> {
    this.#closed ??= this.#leave();
    await this.#closed;
  }

  async #leave(): Promise<void> {
    this.#stopping.abort();
    for (const held of this.#held.all()) held.givenUp.abort(new PartitionGivenUp('closing'));
    this.#ring();
    await this.#running;
    await Promise.all(this.#held.busy());
    try {
      await this.#commit();
      await this.#release(this.#held.all(), true);
    } catch (error) {
      // The others take over when the lease has run out.
      this.#options.log.warn('bus-leave-failed', { group: this.#options.group, ...errorFields(error) });
    }
  }

  async #keepClaims(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await pause(this.#options.leaseMs / 3, signal);
      if (signal.aborted) return;
      try {
        await this.#claim();
        await this.#releaseUnwanted();
      } catch (error) {
        this.#options.log.warn('bus-claim-failed', { group: this.#options.group, ...errorFields(error) });
      }
    }
  }

  async #claim(): Promise<void> {
    const { database, group, member, leaseMs } = this.#options;
    const parameters = [group, member, this.#topicIds, leaseMs];
    const claimed = await database.query<ClaimedPartition>('SELECT * FROM bus.claim($1, $2, $3, $4)', parameters);
    const before = this.#held.all().length;
    this.#held.update(claimed);
    if (this.#held.all().length > before) this.#ring();
  }

  async #releaseUnwanted(): Promise<void> {
    const unwanted = this.#held.all().filter((held) => !held.isWanted && held.busy === null);
    if (unwanted.length === 0) return;
    await this.#commit();
    await this.#release(unwanted, false);
    for (const held of unwanted) this.#held.lose(held);
  }

  async #release(partitions: readonly HeldPartition[], leaves: boolean): Promise<void> {
    const { database, group, member } = this.#options;
    await database.query('SELECT bus.release($1, $2, $3, $4, $5)', [
      group,
      member,
      partitions.map((held) => held.topicId),
      partitions.map((held) => held.partition),
      leaves,
    ]);
  }

  async #deliver(): Promise<void> {
    const { signal } = this.#stopping;
    const stopListening = this.#options.bell.listen(this.#options.topics.map((topic) => topic.name), () => this.#ring());
    const backOff = new BackOff(BACK_OFF);
    while (!signal.aborted) {
      this.#rang = false;
      try {
        const started = await this.#startBatches();
        backOff.reset();
        if (!started) await this.#waitForBell(this.#options.pollMs);
      } catch (error) {
        this.#options.log.warn('bus-fetch-failed', { group: this.#options.group, ...errorFields(error) });
        await backOff.pause(signal);
      }
    }
    stopListening();
  }

  /** Fetches for as many idle partitions as may run; true when there was something. */
  async #startBatches(): Promise<boolean> {
    const slots = (this.#options.partitionsConcurrently ?? PARTITIONS_CONCURRENTLY) - this.#held.busy().length;
    const idle = this.#held.idle();
    if (slots <= 0 || idle.length === 0) return false;
    const rows = await this.#fetch(idle, slots);
    const batches = new Map<HeldPartition, ReceivedRecord[]>();
    for (const row of rows) {
      const held = this.#held.find(row.topic_id, row.partition);
      if (held === undefined || !held.isWanted) continue;
      const records = batches.get(held) ?? [];
      batches.set(held, records);
      const headers = JSON.parse(row.headers) as Record<string, string>;
      records.push({ offset: row.record_offset, key: row.message_key, value: row.value, headers });
    }
    for (const [held, records] of batches) {
      // A partition that was lost and won again while the rows were read stands elsewhere.
      if (records[0]!.offset >= held.position) held.busy = this.#handle(held, records);
    }
    return batches.size > 0;
  }

  async #fetch(idle: readonly HeldPartition[], slots: number): Promise<FetchedRow[]> {
    return await this.#options.database.query<FetchedRow>(
      `SELECT p.topic_id, p.partition, r.record_offset, r.message_key, r.headers, r.value
       FROM (
         SELECT w.* FROM unnest($1::int[], $2::int[], $3::bigint[]) WITH ORDINALITY AS w(topic_id, partition, position, turn)
         JOIN bus.topic_partition t ON t.topic_id = w.topic_id AND t.partition = w.partition AND t.next_offset > w.position
         ORDER BY w.turn LIMIT $4
       ) p
       CROSS JOIN LATERAL (
         SELECT s.* FROM (
           SELECT n.*,
             sum(octet_length(n.value)) OVER (ORDER BY n.record_offset ROWS UNBOUNDED PRECEDING) - octet_length(n.value) AS bytes_before
           FROM (
             SELECT record_offset, message_key, headers, value FROM bus.record
             WHERE topic_id = p.topic_id AND partition = p.partition AND record_offset >= p.position ORDER BY record_offset LIMIT $5
           ) n
         ) s WHERE s.bytes_before < $6
       ) r
       ORDER BY p.turn, r.record_offset`,
      [
        idle.map((held) => held.topicId),
        idle.map((held) => held.partition),
        idle.map((held) => held.position),
        slots,
        this.#options.maxBatch,
        BATCH_BYTES_MAX,
      ],
    );
  }

  async #handle(held: HeldPartition, records: readonly ReceivedRecord[]): Promise<void> {
    this.#turn += 1;
    held.servedAt = this.#turn;
    const { signal } = held.givenUp;
    try {
      await this.#options.onBatch({ topic: held.topic, partition: held.partition, records, signal });
      held.position = records.at(-1)!.offset + 1n;
      void this.#commitSoon();
    } catch (error) {
      if (!signal.aborted) {
        const { topic, partition } = held;
        this.#options.log.warn('bus-batch-rejected', { group: this.#options.group, topic, partition, ...errorFields(error) });
        await pause(BACK_OFF.firstMs, signal);
      }
    }
    held.busy = null;
    this.#ring();
  }

  /** One statement stores all that was reached while the one before it ran. */
  async #commitSoon(): Promise<void> {
    if (this.#committing !== null) return;
    this.#committing = this.#commit()
      .catch((error: unknown) => this.#options.log.warn('bus-commit-failed', { group: this.#options.group, ...errorFields(error) }))
      .finally(() => {
        this.#committing = null;
      });
    await this.#committing;
  }

  async #commit(): Promise<void> {
    const { database, group, member } = this.#options;
    for (;;) {
      const moved = this.#held.all().filter((held) => held.position > held.committed);
      if (moved.length === 0) return;
      const reached = moved.map((held) => held.position);
      const accepted = await database.query<{ topic_id: number; partition: number }>('SELECT * FROM bus.commit($1, $2, $3, $4, $5, $6)', [
        group,
        member,
        moved.map((held) => held.topicId),
        moved.map((held) => held.partition),
        moved.map((held) => held.epoch),
        reached,
      ]);
      moved.forEach((held, index) => {
        if (accepted.some((row) => row.topic_id === held.topicId && row.partition === held.partition)) held.committed = reached[index]!;
        else this.#held.lose(held);
      });
    }
  }

  #ring(): void {
    this.#rang = true;
    this.#bell();
  }

  async #waitForBell(waitMs: number): Promise<void> {
    if (this.#rang || this.#stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#bell = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#bell = () => undefined;
  }
}
