import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';

@Injectable()
export class ClientTokenRepository {
  async insert(tx: Tx, token: { tokenHash: Buffer; clientId: string; issuedAt: Date; expiresAt: Date }): Promise<void> {
    await tx.execute('INSERT INTO client_access_token (token_hash, client_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)', [
      token.tokenHash,
      token.clientId,
      token.issuedAt,
      token.expiresAt,
    ]);
  }

  /** True when this is the first use of the assertion: the row's key lets one of two replicas pass. */
  async useAssertion(queryable: Queryable, use: { clientId: string; jti: string; expiresAt: Date }): Promise<boolean> {
    const rows = await queryable.query(
      `INSERT INTO client_assertion_use (client_id, jti_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING client_id`,
      [use.clientId, createHash('sha256').update(use.jti).digest(), use.expiresAt],
    );
    return rows.length > 0;
  }
}
