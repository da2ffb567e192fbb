import type { Database, Tx } from '@jinku/persistence';

/** Where a message that could not be handled stands. */
export const ParkedState = {
  /** The handler kept failing on it, or it cannot be read. It waits for a person. */
  PARKED: 'PARKED',
  /** An earlier message of its key is parked; it is handled after that one is settled. */
  BEHIND: 'BEHIND',
  /** A person asked for a replay; it is handled next. */
  DUE: 'DUE',
  /** It was handled. */
  REPLAYED: 'REPLAYED',
  /** A person decided that it has no effect. */
  DISCARDED: 'DISCARDED',
} as const;
export type ParkedState = (typeof ParkedState)[keyof typeof ParkedState];

export interface NewParkedMessage {
  readonly messageId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly state: typeof ParkedState.PARKED | typeof ParkedState.BEHIND;
  readonly failure: string | null;
  readonly attempts: number;
}

export interface ParkedMessageRow {
  readonly id: bigint;
  readonly consumer: string;
  readonly message_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly record_offset: bigint;
  readonly message_key: string;
  readonly type: string;
  readonly headers: string;
  readonly body: string;
  readonly state: ParkedState;
  readonly failure: string | null;
  readonly attempts: number;
  readonly parked_at: Date;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
  readonly settled_at: Date | null;
}

/** By name: a column that a newer release adds changes nothing for a process that still runs with the older one. */
const COLUMNS = `id, consumer, message_id, topic, partition, record_offset, message_key, type, headers, body, state, failure, attempts, parked_at, decided_by,
  decision_reason, settled_at`;

/** In the order given, which is the order in which they are replayed. */
export async function insertParked(tx: Tx, consumer: string, messages: readonly NewParkedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.execute(
    `INSERT INTO parked_message
       (consumer, message_id, topic, partition, record_offset, message_key, type, headers, body, state, failure, attempts)
     SELECT $1, m.* FROM unnest($2::uuid[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
       $10::text[], $11::text[], $12::int[]) AS m`,
    [
      consumer,
      messages.map((message) => message.messageId),
      messages.map((message) => message.topic),
      messages.map((message) => message.partition),
      messages.map((message) => message.offset),
      messages.map((message) => message.key),
      messages.map((message) => message.type),
      messages.map((message) => JSON.stringify(message.headers)),
      messages.map((message) => message.body),
      messages.map((message) => message.state),
      messages.map((message) => message.failure),
      messages.map((message) => message.attempts),
    ],
  );
}

/**
 * The next message of a key to be replayed, locked; null when a person must decide first, or when none is left. Hold `lockParkedKey`
 * first.
 */
export async function lockReplayableHead(tx: Tx, consumer: string, key: string): Promise<ParkedMessageRow | null> {
  const [head] = await tx.query<ParkedMessageRow>(
    `SELECT ${COLUMNS} FROM parked_message
     WHERE consumer = $1 AND message_key = $2 AND state IN ('PARKED', 'BEHIND', 'DUE') ORDER BY id LIMIT 1 FOR UPDATE`,
    [consumer, key],
  );
  return head === undefined || head.state === ParkedState.PARKED ? null : head;
}

export async function markReplayed(tx: Tx, id: bigint): Promise<void> {
  const replayed = `UPDATE parked_message SET state = 'REPLAYED', attempts = attempts + 1, settled_at = clock_timestamp() WHERE id = $1`;
  await tx.execute(replayed, [id]);
}

/** The replay failed: it waits for a person once more. */
export async function parkAgain(database: Database, id: bigint, failure: string): Promise<void> {
  await database.query(
    `UPDATE parked_message SET state = 'PARKED', attempts = attempts + 1, failure = $2
     WHERE id = $1 AND state IN ('BEHIND', 'DUE') RETURNING id`,
    [id, failure],
  );
}
