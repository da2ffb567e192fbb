import { partitionsOf } from '@jinku/contracts';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import { LogUnavailable, type LogRecord, type MessageLog, type RecordPosition, type SubscribeOptions, type Subscription } from '../message-log.ts';
import type { MessagingLog } from '../observation.ts';
import { MESSAGE_BYTES_MAX } from '../outbox.ts';
import { within } from './deadline.ts';
import { KafkaProducer } from './kafka-producer.ts';
import { securityConfig, type KafkaSecurity } from './kafka-security.ts';
import { KafkaSubscription } from './kafka-subscription.ts';
import { patchRequestQueue } from './request-queue-patch.ts';

const SESSION_TIMEOUT_MS = 6_000;
const ADMIN_DEADLINE_MS = 20_000;
const TOPIC_RETRY_MS = 200;
const BROKER_DEFAULT_REPLICATION = -1;
/** A message of the largest size with its headers, and batches of several. */
const TOPIC_MESSAGE_BYTES_MAX = 2 * MESSAGE_BYTES_MAX;
const CONNECT_RETRY = { initialRetryTime: 100, maxRetryTime: 300, factor: 0.2, multiplier: 2, retries: 20 };

export interface KafkaMessageLogOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: MessagingLog;
  /** After how long a consumer that is not heard of loses its partitions; 6 s when not given. */
  readonly sessionTimeoutMs?: number;
  /** Not given: plain text, without a login. */
  readonly security?: KafkaSecurity | undefined;
}

/** The log of the cluster profile: Kafka, through kafkajs. */
export class KafkaMessageLog implements MessageLog {
  readonly #kafka: Kafka;
  readonly #producer: KafkaProducer;
  readonly #log: MessagingLog;
  readonly #sessionTimeoutMs: number;
  readonly #known = new Set<string>();
  readonly #subscriptions = new Set<KafkaSubscription>();

  constructor({ brokers, clientId, log, sessionTimeoutMs = SESSION_TIMEOUT_MS, security }: KafkaMessageLogOptions) {
    patchRequestQueue();
    this.#log = log;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      retry: CONNECT_RETRY,
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => this.#tell(entry),
      ...(security === undefined ? {} : securityConfig(security)),
    });
    this.#producer = new KafkaProducer(this.#kafka);
  }

  async ensureTopics(topics: readonly string[]): Promise<void> {
    if (topics.every((topic) => this.#known.has(topic))) return;
    const deadline = performance.now() + ADMIN_DEADLINE_MS;
    for (;;) {
      try {
        await this.#createMissing(topics);
        break;
      } catch (error) {
        // Several services begin at once, and a topic that one of them is just creating is unknown for a moment to the others.
        if (!(error instanceof LogUnavailable) || isLoginRefused(error) || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, TOPIC_RETRY_MS));
      }
    }
    for (const topic of topics) this.#known.add(topic);
  }

  async append(records: readonly LogRecord[]): Promise<readonly RecordPosition[]> {
    if (records.length === 0) return [];
    // kafkajs takes 11 s to say that a topic is missing.
    await this.ensureTopics([...new Set(records.map((record) => record.topic))]);
    return await this.#producer.send(records);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    await this.ensureTopics(options.topics);
    const subscription = new KafkaSubscription(this.#kafka, { ...options, sessionTimeoutMs: this.#sessionTimeoutMs, log: this.#log });
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
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    this.#subscriptions.clear();
    await this.#producer.close();
  }

  async #createMissing(topics: readonly string[]): Promise<void> {
    const admin = this.#kafka.admin({ retry: CONNECT_RETRY });
    try {
      await within(ADMIN_DEADLINE_MS, admin.connect());
      const present = new Set(await within(ADMIN_DEADLINE_MS, admin.listTopics()));
      const missing = topics.filter((name) => !present.has(name)).map((topic) => ({
        topic,
        numPartitions: partitionsOf(topic),
        replicationFactor: BROKER_DEFAULT_REPLICATION,
        configEntries: [{ name: 'max.message.bytes', value: String(TOPIC_MESSAGE_BYTES_MAX) }],
      }));
      // One at a time: what another process was first with answers false, which is as good, and must not hide the rest.
      for (const topic of missing) await within(ADMIN_DEADLINE_MS, admin.createTopics({ topics: [topic], waitForLeaders: true }));
    } finally {
      void admin.disconnect().catch(() => undefined);
    }
  }

  /**
   * The client calls much an error that is the normal course of a first use or of an outage; none of it is lost, none of it wakes
   * anybody.
   */
  #tell({ namespace, log }: LogEntry): void {
    this.#log.info('kafka-client', { namespace, detail: log.message });
  }
}

/** By its name: Node cannot import the class from a package that is not an ES module. */
function isLoginRefused({ cause }: LogUnavailable): boolean {
  return cause instanceof Error && cause.name === 'KafkaJSSASLAuthenticationError';
}
