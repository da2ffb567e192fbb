import { systemClock, type Clock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { pause } from './back-off.ts';
import { BatchConsumer, DEFAULT_RETRY_POLICY, type RetryPolicy } from './batch-consumer.ts';
import type { Envelope } from './envelope.ts';
import { Inbox } from './inbox.ts';
import { rethrowFailure, type HandlerExtras, type MessageBatch, type MessageBatchHandlerOptions } from './message-batch-handler.ts';
import type { MessageLog, Subscription } from './message-log.ts';
import { errorFields, observeNothing, type MessagingLog, type Observe } from './observation.ts';

const BATCH_MESSAGES_MAX = 200;
const PARKED_SWEEP_EVERY_MS = 1_000;
const PARKED_KEYS_AT_ONCE = 100;
const PRUNE_EVERY_MS = 600_000;
const INBOX_RETENTION_MS = 14 * 24 * 3_600_000;

export interface MessageBatchStrategyOptions {
  readonly service: string;
  readonly database: Database;
  readonly messageLog: MessageLog;
  readonly log: MessagingLog;
  /** For the age of messages; the machine's when not given. */
  readonly clock?: Clock;
  readonly observe?: Observe;
  readonly retry?: Partial<RetryPolicy>;
  /** Runs the handling of a batch in the context of its messages, such as their trace. */
  readonly runIn?: <T>(messages: readonly Envelope[], work: () => Promise<T>) => Promise<T>;
  /** How long the inbox remembers; 14 days when not given, and always longer than the log keeps records. */
  readonly inboxRetentionMs?: number;
}

interface Registration {
  readonly options: MessageBatchHandlerOptions;
  readonly topic: string;
  readonly handler: MessageHandler;
}

/** Nest's transport: gives each `@MessageBatchHandler` the batches of its topic, once per message, in the order of its key. */
export class MessageBatchStrategy extends Server implements CustomTransportStrategy {
  readonly #options: MessageBatchStrategyOptions;
  readonly #registrations = new Map<string, Registration>();
  readonly #consumers = new Map<string, BatchConsumer>();
  readonly #stopping = new AbortController();
  #subscriptions: Subscription[] = [];
  #housekeeping: Promise<void>[] = [];

  constructor(options: MessageBatchStrategyOptions) {
    super();
    this.#options = options;
  }

  /** Keeps the handlers of one topic apart: Nest would chain them, and a failure of one would repeat the other. */
  override addHandler(pattern: unknown, callback: MessageHandler, _isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const { jinku: options } = extras as Partial<HandlerExtras>;
    if (options === undefined) throw new Error(`${String(pattern)} is handled without @MessageBatchHandler`);
    if (this.#registrations.has(options.consumer)) throw new Error(`two handlers are called ${options.consumer}; a consumer has one`);
    this.#registrations.set(options.consumer, { options, topic: String(pattern), handler: callback });
    this.messageHandlers.set(`${String(pattern)} ${options.consumer}`, callback);
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.#subscribe();
      callback();
    } catch (error) {
      await this.close();
      callback(error);
    }
  }

  /** Lets the batches in hand finish and leaves the groups. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    this.#subscriptions = [];
    await Promise.all(this.#housekeeping);
    this.#housekeeping = [];
  }

  on(): never {
    throw new Error('the message strategy has no events');
  }

  unwrap<T>(): T {
    return this.#options.messageLog as T;
  }

  async #subscribe(): Promise<void> {
    const { messageLog } = this.#options;
    const registrations = [...this.#registrations.values()];
    await messageLog.ensureTopics([...new Set(registrations.map((registration) => registration.topic))]);
    await this.#recordConsumers(registrations);
    for (const { options, topic, handler } of registrations) {
      const consumer = this.#consumerOf(options, handler);
      this.#consumers.set(options.consumer, consumer);
      this.#subscriptions.push(
        await messageLog.subscribe({
          group: options.consumer,
          topics: [topic],
          maxBatch: options.maxBatch ?? BATCH_MESSAGES_MAX,
          ...(options.partitionsConcurrently === undefined ? {} : { partitionsConcurrently: options.partitionsConcurrently }),
          ...(options.fetchMinBytes === undefined ? {} : { fetchMinBytes: options.fetchMinBytes }),
          onBatch: (batch) => consumer.handle(batch),
        }),
      );
    }
    if (registrations.length > 0) this.#housekeeping = [this.#sweepParked(), this.#pruneInbox()];
  }

  #consumerOf({ consumer, contracts }: MessageBatchHandlerOptions, handler: MessageHandler): BatchConsumer {
    const { database, clock, log, observe, retry, runIn } = this.#options;
    return new BatchConsumer({
      consumer,
      contracts,
      database,
      clock: clock ?? systemClock,
      log,
      observe: observe ?? observeNothing,
      retry: { ...DEFAULT_RETRY_POLICY, ...retry },
      invoke: async (batch: MessageBatch) => {
        const answer: unknown = await (runIn === undefined ? handler(batch) : runIn(batch.messages, () => handler(batch)));
        // A pipe, guard or interceptor of Nest fails outside the handler's own method, and answers with a stream.
        if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
        rethrowFailure(batch);
      },
    });
  }

  /** Who takes what, since when: with the outbox's batches and the inbox it shows whether each message took effect once. */
  async #recordConsumers(registrations: readonly Registration[]): Promise<void> {
    for (const { options, topic } of registrations) {
      await this.#options.database.query(
        `INSERT INTO message_consumer (consumer, topic, types) VALUES ($1, $2, $3)
         ON CONFLICT (consumer, topic) DO UPDATE SET types = excluded.types WHERE message_consumer.types <> excluded.types
         RETURNING consumer`,
        [options.consumer, topic, options.contracts.map((contract) => contract.name)],
      );
    }
  }

  /** Carries out decisions about parked messages, and frees what waited behind a settled one. */
  async #sweepParked(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const heads = await this.#options.database.query<{ consumer: string; message_key: string }>(
          `SELECT consumer, message_key FROM (
             SELECT DISTINCT ON (consumer, message_key) consumer, message_key, state FROM parked_message
             WHERE consumer = ANY ($1) AND state IN ('PARKED', 'BEHIND', 'DUE') ORDER BY consumer, message_key, id
           ) head WHERE state <> 'PARKED' LIMIT $2`,
          [[...this.#consumers.keys()], PARKED_KEYS_AT_ONCE],
        );
        for (const { consumer, message_key } of heads) await this.#consumers.get(consumer)?.replay(message_key, signal);
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn('parked-message-sweep-failed', errorFields(error));
      }
      await pause(PARKED_SWEEP_EVERY_MS, signal);
    }
  }

  async #pruneInbox(): Promise<void> {
    const { signal } = this.#stopping;
    const inbox = new Inbox();
    for (;;) {
      await pause(PRUNE_EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        await inbox.prune(this.#options.database, this.#options.inboxRetentionMs ?? INBOX_RETENTION_MS);
      } catch (error) {
        this.#options.log.warn('inbox-prune-failed', errorFields(error));
      }
    }
  }
}
