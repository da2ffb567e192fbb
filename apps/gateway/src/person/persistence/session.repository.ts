import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';

@Injectable()
export class SessionRepository {
  async insert(tx: Tx, session: { tokenHash: Buffer; personId: string; begunAt: Date; expiresAt: Date }): Promise<void> {
    await tx.execute('INSERT INTO person_session (token_hash, person_id, begun_at, expires_at) VALUES ($1, $2, $3, $4)', [
      session.tokenHash,
      session.personId,
      session.begunAt,
      session.expiresAt,
    ]);
  }

  /** False when there is no such session, or it was revoked before. */
  async revoke(tx: Tx, { tokenHash, revokedAt }: { tokenHash: Buffer; revokedAt: Date }): Promise<boolean> {
    return (await tx.execute('UPDATE person_session SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL', [tokenHash, revokedAt])) > 0;
  }

  /** How many sessions that ends. */
  revokeAllOf(tx: Tx, { personId, revokedAt }: { personId: string; revokedAt: Date }): Promise<number> {
    return tx.execute('UPDATE person_session SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2', [personId, revokedAt]);
  }
}
