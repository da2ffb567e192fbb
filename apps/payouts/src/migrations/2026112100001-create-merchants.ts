import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PAYEE_BANKS } from './payee-banks.ts';

export class CreateMerchants2026112100001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE business_line (
        code text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9_]{1,31}$'),
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
        priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
        per_item_limit_minor bigint NOT NULL CHECK (per_item_limit_minor > 0),
        updated_at timestamptz NOT NULL,
        -- Null where the institution's setting counts; 0 where duplicates are not looked for.
        duplicate_window_seconds integer CHECK (duplicate_window_seconds BETWEEN 0 AND 86400),
        -- The house its payouts go to first; null where the first one configured is.
        primary_house text CHECK (primary_house IN ('UNIONPAY', 'NETSUNION'))
      );
      CREATE TABLE merchant (
        merchant_id text PRIMARY KEY CHECK (merchant_id ~ '^[A-Za-z0-9_-]{1,32}$'),
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
        state text NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED')),
        priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
        updated_at timestamptz NOT NULL,
        -- Null where its business line's counts.
        duplicate_window_seconds integer CHECK (duplicate_window_seconds BETWEEN 0 AND 86400)
      );
      CREATE TABLE payee_bank (
        bank_code text PRIMARY KEY CHECK (bank_code ~ '^[0-9]{12}$'),
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
        state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'CLOSED'))
      );
      GRANT SELECT, INSERT, UPDATE ON business_line, merchant, payee_bank TO jinku_payouts;
    `);
    await runner.query('INSERT INTO payee_bank (bank_code, name) SELECT * FROM unnest($1::text[], $2::text[])', [
      PAYEE_BANKS.map(([code]) => code),
      PAYEE_BANKS.map(([, name]) => name),
    ]);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
