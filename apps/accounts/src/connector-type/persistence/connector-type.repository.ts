import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import { CONNECTOR_TYPE_KIND, type ConnectorType } from '../domain/connector-type.ts';

export interface ConnectorTypeVersion extends ConnectorType {
  /** Null for what came with the installation. */
  readonly makerId: string | null;
  readonly checkerId: string | null;
  readonly approvalId: string | null;
  readonly reason: string;
  readonly recordedAt: Date;
}

export interface ProposedVersion {
  readonly id: string;
  readonly proposal: ConnectorType;
  readonly makerId: string;
  readonly reason: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
}

const COLUMNS = `code, version, effective_on AS "effectiveOn", content, maker_id AS "makerId", checker_id AS "checkerId", approval_id AS "approvalId", reason,
  recorded_at AS "recordedAt"`;

/** Append-only: a version is never rewritten, the next one takes its place. */
@Injectable()
export class ConnectorTypeRepository {
  /** Puts approvals about one connector type in line. */
  async lock(tx: Tx, code: string): Promise<void> {
    await tx.execute(`SELECT pg_advisory_xact_lock(hashtext('accounts.connector-type'), hashtext($1))`, [code]);
  }

  /** The number of the last version; 0 before the first. */
  async lastVersion(queryable: Queryable, code: string): Promise<number> {
    const [row] = await queryable.query<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM connector_type_version WHERE code = $1', [code]);
    return row?.version ?? 0;
  }

  async append(tx: Tx, version: ConnectorTypeVersion): Promise<void> {
    await tx.execute(
      `INSERT INTO connector_type_version (code, version, effective_on, content, maker_id, checker_id, approval_id, reason, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        version.code,
        version.version,
        version.effectiveOn,
        JSON.stringify(version.content),
        version.makerId,
        version.checkerId,
        version.approvalId,
        version.reason,
        version.recordedAt,
      ],
    );
  }

  /** Of each connector type the version in force on that day: of those whose day has come the last one approved. */
  async inForce(queryable: Queryable, day: string, code: string | null = null): Promise<ConnectorTypeVersion[]> {
    return queryable.query<ConnectorTypeVersion>(
      `SELECT DISTINCT ON (code) ${COLUMNS} FROM connector_type_version
       WHERE effective_on <= $1 AND ($2::text IS NULL OR code = $2) ORDER BY code, effective_on DESC, version DESC`,
      [day, code],
    );
  }

  /** Versions that wait for a second person, the oldest first. */
  async proposed(queryable: Queryable, now: Date, limit: number): Promise<ProposedVersion[]> {
    return queryable.query<ProposedVersion>(
      `SELECT id, payload AS proposal, maker_id AS "makerId", reason, proposed_at AS "proposedAt", expires_at AS "expiresAt"
       FROM approval WHERE kind = $1 AND state = 'PROPOSED' AND expires_at > $2 ORDER BY id LIMIT $3`,
      [CONNECTOR_TYPE_KIND, now, limit],
    );
  }

  /** Every version, the newest first. */
  async versions(queryable: Queryable, code: string, limit: number): Promise<ConnectorTypeVersion[]> {
    return queryable.query<ConnectorTypeVersion>(`SELECT ${COLUMNS} FROM connector_type_version WHERE code = $1 ORDER BY version DESC LIMIT $2`, [code, limit]);
  }
}
