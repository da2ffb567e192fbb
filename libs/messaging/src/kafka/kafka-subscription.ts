import type { Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import { BackOff } from '../back-off.ts';
import { BATCH_BYTES_MAX, PARTITIONS_CONCURRENTLY, PartitionGivenUp, type ReceivedRecord, type SubscribeOptions } from '../message-log.ts';
import { errorFields, type MessagingLog } from '../observation.ts';
import { within } from './deadline.ts';

/** Heartbeats in a session's time; a missed one must not cost the partitions. */
const HEARTBEATS_PER_SESSION = 6;
const REBALANCE_TIMEOUT_MS = 20_000;
/** How long the broker holds a fetch back for company: a fetch of all partitions takes it 2 ms, however little it brings. */
const FETCH_WAIT_MS = 250;
/**
 * How long it holds back a fetch that any message answers at once: an idle consumer asks so often, and tells by it that it lives. Closing one may
 * take as long.
 */
const IDLE_FETCH_WAIT_MS = 2_000;
const JOIN_WAIT_MS = 15_000;
/**
 * How long a handled batch's offset may wait for company: a request to the broker costs it 2 ms, and what is delivered again after a crash the
 * inbox knows.
 */
const OFFSETS_EVERY_MS = 1_000;
const DISCONNECT_DEADLINE_MS = 8_000;
/** With kafkajs's own defaults a consumer stays silent for 30 s after an outage. */
const CONSUMER_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 100_000 };

/** kafkajs takes some kinds of error for a bug of its own and stops for good; this one it tries again. */
class BatchRejected extends Error {
  constructor(cause: unknown) {
    super('the batch was not handled', { cause });
    this.name = 'BatchRejected';
  }
}

export interface KafkaSubscriptionOptions extends SubscribeOptions {
  readonly sessionTimeoutMs: number;
  readonly log: MessagingLog;
}

/** One member of a consumer group. Where kafkajs gives up, it is made anew. */
export class KafkaSubscription {
  readonly #kafka: Kafka;
  readonly #options: KafkaSubscriptionOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #uncommitted: { readonly payload: EachBatchPayload; readonly timer: NodeJS.Timeout } | undefined;

  constructor(kafka: Kafka, options: KafkaSubscriptionOptions) {
    this.#kafka = kafka;
    this.#options = options;
  }

  /** Resolves when the group was joined, or when that takes so long that starting must not wait for it. */
  async start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, JOIN_WAIT_MS);
      this.#running = this.#run(resolve);
    });
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.#closing.abort(new PartitionGivenUp('closing'));
    await this.#running;
  }

  async #run(onJoin: () => void): Promise<void> {
    const { signal } = this.#closing;
    const closed = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const backOff = new BackOff({ firstMs: CONSUMER_RETRY.initialRetryTime, maxMs: CONSUMER_RETRY.maxRetryTime });
    while (!signal.aborted) {
      const consumer = this.#consumer();
      consumer.on(consumer.events.GROUP_JOIN, () => {
        backOff.reset();
        onJoin();
      });
      try {
        await Promise.race([this.#consume(consumer), closed]);
      } catch (error) {
        this.#options.log.warn('kafka-consumer-failed', { group: this.#options.group, ...errorFields(error) });
      }
      await this.#commitOffsets();
      try {
        // Leaving the group lets the others take over at once; a member that just dies holds its partitions for the session's time.
        await within(DISCONNECT_DEADLINE_MS, consumer.disconnect());
      } catch (error) {
        this.#options.log.warn('kafka-consumer-not-closed', { group: this.#options.group, ...errorFields(error) });
      }
      await backOff.pause(signal);
    }
  }

  #heartbeatMs(): number {
    return this.#options.sessionTimeoutMs / HEARTBEATS_PER_SESSION;
  }

  #consumer(): Consumer {
    return this.#kafka.consumer({
      groupId: this.#options.group,
      sessionTimeout: this.#options.sessionTimeoutMs,
      heartbeatInterval: this.#heartbeatMs(),
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: this.#options.fetchMinBytes === undefined ? IDLE_FETCH_WAIT_MS : FETCH_WAIT_MS,
      minBytes: this.#options.fetchMinBytes ?? 1,
      maxBytesPerPartition: BATCH_BYTES_MAX,
      maxBytes: BATCH_BYTES_MAX * (this.#options.partitionsConcurrently ?? PARTITIONS_CONCURRENTLY),
      allowAutoTopicCreation: false,
      retry: { ...CONSUMER_RETRY, restartOnFailure: () => Promise.resolve(!this.#closing.signal.aborted) },
    });
  }

  /** Runs until kafkajs stops for good; that rejects. */
  async #consume(consumer: Consumer): Promise<void> {
    const crashed = new Promise<never>((_resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
    });
    // Before the race below begins, a crash must not count as a rejection that nobody handles.
    crashed.catch(() => undefined);
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      autoCommit: false,
      partitionsConsumedConcurrently: this.#options.partitionsConcurrently ?? PARTITIONS_CONCURRENTLY,
      eachBatch: (payload) => this.#handle(payload),
    });
    await crashed;
  }

  async #handle(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const givenUp = new AbortController();
    const rebalance: { error: unknown }[] = [];
    const beat = setInterval(() => {
      heartbeat().catch((error: unknown) => {
        // The group rebalances, or does not know this member any more: what is under way may finish, nothing else may begin.
        rebalance.push({ error });
        givenUp.abort(new PartitionGivenUp('the group rebalances'));
      });
    }, this.#heartbeatMs());
    const signal = AbortSignal.any([givenUp.signal, this.#closing.signal]);
    try {
      for (let from = 0; from < batch.messages.length && isRunning() && !isStale() && !signal.aborted; from += this.#options.maxBatch) {
        const messages = batch.messages.slice(from, from + this.#options.maxBatch);
        await this.#options.onBatch({ topic: batch.topic, partition: batch.partition, records: messages.map(receivedRecord), signal });
        resolveOffset(messages.at(-1)!.offset);
        this.#uncommitted ??= { payload, timer: setTimeout(() => void this.#commitOffsets(), OFFSETS_EVERY_MS) };
      }
    } catch (error) {
      if (rebalance.length === 0) throw new BatchRejected(error);
    } finally {
      clearInterval(beat);
    }
    // At a rebalance and at closing the next owner begins where this one committed.
    if (signal.aborted) await this.#commitOffsets();
    // Told to kafkajs as it came, so that it joins the group again.
    if (rebalance.length > 0) throw rebalance[0]!.error;
  }

  /** Stores what was resolved in all partitions. Where that fails, the records are delivered again. */
  async #commitOffsets(): Promise<void> {
    if (this.#uncommitted === undefined) return;
    const { payload, timer } = this.#uncommitted;
    clearTimeout(timer);
    this.#uncommitted = undefined;
    try {
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    } catch (error) {
      this.#options.log.info('kafka-offsets-not-stored', { group: this.#options.group, ...errorFields(error) });
    }
  }
}

function receivedRecord(message: KafkaMessage): ReceivedRecord {
  return {
    offset: BigInt(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value === null ? '' : message.value.toString(),
    headers: headersOf(message.headers ?? {}),
  };
}

function headersOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name, first.toString()]];
    }),
  );
}
