import type { Clock } from '@jinku/calendar';
import { isTransient, type Database, type Tx } from '@jinku/persistence';
import { BackOff } from './back-off.ts';
import { deliveryOf, withoutNul, type Delivery } from './delivery.ts';
import type { Envelope, ReadableContract } from './envelope.ts';
import { Inbox, lockParkedKey } from './inbox.ts';
import { PartitionGivenUp, type RecordBatch } from './message-log.ts';
import { errorFields, type MessagingLog, type Observe } from './observation.ts';
import {
  insertParked,
  lockReplayableHead,
  markReplayed,
  parkAgain,
  ParkedState,
  type NewParkedMessage,
  type ParkedMessageRow,
} from './parked-message.row.ts';

export interface RetryPolicy {
  /** How often a whole batch is tried before it is cut in halves. */
  readonly batchAttempts: number;
  /** How often a single message is tried before it is parked. */
  readonly messageAttempts: number;
  readonly firstPauseMs: number;
  readonly pauseMaxMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { batchAttempts: 2, messageAttempts: 4, firstPauseMs: 50, pauseMaxMs: 2_000 };

export interface BatchConsumerOptions {
  readonly consumer: string;
  readonly contracts: readonly ReadableContract[];
  readonly database: Database;
  readonly clock: Clock;
  /** Runs the handler; throws what it throws. */
  readonly invoke: (batch: { readonly tx: Tx; readonly messages: readonly Envelope[] }) => Promise<void>;
  readonly retry: RetryPolicy;
  readonly log: MessagingLog;
  readonly observe: Observe;
}

interface Poison {
  readonly failure: string;
  readonly attempts: number;
}

interface Outcome {
  readonly duplicates: number;
  readonly parked: readonly NewParkedMessage[];
}

/**
 * Handles the batches of one consumer: inbox, handler and parking in one transaction, so that each message has its effect once or is parked
 * once. A database that is away or in the way is waited for without end. Any other failure is tried again, then cut in halves until the
 * message that keeps failing stands alone and is parked.
 */
export class BatchConsumer {
  readonly #options: BatchConsumerOptions;
  readonly #contracts: ReadonlyMap<string, ReadableContract>;
  readonly #inbox = new Inbox();

  constructor(options: BatchConsumerOptions) {
    this.#options = options;
    this.#contracts = new Map(options.contracts.map((contract) => [contract.name, contract]));
  }

  /** Resolves when every message of the batch has taken effect or is parked. */
  async handle(batch: RecordBatch): Promise<void> {
    const startedAt = performance.now();
    const deliveries = uniqueDeliveries(batch, this.#contracts);
    if (deliveries.length === 0) return;
    const { duplicates, parked } = await this.#settle(deliveries, batch.signal, this.#options.retry.batchAttempts);
    const { consumer, clock, observe } = this.#options;
    observe({
      kind: 'BATCH_HANDLED',
      consumer,
      topic: batch.topic,
      messages: deliveries.length,
      duplicates,
      parked: parked.length,
      handledMs: performance.now() - startedAt,
      ageMs: Math.max(0, ...deliveries.map(({ envelope }) => (envelope === null || envelope.undecodable !== undefined ? 0 : clock.now().getTime() - envelope.time.getTime()))),
    });
  }

  /** Replays what may be replayed under one key, in order, until none is left or one fails. */
  async replay(key: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#replayHead(key, signal)));
  }

  async #settle(deliveries: readonly Delivery[], signal: AbortSignal, attempts: number): Promise<Outcome> {
    const tries = deliveries.length === 1 ? this.#options.retry.messageAttempts : attempts;
    const failure = await this.#tryRepeatedly(tries, signal, () => this.#attempt(deliveries));
    if ('outcome' in failure) return failure.outcome;
    if (deliveries.length === 1) return await this.#park(deliveries[0]!, { failure: failureText(failure.error), attempts: tries }, signal);
    // The first half is settled before the second begins, which keeps the order; a half is tried once, for what failed was tried already.
    const middle = deliveries.length >> 1;
    const first = await this.#settle(deliveries.slice(0, middle), signal, 1);
    const second = await this.#settle(deliveries.slice(middle), signal, 1);
    return { duplicates: first.duplicates + second.duplicates, parked: [...first.parked, ...second.parked] };
  }

  async #park(delivery: Delivery, poison: Poison, signal: AbortSignal): Promise<Outcome> {
    const settled = await this.#tryRepeatedly(Infinity, signal, () => this.#attempt([delivery], poison));
    if ('outcome' in settled) return settled.outcome;
    throw settled.error;
  }

  /** Waits out what is transient without counting it; answers the error when all tries are used up. */
  async #tryRepeatedly<T>(tries: number, signal: AbortSignal, work: () => Promise<T>): Promise<{ outcome: T } | { error: unknown }> {
    const { consumer, log, observe, retry } = this.#options;
    const backOff = new BackOff({ firstMs: retry.firstPauseMs, maxMs: retry.pauseMaxMs });
    for (let failed = 0; ; ) {
      if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new PartitionGivenUp('stopping');
      try {
        return { outcome: await work() };
      } catch (error) {
        const transient = isTransient(error);
        if (!transient) failed += 1;
        observe({ kind: 'ATTEMPT_FAILED', consumer, isTransient: transient });
        log.warn('message-batch-failed', { consumer, isTransient: transient, ...errorFields(error) });
        if (failed >= tries) return { error };
        await backOff.pause(signal);
      }
    }
  }

  /** One transaction: marks as seen, handles what is new and readable, parks the poison and whatever waits behind a parked message. */
  async #attempt(deliveries: readonly Delivery[], poison?: Poison): Promise<Outcome> {
    const { consumer, database, invoke, observe, log } = this.#options;
    const outcome = await database.transaction(async (tx) => {
      const { fresh, blockedKeys } = await this.#inbox.admit(tx, consumer, deliveries);
      const blocked = new Set(blockedKeys);
      const messages: Envelope[] = [];
      const parked: NewParkedMessage[] = [];
      for (const delivery of deliveries) {
        if (!fresh.has(delivery.inboxId)) continue;
        const failure = poison?.failure ?? delivery.unreadable;
        if (blocked.has(delivery.key)) parked.push(parkedFrom(delivery, { state: ParkedState.BEHIND, failure: null, attempts: 0 }));
        else if (failure !== null) {
          parked.push(parkedFrom(delivery, { state: ParkedState.PARKED, failure, attempts: poison?.attempts ?? 1 }));
          blocked.add(delivery.key);
        } else messages.push(delivery.envelope!);
      }
      if (messages.length > 0) await invoke({ tx, messages });
      await insertParked(tx, consumer, parked);
      return { duplicates: deliveries.length - fresh.size, parked };
    });
    if (outcome.parked.length > 0) {
      observe({ kind: 'MESSAGES_PARKED', consumer, messages: outcome.parked.length });
      for (const { topic, partition, offset, messageId, type, state, failure } of outcome.parked) {
        log.error('message-parked', { consumer, topic, partition, offset: String(offset), messageId, type, state, failure });
      }
    }
    return outcome;
  }

  /** False when the key has nothing more to replay now. */
  async #replayHead(key: string, signal: AbortSignal): Promise<boolean> {
    const { consumer, database, invoke, log } = this.#options;
    let head: ParkedMessageRow | null = null;
    const settled = await this.#tryRepeatedly(1, signal, () =>
      database.transaction(async (tx) => {
        await lockParkedKey(tx, consumer, key);
        head = await lockReplayableHead(tx, consumer, key);
        if (head === null) return false;
        await invoke({ tx, messages: [readable(head, this.#contracts)] });
        await markReplayed(tx, head.id);
        return true;
      }),
    );
    const tried = head as ParkedMessageRow | null;
    if ('outcome' in settled) {
      if (settled.outcome) log.info('parked-message-replayed', { consumer, id: String(tried?.id), messageId: tried?.message_id });
      return settled.outcome;
    }
    if (tried === null) throw settled.error;
    await parkAgain(database, tried.id, failureText(settled.error));
    return false;
  }
}

/** The log may hold a message twice, even next to itself; the first one counts. */
function uniqueDeliveries(batch: RecordBatch, contracts: ReadonlyMap<string, ReadableContract>): Delivery[] {
  const unique = new Map<string, Delivery>();
  for (const record of batch.records) {
    const delivery = deliveryOf({ topic: batch.topic, partition: batch.partition, record }, contracts);
    if (delivery !== null && !unique.has(delivery.inboxId)) unique.set(delivery.inboxId, delivery);
  }
  return [...unique.values()];
}

function parkedFrom(delivery: Delivery, fate: Pick<NewParkedMessage, 'state' | 'failure' | 'attempts'>): NewParkedMessage {
  const { inboxId, topic, partition, record, key, type } = delivery;
  const { offset, headers, value } = record;
  return { messageId: inboxId, topic, partition, offset, key, type, headers, body: withoutNul(value), ...fate };
}

function readable(row: ParkedMessageRow, contracts: ReadonlyMap<string, ReadableContract>): Envelope {
  const headers = JSON.parse(row.headers) as Record<string, string>;
  const record = { offset: row.record_offset, key: row.message_key, value: row.body, headers };
  const delivery = deliveryOf({ topic: row.topic, partition: row.partition, record }, contracts);
  if (delivery === null || delivery.envelope === null) throw new Error(delivery?.unreadable ?? 'no handler takes this type of message');
  return delivery.envelope;
}

const FAILURE_CHARACTERS_MAX = 1_000;

function failureText(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, FAILURE_CHARACTERS_MAX);
}
