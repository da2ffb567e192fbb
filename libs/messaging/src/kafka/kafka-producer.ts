import { Partitioners, type Kafka, type Message, type Producer, type TopicMessages } from 'kafkajs';
import type { LogRecord, RecordPosition } from '../message-log.ts';
import { within } from './deadline.ts';

const ACKS_ALL = -1;
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;
const CONNECT_DEADLINE_MS = 10_000;
/** Longer than all retries of a send together, so that a send which was given up is over soon after. */
const SEND_DEADLINE_MS = 15_000;
const SEND_RETRY = { initialRetryTime: 100, maxRetryTime: 300, factor: 0.2, multiplier: 2, retries: 20 };

/** Sends with acks=all, and gives up on a connection that does not answer. */
export class KafkaProducer {
  readonly #kafka: Kafka;
  readonly #partitions = new WeakMap<Message, number>();
  #producer: Promise<Producer> | null = null;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  async send(records: readonly LogRecord[]): Promise<RecordPosition[]> {
    const messages = records.map((record): Message => ({ key: record.key, value: record.value, headers: { ...record.headers } }));
    const topics = new Map<string, Message[]>();
    records.forEach((record, index) => {
      const ofTopic = topics.get(record.topic) ?? [];
      topics.set(record.topic, ofTopic);
      ofTopic.push(messages[index]!);
    });
    const topicMessages: TopicMessages[] = [...topics].map(([topic, ofTopic]) => ({ topic, messages: ofTopic }));
    const producer = await this.#connected();
    try {
      const sending = producer.sendBatch({ acks: ACKS_ALL, timeout: ACKNOWLEDGE_TIMEOUT_MS, topicMessages });
      const acknowledged = await within(SEND_DEADLINE_MS, sending);
      const next = new Map(acknowledged.map((one) => [`${one.topicName}/${one.partition}`, BigInt(one.baseOffset ?? '-1')]));
      return records.map((record, index) => {
        const partition = this.#partitions.get(messages[index]!)!;
        const place = `${record.topic}/${partition}`;
        const offset = next.get(place)!;
        next.set(place, offset + 1n);
        return { partition, offset };
      });
    } catch (error) {
      await this.#drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    if (producer === null) return;
    const connected = await producer.catch(() => null);
    if (connected !== null) await within(CONNECT_DEADLINE_MS, connected.disconnect());
  }

  async #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    try {
      return await this.#producer;
    } catch (error) {
      this.#producer = null;
      throw error;
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      retry: SEND_RETRY,
      createPartitioner: () => {
        const choose = Partitioners.DefaultPartitioner();
        return (choice) => {
          const partition = choose(choice);
          this.#partitions.set(choice.message, partition);
          return partition;
        };
      },
    });
    try {
      await within(CONNECT_DEADLINE_MS, producer.connect());
    } catch (error) {
      void producer.disconnect().catch(() => undefined);
      throw error;
    }
    return producer;
  }

  /** The next send connects anew; what this one still has under way it can only append twice. */
  async #drop(): Promise<void> {
    const producer = await this.#producer?.catch(() => null);
    this.#producer = null;
    void producer?.disconnect().catch(() => undefined);
  }
}
