import { approvalTableSql } from '@jinku/approvals';
import { serialNumberTableSql } from '@jinku/connectors';
import { messagingTablesSql } from '@jinku/messaging';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLE = 'jinku_transfers';

export class CreateAccountAndGrant2026112114000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql(ROLE));
    await runner.query(platformTablesSql(ROLE));
    await runner.query(approvalTableSql(ROLE));
    await runner.query(serialNumberTableSql(ROLE));
    await runner.query(`
      -- What the register of accounts told last.
      CREATE TABLE known_account (
        id uuid PRIMARY KEY,
        version integer NOT NULL CHECK (version > 0),
        account_class text NOT NULL CHECK (account_class IN ('CENTRAL_RESERVE', 'CLIENT_FUND', 'OWN_FUND', 'VIRTUAL', 'CHANNEL')),
        subtype text,
        owner text NOT NULL CHECK (owner IN ('CLIENT', 'OWN')),
        name text NOT NULL,
        state text NOT NULL,
        is_usable boolean NOT NULL,
        is_filed boolean NOT NULL,
        account_number text NOT NULL,
        account_name text NOT NULL,
        bank_code text NOT NULL,
        connector_type text,
        described_at timestamptz NOT NULL
      );

      -- The newest observation of each account: the lock of all that is reserved of it.
      CREATE TABLE account_position (
        account_id uuid PRIMARY KEY,
        observation_id uuid NOT NULL,
        balance bigint NOT NULL CHECK (balance >= 0),
        source text NOT NULL CHECK (source IN ('NOTICE', 'QUERY', 'FILE', 'MANUAL')),
        as_of timestamptz NOT NULL,
        observed_at timestamptz NOT NULL
      );

      -- Each observation, for dry runs of rules on past days.
      CREATE TABLE position_observation (
        observation_id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        balance bigint NOT NULL CHECK (balance >= 0),
        as_of timestamptz NOT NULL
      );
      CREATE INDEX position_observation_by_account ON position_observation (account_id, as_of);

      -- Rule R4: what was accrued in all, and the lock of all fee income ordered on it.
      CREATE TABLE fee_accrual (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        sequence bigint NOT NULL CHECK (sequence >= 0),
        accrued_total bigint NOT NULL CHECK (accrued_total >= 0),
        as_of timestamptz
      );
      INSERT INTO fee_accrual (sequence, accrued_total) VALUES (0, 0);

      -- Messages about accrued fees that are not their client's, or not what the contract says: kept, and never counted.
      CREATE TABLE quarantined_fee_accrual (
        id uuid PRIMARY KEY,
        message_id text NOT NULL,
        client_id text NOT NULL,
        fault text NOT NULL CHECK (fault IN ('NO_CLIENT', 'UNKNOWN_CLIENT', 'NOT_SIGNED', 'BAD_SIGNATURE', 'UNDECODABLE', 'INVALID')),
        reason text NOT NULL,
        body text NOT NULL,
        received_at timestamptz NOT NULL
      );

      CREATE TABLE quota_grant (
        grant_id uuid PRIMARY KEY,
        clearing_house text NOT NULL UNIQUE CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        epoch integer NOT NULL CHECK (epoch > 0),
        granted_total bigint NOT NULL CHECK (granted_total >= 0),
        consumed_total bigint NOT NULL DEFAULT 0 CHECK (consumed_total >= 0),
        reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        -- A recall below what was used already leaves granted_total at what was used, so this holds always.
        CONSTRAINT quota_grant_covers_use CHECK (consumed_total + reserved <= granted_total)
      );

      GRANT SELECT, INSERT, UPDATE ON known_account, account_position, quota_grant TO ${ROLE};
      GRANT SELECT, INSERT ON position_observation TO ${ROLE};
      GRANT SELECT, UPDATE ON fee_accrual TO ${ROLE};
      GRANT SELECT, INSERT ON quarantined_fee_accrual TO ${ROLE};
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
