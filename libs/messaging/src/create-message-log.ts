import type { Database } from '@jinku/persistence';
import type { MessageLog } from './message-log.ts';
import type { MessagingLog } from './observation.ts';
import { PostgresMessageLog } from './postgres/postgres-message-log.ts';

export interface MessageLogConfig {
  readonly profile: 'embedded' | 'cluster';
  /** The service's own database, which in the embedded profile holds the log too. */
  readonly database: Database;
  /** Only the cluster profile has them. */
  readonly kafkaBrokers: readonly string[];
  readonly clientId: string;
  readonly log: MessagingLog;
}

/** The one place that knows which log the profile has. */
export async function createMessageLog({ profile, database, kafkaBrokers, clientId, log }: MessageLogConfig): Promise<MessageLog> {
  if (profile === 'embedded') return new PostgresMessageLog({ database, log });
  // Loaded only where it is used: the embedded profile should not carry a Kafka client in memory.
  const { KafkaMessageLog } = await import('./kafka/kafka-message-log.ts');
  return new KafkaMessageLog({ brokers: kafkaBrokers, clientId, log });
}
