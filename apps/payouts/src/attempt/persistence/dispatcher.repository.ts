import { Injectable } from '@nestjs/common';
import type { Queryable } from '@jinku/persistence';

/** Rows of processes that died are kept a little longer than they count. */
const FORGOTTEN_AFTER_MS = 60_000;

/** The processes that lead shards. Like a lease it spreads work and guards nothing: the server's wall clock counts. */
@Injectable()
export class DispatcherRepository {
  /** Says that this process lives, and answers all that do, in the order in which they came. */
  async refresh(database: Queryable, given: { holder: string; durationMs: number }): Promise<string[]> {
    await database.query(
      `WITH gone AS (DELETE FROM dispatcher WHERE expires_at < clock_timestamp() - $3 * interval '1 millisecond')
       INSERT INTO dispatcher (holder, joined_at, expires_at) VALUES ($1, clock_timestamp(), clock_timestamp() + $2 * interval '1 millisecond')
       ON CONFLICT (holder) DO UPDATE SET expires_at = excluded.expires_at`,
      [given.holder, given.durationMs, FORGOTTEN_AFTER_MS],
    );
    const rows = await database.query<{ holder: string }>('SELECT holder FROM dispatcher WHERE expires_at > clock_timestamp() ORDER BY joined_at, holder');
    return rows.map(({ holder }) => holder);
  }

  async leave(database: Queryable, holder: string): Promise<void> {
    await database.query('DELETE FROM dispatcher WHERE holder = $1', [holder]);
  }
}
