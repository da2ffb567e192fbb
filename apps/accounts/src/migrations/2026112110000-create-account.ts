import { approvalTableSql } from '@jinku/approvals';
import { messagingTablesSql } from '@jinku/messaging';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccount2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql('jinku_accounts'));
    await runner.query(platformTablesSql('jinku_accounts'));
    await runner.query(approvalTableSql('jinku_accounts'));
    await runner.query(`
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        account_class text NOT NULL CHECK (account_class IN ('CENTRAL_RESERVE', 'CLIENT_FUND', 'OWN_FUND', 'VIRTUAL', 'CHANNEL')),
        subtype text CHECK (subtype IN ('PREPAID_CARD', 'FUND_SALES', 'CROSS_BORDER')),
        owner text NOT NULL CHECK (owner IN ('CLIENT', 'OWN')),
        name text NOT NULL,
        bank_code text NOT NULL CHECK (bank_code ~ '^[0-9]{12}$'),
        number_cipher text NOT NULL,
        number_hash text NOT NULL,
        masked_number text NOT NULL,
        is_filed boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED')),
        link_state text NOT NULL CHECK (link_state IN ('NONE', 'REQUESTED', 'CONFIRMED', 'REFUSED', 'CLOSED')),
        link_reason text,
        internal_account_code text,
        opening_approval_id uuid NOT NULL,
        requested_at timestamptz NOT NULL,
        CHECK ((account_class = 'CLIENT_FUND') = (subtype IS NOT NULL)),
        CHECK (NOT is_filed OR account_class = 'OWN_FUND'),
        CHECK (state <> 'ACTIVE' OR link_state = 'CONFIRMED')
      );
      CREATE UNIQUE INDEX account_number ON account (bank_code, number_hash) WHERE state <> 'CLOSED';
      CREATE UNIQUE INDEX account_one_reserve ON account (account_class) WHERE account_class = 'CENTRAL_RESERVE' AND state <> 'CLOSED';
      CREATE UNIQUE INDEX account_one_filed ON account (is_filed) WHERE is_filed AND state <> 'CLOSED';
      CREATE UNIQUE INDEX account_one_per_subtype ON account (subtype) WHERE subtype IS NOT NULL AND state <> 'CLOSED';
      GRANT SELECT, INSERT, UPDATE ON account TO jinku_accounts;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
