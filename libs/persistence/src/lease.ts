import type { Database, Tx } from './database.ts';

/**
 * A named lease with a fencing epoch. It spreads work, it never guards money: a holder that was stopped finds its epoch gone when it calls
 * `isHeld` inside its transaction, and does nothing.
 */
export class Lease {
  readonly #database: Database;
  readonly #name: string;
  readonly #holder: string;
  readonly #durationMs: number;
  #epoch: bigint | null = null;

  constructor(database: Database, options: { name: string; holder: string; durationMs: number }) {
    this.#database = database;
    this.#name = options.name;
    this.#holder = options.holder;
    this.#durationMs = options.durationMs;
  }

  get epoch(): bigint | null {
    return this.#epoch;
  }

  /** Takes the lease when free or expired, extends it when already ours; the epoch grows whenever the holder changes. Uses the server's wall clock. */
  async acquire(): Promise<boolean> {
    const [row] = await this.#database.query<{ epoch: bigint }>(
      `INSERT INTO lease AS l (name, holder, epoch, expires_at)
       VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE
         SET holder = excluded.holder, expires_at = excluded.expires_at,
             epoch = CASE WHEN l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END
         WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp()
       RETURNING epoch`,
      [this.#name, this.#holder, this.#durationMs],
    );
    this.#epoch = row?.epoch ?? null;
    return row !== undefined;
  }

  /** Locks the lease's row for the rest of the transaction; false when another holder has taken over. */
  async isHeld(tx: Tx): Promise<boolean> {
    if (this.#epoch === null) return false;
    const rows = await tx.query('SELECT 1 AS held FROM lease WHERE name = $1 AND holder = $2 AND epoch = $3 FOR SHARE', [this.#name, this.#holder, this.#epoch]);
    return rows.length === 1;
  }

  async release(): Promise<void> {
    if (this.#epoch === null) return;
    await this.#database.query('UPDATE lease SET expires_at = clock_timestamp() WHERE name = $1 AND holder = $2 AND epoch = $3', [
      this.#name,
      this.#holder,
      this.#epoch,
    ]);
    this.#epoch = null;
  }
}
