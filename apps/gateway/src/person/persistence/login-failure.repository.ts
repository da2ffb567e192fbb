import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Database, Tx } from '@jinku/persistence';
import { backOffMs, FAILURES_FORGOTTEN_AFTER_MS } from '../domain/login-back-off.ts';

/** Failures are counted by the hash of what was typed as a username: people type passwords there, and unknown users look like known ones. */
@Injectable()
export class LoginFailureRepository {
  /**
   * Counts the attempt as failed before its password is looked at, so that guesses sent side by side gain nothing. Answers null when the
   * attempt may go on, else the instant until which the username is locked.
   */
  begin(database: Database, username: string, at: Date): Promise<Date | null> {
    return database.transaction(async (tx) => {
      const hash = usernameHash(username);
      await tx.execute(`INSERT INTO login_failure (username_hash, failures, failed_at, locked_until) VALUES ($1, 1, $2, $2) ON CONFLICT (username_hash) DO NOTHING`, [
        hash,
        new Date(0),
      ]);
      const [row] = await tx.query<{ failures: number; failed_at: Date; locked_until: Date }>(
        'SELECT failures, failed_at, locked_until FROM login_failure WHERE username_hash = $1 FOR UPDATE',
        [hash],
      );
      if (row !== undefined && row.locked_until > at) return row.locked_until;
      const isForgotten = row === undefined || at.getTime() - row.failed_at.getTime() > FAILURES_FORGOTTEN_AFTER_MS;
      const failures = isForgotten ? 1 : row.failures + 1;
      const backOff = backOffMs(failures);
      // A free failure locks nothing, not even its own instant: one begun a moment earlier may come to the row later.
      await tx.execute('UPDATE login_failure SET failures = $2, failed_at = $3, locked_until = $4 WHERE username_hash = $1', [
        hash,
        failures,
        at,
        new Date(backOff === 0 ? 0 : at.getTime() + backOff),
      ]);
      return null;
    });
  }

  async forget(tx: Tx, username: string): Promise<void> {
    await tx.execute('DELETE FROM login_failure WHERE username_hash = $1', [usernameHash(username)]);
  }
}

function usernameHash(username: string): Buffer {
  return createHash('sha256').update(username.toLowerCase()).digest();
}
