import { messagingTablesSql } from '@jinku/messaging';
import { leaseTableSql } from '@jinku/persistence';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLE = 'jinku_gateway';

export class CreatePersonAndClient2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql(ROLE));
    await runner.query(leaseTableSql(ROLE));
    await runner.query(platformTablesSql(ROLE));
    await runner.query(`
      CREATE TABLE person (
        id uuid PRIMARY KEY,
        username text NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,31}$'),
        display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 80),
        password_hash text NOT NULL,
        roles text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['viewer', 'operator', 'approver', 'auditor', 'admin']),
        is_disabled boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT person_incompatible_duties CHECK (NOT (roles && ARRAY['admin', 'auditor'] AND roles && ARRAY['operator', 'approver']))
      );
      GRANT SELECT, INSERT ON person TO ${ROLE};
      GRANT UPDATE (display_name, password_hash, roles, is_disabled, changed_at) ON person TO ${ROLE};

      CREATE TABLE person_session (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        person_id uuid NOT NULL REFERENCES person (id),
        begun_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at > begun_at),
        revoked_at timestamptz
      );
      CREATE INDEX person_session_by_person ON person_session (person_id);
      CREATE INDEX person_session_by_expiry ON person_session (expires_at);
      GRANT SELECT, INSERT, DELETE ON person_session TO ${ROLE};
      GRANT UPDATE (revoked_at) ON person_session TO ${ROLE};

      CREATE TABLE login_failure (
        username_hash bytea PRIMARY KEY CHECK (length(username_hash) = 32),
        failures integer NOT NULL CHECK (failures > 0),
        failed_at timestamptz NOT NULL,
        locked_until timestamptz NOT NULL
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON login_failure TO ${ROLE};

      CREATE TABLE client_access_token (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        client_id text NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at > issued_at)
      );
      CREATE INDEX client_access_token_by_expiry ON client_access_token (expires_at);
      GRANT SELECT, INSERT, DELETE ON client_access_token TO ${ROLE};

      CREATE TABLE client_assertion_use (
        client_id text NOT NULL,
        jti_hash bytea NOT NULL CHECK (length(jti_hash) = 32),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (client_id, jti_hash)
      );
      CREATE INDEX client_assertion_use_by_expiry ON client_assertion_use (expires_at);
      GRANT SELECT, INSERT, DELETE ON client_assertion_use TO ${ROLE};
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
