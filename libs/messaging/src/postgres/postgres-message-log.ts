import { partitionsOf } from '@jinku/contracts';
import { isConnectionLoss, type Database } from '@jinku/persistence';
import { pause } from '../back-off.ts';
import { uuidv7 } from '../message-id.ts';
import { LogUnavailable } from '../message-log.ts';
import type { LogRecord, MessageLog, RecordPosition, SubscribeOptions, Subscription } from '../message-log.ts';
import { errorFields, type MessagingLog } from '../observation.ts';
import { partitionOf } from '../partition-of.ts';
import { joinTexts, RECORD_SEPARATOR } from '../record-text.ts';
import { BusBell } from './bus-bell.ts';
import { PostgresSubscription } from './postgres-subscription.ts';

/** What this process appends is told by the bell; the profile that uses this log has no other process, so an idle one need not ask often. */
const POLL_MS = 1_000;
const LEASE_MS = 3_000;
const RETENTION_MS = 3_600_000;
const TRIM_EVERY_MS = 30_000;
const TRIMMED_AT_ONCE = 500;

export interface PostgresMessageLogOptions {
  readonly database: Database;
  readonly log: MessagingLog;
  /** How often to look for what other processes append; a second when not given. */
  readonly pollMs?: number;
  /** After how long a consumer that is not heard of loses its partitions; 3 s when not given. */
  readonly leaseMs?: number;
  /** How long records are kept that every group has passed; one hour when not given. */
  readonly retentionMs?: number;
}

export interface BusTopic {
  readonly topicId: number;
  readonly name: string;
  readonly partitions: number;
}

/** The log of the embedded profile: tables in the schema `bus` of the database that the services use anyway. */
export class PostgresMessageLog implements MessageLog {
  readonly #options: PostgresMessageLogOptions;
  readonly #bell: BusBell;
  readonly #topics = new Map<string, BusTopic>();
  readonly #subscriptions = new Set<PostgresSubscription>();
  readonly #stopping = new AbortController();
  readonly #trimming: Promise<void>;

  constructor(options: PostgresMessageLogOptions) {
    this.#options = options;
    const { host, port, database } = options.database.dataSource.options as { host?: string; port?: number; database?: string };
    this.#bell = BusBell.of(`${host}:${port}/${database}`);
    this.#trimming = this.#trim();
  }

  async ensureTopics(topics: readonly string[]): Promise<void> {
    if (topics.every((topic) => this.#topics.has(topic))) return;
    const byPartitions = Map.groupBy(topics, partitionsOf);
    for (const [partitions, names] of byPartitions) await this.#options.database.query('SELECT bus.ensure_topics($1, $2)', [names, partitions]);
    const rows = await this.#options.database.query<{ topic_id: number; name: string; partitions: number }>(
      'SELECT topic_id, name, partitions FROM bus.topic WHERE name = ANY ($1)',
      [topics],
    );
    for (const row of rows) this.#topics.set(row.name, { topicId: row.topic_id, name: row.name, partitions: row.partitions });
  }

  async append(records: readonly LogRecord[]): Promise<readonly RecordPosition[]> {
    if (records.length === 0) return [];
    try {
      return await this.#append(records);
    } catch (error) {
      if (isConnectionLoss(error)) throw new LogUnavailable(error);
      throw error;
    }
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    await this.ensureTopics(options.topics);
    const subscription = new PostgresSubscription({
      ...options,
      database: this.#options.database,
      topics: options.topics.map((topic) => this.#topics.get(topic)!),
      bell: this.#bell,
      log: this.#options.log,
      member: uuidv7(),
      pollMs: this.#options.pollMs ?? POLL_MS,
      leaseMs: this.#options.leaseMs ?? LEASE_MS,
    });
    this.#subscriptions.add(subscription);
    await subscription.start();
    return {
      close: async () => {
        this.#subscriptions.delete(subscription);
        await subscription.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    this.#subscriptions.clear();
    await this.#trimming;
  }

  async #append(records: readonly LogRecord[]): Promise<readonly RecordPosition[]> {
    const names = new Set(records.map((record) => record.topic));
    await this.ensureTopics([...names]);
    const topics = records.map((record) => this.#topics.get(record.topic)!);
    const partitions = records.map((record, index) => partitionOf(record.key, topics[index]!.partitions));
    const append = 'SELECT record_offset FROM bus.append($1, $2, $3, $4, $5, $6) ORDER BY nth';
    const rows = await this.#options.database.query<{ record_offset: bigint }>(append, [
      topics.map((topic) => topic.topicId),
      partitions,
      records.map((record) => record.key),
      joinTexts(records.map((record) => JSON.stringify(record.headers))),
      joinTexts(records.map((record) => record.value.toString())),
      RECORD_SEPARATOR,
    ]);
    this.#bell.ring(names);
    return rows.map((row, index) => ({ partition: partitions[index]!, offset: row.record_offset }));
  }

  async #trim(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await pause(TRIM_EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        await this.#options.database.query('SELECT bus.trim($1, $2)', [this.#options.retentionMs ?? RETENTION_MS, TRIMMED_AT_ONCE]);
      } catch (error) {
        this.#options.log.warn('bus-trim-failed', errorFields(error));
      }
    }
  }
}
