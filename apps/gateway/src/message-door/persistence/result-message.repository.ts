import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';

export interface ResultMessage {
  readonly clientId: string;
  readonly messageId: string;
  readonly body: string;
}

@Injectable()
export class ResultMessageRepository {
  /**
   * Numbers each client's messages without a gap. The cursor's row stays locked until the commit, so a reader that has seen number n has
   * seen every number below it, also when partitions are handled side by side.
   */
  async insertMany(tx: Tx, messages: readonly ResultMessage[], receivedAt: Date): Promise<void> {
    const counts = new Map<string, number>();
    for (const { clientId } of messages) counts.set(clientId, (counts.get(clientId) ?? 0) + 1);
    const clients = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const cursors = await tx.query<{ client_id: string; last_sequence: bigint }>(
      `INSERT INTO result_cursor AS c (client_id, last_sequence)
       SELECT n.client_id, n.message_count FROM unnest($1::text[], $2::bigint[]) AS n(client_id, message_count)
       ON CONFLICT (client_id) DO UPDATE SET last_sequence = c.last_sequence + excluded.last_sequence
       RETURNING client_id, last_sequence`,
      [clients.map(([clientId]) => clientId), clients.map(([, count]) => count)],
    );
    const next = new Map(cursors.map((cursor) => [cursor.client_id, cursor.last_sequence - BigInt(counts.get(cursor.client_id) ?? 0)]));
    const sequences = messages.map(({ clientId }) => {
      const sequence = (next.get(clientId) ?? 0n) + 1n;
      next.set(clientId, sequence);
      return sequence;
    });
    await tx.execute(
      `INSERT INTO result_message (client_id, sequence, message_id, body, received_at)
       SELECT n.client_id, n.sequence, n.message_id, n.body, $5
       FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS n(client_id, sequence, message_id, body)`,
      [messages.map((m) => m.clientId), sequences, messages.map((m) => m.messageId), messages.map((m) => m.body), receivedAt],
    );
  }

  listAfter(queryable: Queryable, page: { clientId: string; after: bigint; limit: number }): Promise<{ sequence: bigint; message_id: string; body: string }[]> {
    return queryable.query('SELECT sequence, message_id, body FROM result_message WHERE client_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3', [
      page.clientId,
      page.after,
      page.limit,
    ]);
  }
}
