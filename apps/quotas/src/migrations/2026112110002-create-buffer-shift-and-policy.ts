import { approvalTableSql } from '@jinku/approvals';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBufferShiftAndPolicy2026112110002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(approvalTableSql('jinku_quotas'));
    await runner.query(`
      -- One row: the unallocated buffer, kept from its movements, and what the central reserve was last confirmed to hold.
      CREATE TABLE quota_buffer (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        balance bigint,
        opened_as_of timestamptz,
        reserve_balance bigint,
        reserve_source text CHECK (reserve_source IN ('NOTICE', 'QUERY', 'FILE', 'MANUAL')),
        reserve_as_of timestamptz,
        reserve_difference bigint NOT NULL DEFAULT 0,
        differs_since timestamptz,
        CHECK ((balance IS NULL) = (opened_as_of IS NULL)),
        CHECK ((reserve_balance IS NULL) = (reserve_as_of IS NULL)),
        CHECK ((reserve_difference = 0) = (differs_since IS NULL))
      );
      INSERT INTO quota_buffer DEFAULT VALUES;

      CREATE TABLE quota_buffer_movement (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('OPENING', 'RESERVE_MOVED', 'INCREASE_TAKEN', 'INCREASE_GIVEN_BACK', 'DECREASE_DONE', 'MAPPING_MOVED')),
        amount bigint NOT NULL,
        reference text NOT NULL,
        clearing_house text CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        moved_at timestamptz NOT NULL,
        balance_after bigint NOT NULL,
        -- What is told or found twice moves the buffer once.
        UNIQUE (kind, reference),
        CHECK (kind <> 'INCREASE_TAKEN' OR amount < 0),
        CHECK (kind NOT IN ('INCREASE_GIVEN_BACK', 'DECREASE_DONE') OR amount > 0)
      );

      CREATE TABLE reserve_movement (
        movement_number text PRIMARY KEY,
        amount bigint NOT NULL,
        balance_after bigint NOT NULL,
        payer_reference text,
        purpose text,
        occurred_at timestamptz NOT NULL
      );
      CREATE INDEX reserve_movement_by_reference ON reserve_movement (payer_reference);

      CREATE TABLE quota_shift (
        id uuid PRIMARY KEY,
        from_house text NOT NULL CHECK (from_house IN ('UNIONPAY', 'NETSUNION')),
        to_house text NOT NULL CHECK (to_house IN ('UNIONPAY', 'NETSUNION')),
        amount bigint NOT NULL CHECK (amount > 0),
        state text NOT NULL CHECK (state IN ('DECREASING', 'INCREASING', 'IN_BUFFER', 'DONE', 'FAILED', 'GIVEN_UP')),
        decrease_id uuid NOT NULL UNIQUE REFERENCES quota_adjustment (id),
        increase_id uuid UNIQUE REFERENCES quota_adjustment (id),
        attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        retry_at timestamptz,
        reason text NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        CHECK (from_house <> to_house),
        CHECK ((state = 'IN_BUFFER') = (retry_at IS NOT NULL))
      );
      CREATE INDEX quota_shift_open ON quota_shift (requested_at) WHERE state IN ('DECREASING', 'INCREASING', 'IN_BUFFER');

      CREATE TABLE quota_shift_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        shift_id uuid NOT NULL REFERENCES quota_shift (id),
        state text NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX quota_shift_event_by_shift ON quota_shift_event (shift_id, sequence);

      CREATE TABLE quota_policy (
        version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        effective_on date NOT NULL,
        content jsonb NOT NULL,
        approval_id uuid NOT NULL UNIQUE REFERENCES approval (id),
        decided_at timestamptz NOT NULL
      );

      GRANT SELECT, UPDATE ON quota_buffer TO jinku_quotas;
      GRANT SELECT, INSERT ON quota_buffer_movement, reserve_movement, quota_shift, quota_shift_event, quota_policy TO jinku_quotas;
      GRANT UPDATE (state, increase_id, attempts, retry_at) ON quota_shift TO jinku_quotas;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
