import { defineRefusals, RefusalKind } from '@jinku/errors';
import type { Database } from '@jinku/persistence';
import type { ParkedMessageRow, ParkedState } from './parked-message.row.ts';

export const PARKED_MESSAGE_REFUSALS = defineRefusals({
  PARKED_MESSAGE_UNKNOWN: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no parked message with this id.' },
  PARKED_MESSAGE_NOT_WAITING: {
    kind: RefusalKind.CONFLICT,
    sentence: 'The message does not wait for a decision: it waits behind another, is being replayed, or is settled.',
  },
  PARKED_MESSAGE_REASON_REQUIRED: { kind: RefusalKind.INVALID, sentence: 'A decision on a parked message needs a reason.' },
});

export interface ParkedMessage {
  readonly id: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly type: string;
  readonly state: ParkedState;
  readonly failure: string | null;
  readonly attempts: number;
  readonly parkedAt: Date;
  readonly decidedBy: string | null;
  readonly decisionReason: string | null;
  readonly settledAt: Date | null;
}

export interface ParkedMessageFilter {
  readonly states?: readonly ParkedState[];
  readonly consumer?: string;
  /** The id after which the page begins. */
  readonly after?: string;
  readonly limit: number;
}

export interface ParkedMessageDecision {
  readonly id: string;
  /** The person who decides. */
  readonly by: string;
  readonly reason: string;
}

/** What operators do about parked messages. A decision takes effect within a second, in whichever replica finds it. */
export class ParkedMessages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Without the bodies: a public message may name payees. */
  async list({ states, consumer, after, limit }: ParkedMessageFilter): Promise<ParkedMessage[]> {
    const rows = await this.#database.query<Omit<ParkedMessageRow, 'headers' | 'body'>>(
      `SELECT id, consumer, message_id, topic, partition, record_offset, message_key, type, state, failure, attempts, parked_at,
         decided_by, decision_reason, settled_at
       FROM parked_message
       WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::text IS NULL OR consumer = $2) AND id > $3 ORDER BY id LIMIT $4`,
      [states ?? null, consumer ?? null, after ?? 0, limit],
    );
    return rows.map((row) => ({
      id: String(row.id),
      consumer: row.consumer,
      messageId: row.message_id,
      topic: row.topic,
      partition: row.partition,
      offset: String(row.record_offset),
      key: row.message_key,
      type: row.type,
      state: row.state,
      failure: row.failure,
      attempts: row.attempts,
      parkedAt: row.parked_at,
      decidedBy: row.decided_by,
      decisionReason: row.decision_reason,
      settledAt: row.settled_at,
    }));
  }

  /** Has the message handled again, and after it those that wait behind it, in order; it is parked again if it still fails. */
  async replay(decision: ParkedMessageDecision): Promise<void> {
    await this.#decide(decision, `state = 'DUE'`);
  }

  /** The message has no effect; those behind it are handled. */
  async discard(decision: ParkedMessageDecision): Promise<void> {
    await this.#decide(decision, `state = 'DISCARDED', settled_at = clock_timestamp()`);
  }

  async #decide({ id, by, reason }: ParkedMessageDecision, change: string): Promise<void> {
    if (reason.trim() === '') throw PARKED_MESSAGE_REFUSALS.PARKED_MESSAGE_REASON_REQUIRED();
    const changed = await this.#database.query(
      `UPDATE parked_message SET ${change}, decided_by = $2, decision_reason = $3 WHERE id = $1 AND state = 'PARKED' RETURNING id`,
      [id, by, reason],
    );
    if (changed.length === 1) return;
    const known = await this.#database.query('SELECT 1 FROM parked_message WHERE id = $1', [id]);
    throw known.length === 0 ? PARKED_MESSAGE_REFUSALS.PARKED_MESSAGE_UNKNOWN() : PARKED_MESSAGE_REFUSALS.PARKED_MESSAGE_NOT_WAITING();
  }
}
