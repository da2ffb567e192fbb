import { defineRefusals, RefusalKind } from '@jinku/errors';
import type { Queryable } from '@jinku/persistence';
import type { ParkedState } from './parked-message.row.ts';

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

/** With what was delivered; show its body masked only. */
export interface ParkedMessageWithBody extends ParkedMessage {
  readonly body: string;
}

export interface ParkedMessageFilter {
  readonly states?: readonly ParkedState[] | undefined;
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
  /** The id after which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface ParkedMessageDecision {
  readonly id: string;
  /** The person who decides. */
  readonly by: string;
  readonly reason: string;
}

const COLUMNS = `id::text AS id, consumer, message_id AS "messageId", topic, partition, record_offset::text AS offset, message_key AS key, type, state, failure,
  attempts, parked_at AS "parkedAt", decided_by AS "decidedBy", decision_reason AS "decisionReason", settled_at AS "settledAt"`;

/** What operators do about parked messages. A decision takes effect within a second of its commit, in whichever replica finds it. */
export class ParkedMessages {
  readonly #database: Queryable;

  /** On a transaction, a decision stands with whatever else is written in it. */
  constructor(database: Queryable) {
    this.#database = database;
  }

  /** Without the bodies: a public message may name payees. */
  async list({ states, consumer, topic, after, limit }: ParkedMessageFilter): Promise<ParkedMessage[]> {
    return this.#database.query<ParkedMessage>(
      `SELECT ${COLUMNS} FROM parked_message p
       WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::text IS NULL OR consumer = $2) AND ($3::text IS NULL OR topic = $3) AND p.id > $4
       ORDER BY p.id LIMIT $5`,
      [states ?? null, consumer ?? null, topic ?? null, after ?? 0, limit],
    );
  }

  /** Null when there is none. */
  async find(id: string): Promise<ParkedMessageWithBody | null> {
    const [message] = await this.#database.query<ParkedMessageWithBody>(`SELECT ${COLUMNS}, body FROM parked_message p WHERE p.id = $1`, [id]);
    return message ?? null;
  }

  /** How many messages of each consumer are not settled. */
  async unsettledByConsumer(): Promise<{ consumer: string; messages: number }[]> {
    return this.#database.query<{ consumer: string; messages: number }>(
      `SELECT consumer, count(*)::integer AS messages FROM parked_message WHERE state IN ('PARKED', 'BEHIND', 'DUE') GROUP BY consumer`,
    );
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
