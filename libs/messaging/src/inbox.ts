import type { Database, Tx } from '@jinku/persistence';

/** Scopes the advisory locks of parked keys: `bus` in hexadecimal. */
const PARKED_KEY_LOCK = 0x627573;
const PRUNED_AT_ONCE = 5_000;

export interface Arrival {
  readonly inboxId: string;
  readonly key: string;
}

export interface Admission {
  /** The ids that this consumer has not seen before. They count as seen when the transaction commits. */
  readonly fresh: ReadonlySet<string>;
  /** Keys that have a parked message: later messages must wait behind it. */
  readonly blockedKeys: ReadonlySet<string>;
}

/** Tells which messages a consumer sees for the first time, in the transaction of their effect: so the effect happens once. */
export class Inbox {
  /** One insert tells which of a batch are new. A batch that another member handles at this moment is waited for. */
  async firstSeen(tx: Tx, consumer: string, inboxIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ message_id: string }>(
      `INSERT INTO inbox_message (consumer, message_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING message_id`,
      [consumer, inboxIds],
    );
    return new Set(rows.map((row) => row.message_id));
  }

  /** As `firstSeen`, and tells which keys are blocked. */
  async admit(tx: Tx, consumer: string, arrivals: readonly Arrival[]): Promise<Admission> {
    const keys = [...new Set(arrivals.map((arrival) => arrival.key))];
    const rows = await tx.query<{ message_id: string | null; message_key: string | null }>(
      `WITH fresh AS (
         INSERT INTO inbox_message (consumer, message_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING message_id
       )
       SELECT message_id, NULL AS message_key FROM fresh
       UNION ALL
       SELECT DISTINCT NULL::uuid, message_key FROM parked_message
       WHERE consumer = $1 AND message_key = ANY ($3::text[]) AND state IN ('PARKED', 'BEHIND', 'DUE')`,
      [consumer, arrivals.map((arrival) => arrival.inboxId), keys],
    );
    const fresh = new Set(rows.flatMap((row) => row.message_id ?? []));
    const blocked = rows.flatMap((row) => row.message_key ?? []);
    // Where all are new, whoever parked an earlier message has committed before this batch was fetched. Where some are not, the insert
    // may have
    // waited for another member that was just parking one of them, which its snapshot cannot show.
    const hasMissed = fresh.size < arrivals.length;
    if (!hasMissed && blocked.length === 0) return { fresh, blockedKeys: new Set() };
    return { fresh, blockedKeys: await lockBlockedKeys(tx, consumer, hasMissed ? keys : blocked) };
  }

  /** Forgets what is older than the retention, which must be longer than the log keeps its records. Returns how many. */
  async prune(database: Database, retentionMs: number): Promise<number> {
    let pruned = 0;
    for (;;) {
      const [row] = await database.query<{ count: bigint }>(
        `WITH old AS (
           DELETE FROM inbox_message WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM inbox_message WHERE handled_at < clock_timestamp() - $1 * interval '1 millisecond' LIMIT $2
           )) RETURNING 1
         ) SELECT count(*) AS count FROM old`,
        [retentionMs, PRUNED_AT_ONCE],
      );
      const count = Number(row?.count ?? 0);
      pruned += count;
      if (count < PRUNED_AT_ONCE) return pruned;
    }
  }
}

/** Holds the key for the rest of the transaction, against a replay of what is parked under it. */
export async function lockParkedKey(tx: Tx, consumer: string, key: string): Promise<void> {
  await tx.execute('SELECT pg_advisory_xact_lock($1, hashtext($2))', [PARKED_KEY_LOCK, `${consumer}\n${key}`]);
}

/** Looks again once no replay is at work on the keys, else a message could be parked behind one that is gone. */
async function lockBlockedKeys(tx: Tx, consumer: string, keys: readonly string[]): Promise<Set<string>> {
  const unsettled = `SELECT DISTINCT message_key FROM parked_message
    WHERE consumer = $1 AND message_key = ANY ($2::text[]) AND state IN ('PARKED', 'BEHIND', 'DUE')`;
  const candidates = await tx.query<{ message_key: string }>(unsettled, [consumer, keys]);
  if (candidates.length === 0) return new Set();
  const blocked = candidates.map((row) => row.message_key).sort();
  for (const key of blocked) await lockParkedKey(tx, consumer, key);
  const still = await tx.query<{ message_key: string }>(unsettled, [consumer, blocked]);
  return new Set(still.map((row) => row.message_key));
}
