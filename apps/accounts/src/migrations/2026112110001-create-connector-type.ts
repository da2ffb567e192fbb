import type { MigrationInterface, QueryRunner } from 'typeorm';
import { NETSUNION } from '../connector-type/domain/netsunion.ts';

const ROLE = 'jinku_accounts';

export class CreateConnectorType2026112110001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connector_type_version (
        code text NOT NULL CHECK (code ~ '^[A-Z][A-Z0-9_]{1,31}$'),
        version integer NOT NULL CHECK (version > 0),
        effective_on date NOT NULL,
        content jsonb NOT NULL,
        maker_id text,
        checker_id text,
        approval_id uuid REFERENCES approval (id),
        reason text NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (code, version),
        CHECK (checker_id <> maker_id),
        -- Only what came with the installation has no two persons behind it.
        CHECK (version = 1 OR (maker_id IS NOT NULL AND checker_id IS NOT NULL AND approval_id IS NOT NULL))
      );
      GRANT SELECT, INSERT ON connector_type_version TO ${ROLE};
    `);
    await runner.query(
      `INSERT INTO connector_type_version (code, version, effective_on, content, reason, recorded_at)
       VALUES ('NETSUNION', 1, '2026-11-21', $1, 'As the installation comes', '2026-11-21T00:00:00Z')`,
      [JSON.stringify(NETSUNION)],
    );
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
