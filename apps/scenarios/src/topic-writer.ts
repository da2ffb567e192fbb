import { randomUUID } from 'node:crypto';
import type { Stack } from '@jinku/cli';
import { requestPayoutsV1 } from '@jinku/contracts';
import { createMessageLog, envelopeHeaders, type MessageLog } from '@jinku/messaging';
import { Database, databaseAddress } from '@jinku/persistence';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const STATEMENT_TIMEOUT_MS = 10_000;

/** What an outside system sends: the message's name and its topic. */
export interface PublicMessage {
  readonly name: string;
  readonly topic: string;
}

/** Writes to a public topic as an outside system does, past the gateway: to Kafka on the cluster, to the log in PostgreSQL otherwise. */
export class TopicWriter {
  readonly #database: Database;
  readonly #log: MessageLog;
  readonly #message: PublicMessage;

  private constructor(database: Database, log: MessageLog, message: PublicMessage) {
    this.#database = database;
    this.#log = log;
    this.#message = message;
  }

  static async open(stack: Stack, message: PublicMessage = requestPayoutsV1): Promise<TopicWriter> {
    const address = databaseAddress(stack.databaseUrl, stack.databaseSecret);
    const database = await Database.open({ address, name: 'gateway', poolMax: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    const kafkaBrokers = [stack.env['JINKU_KAFKA_BROKERS'] ?? ''];
    return new TopicWriter(database, await createMessageLog({ profile: stack.profile, database, kafkaBrokers, clientId: 'scenario', log: SILENT }), message);
  }

  /** Appends one record whose envelope is right and whose value and proof are what the scenario says. */
  async append({ key, value, headers }: { key: string; value: string; headers: Readonly<Record<string, string>> }): Promise<void> {
    const envelope = envelopeHeaders({ id: randomUUID(), type: this.#message.name, source: '/clients/settlement', time: new Date(), subject: key });
    await this.#log.append([{ topic: this.#message.topic, key, value, headers: { ...envelope, ...headers } }]);
  }

  async close(): Promise<void> {
    await this.#log.close();
    await this.#database.close();
  }
}
