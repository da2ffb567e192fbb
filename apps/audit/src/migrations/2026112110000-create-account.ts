import { messagingTablesSql } from '@jinku/messaging';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccount2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql('jinku_audit'));
    await runner.query(platformTablesSql('jinku_audit'));
    await runner.query(`
      -- What the register tells of each account; the highest version counts.
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        version integer NOT NULL CHECK (version > 0),
        account_class text NOT NULL CHECK (account_class IN ('CENTRAL_RESERVE', 'CLIENT_FUND', 'OWN_FUND', 'VIRTUAL', 'CHANNEL')),
        owner text NOT NULL CHECK (owner IN ('CLIENT', 'OWN')),
        name text NOT NULL,
        state text NOT NULL CHECK (state IN ('PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED')),
        account_number text NOT NULL,
        connector_type text
      );
      CREATE INDEX account_by_number ON account (account_number);
      GRANT SELECT, INSERT, UPDATE ON account TO jinku_audit;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
