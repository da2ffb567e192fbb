import type { Database } from '@jinku/persistence';
import type { KafkaSecurity } from './kafka/kafka-security.ts';
import type { MessageLog } from './message-log.ts';
import type { MessagingLog } from './observation.ts';
import { PostgresMessageLog } from './postgres/postgres-message-log.ts';

export interface MessageLogConfig {
  readonly profile: 'embedded' | 'cluster';
  /** The service's own database, which in the embedded profile holds the log too. */
  readonly database: Database;
  /** Only the cluster profile has them. */
  readonly kafkaBrokers: readonly string[];
  /** Not given: plain text, to whoever listens. */
  readonly kafkaSecurity?: KafkaSecurity | undefined;
  readonly clientId: string;
  readonly log: MessagingLog;
}

/** The one place that knows which log the profile has. */
export async function createMessageLog({ profile, database, kafkaBrokers, kafkaSecurity, clientId, log }: MessageLogConfig): Promise<MessageLog> {
  if (profile === 'embedded') return new PostgresMessageLog({ database, log });
  return await createKafkaMessageLog({ brokers: kafkaBrokers, security: kafkaSecurity, clientId, log });
}

/** For what speaks to Kafka from outside of any service. The client is loaded only here: the embedded profile should not carry it in memory. */
export async function createKafkaMessageLog(options: {
  brokers: readonly string[];
  security?: KafkaSecurity | undefined;
  clientId: string;
  log: MessagingLog;
}): Promise<MessageLog> {
  const { KafkaMessageLog } = await import('./kafka/kafka-message-log.ts');
  return new KafkaMessageLog(options);
}
