import { serialNumberTableSql } from '@jinku/connectors';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateQuotaAdjustment2026112110001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(serialNumberTableSql('jinku_quotas'));
    await runner.query(`
      CREATE TABLE quota_adjustment (
        id uuid PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        direction text NOT NULL CHECK (direction IN ('INCREASE', 'DECREASE')),
        amount bigint NOT NULL CHECK (amount > 0),
        state text NOT NULL CHECK (state IN ('PLANNED', 'INSTRUCTED', 'ACCEPTED', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
        reason text NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        serial_number text UNIQUE,
        valid_until timestamptz,
        next_inquiry_at timestamptz,
        not_found_answers integer NOT NULL DEFAULT 0 CHECK (not_found_answers >= 0),
        code text,
        rail_reference text,
        concluded_at timestamptz,
        -- The first figure asked for after the success has come: until then a decrease is held back from the figure.
        reflected_at timestamptz,
        CHECK ((state IN ('PLANNED', 'CANCELLED')) = (serial_number IS NULL)),
        CHECK ((serial_number IS NULL) = (valid_until IS NULL)),
        CHECK ((state IN ('INSTRUCTED', 'ACCEPTED', 'UNKNOWN')) = (next_inquiry_at IS NOT NULL)),
        CHECK ((state IN ('SUCCEEDED', 'FAILED', 'CANCELLED')) = (concluded_at IS NOT NULL)),
        CHECK (reflected_at IS NULL OR state = 'SUCCEEDED')
      );
      CREATE INDEX quota_adjustment_open ON quota_adjustment (clearing_house) WHERE state NOT IN ('FAILED', 'CANCELLED') AND reflected_at IS NULL;

      -- An unknown outcome is asked about under its number; there is never a second one.
      CREATE FUNCTION quota_adjustment_keeps_its_number() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.serial_number IS NOT NULL AND NEW.serial_number IS DISTINCT FROM OLD.serial_number THEN
          RAISE EXCEPTION 'an adjustment has one serial number for ever' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER quota_adjustment_keeps_its_number BEFORE UPDATE ON quota_adjustment
        FOR EACH ROW EXECUTE FUNCTION quota_adjustment_keeps_its_number();

      CREATE TABLE quota_adjustment_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        adjustment_id uuid NOT NULL REFERENCES quota_adjustment (id),
        state text NOT NULL,
        source text NOT NULL CHECK (source IN ('PERSON', 'SERVICE', 'ANSWER', 'NOTICE', 'INQUIRY')),
        outcome text,
        code text,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX quota_adjustment_event_by_adjustment ON quota_adjustment_event (adjustment_id, sequence);

      GRANT SELECT, INSERT ON quota_adjustment, quota_adjustment_event TO jinku_quotas;
      GRANT UPDATE (state, serial_number, valid_until, next_inquiry_at, not_found_answers, code, rail_reference, concluded_at, reflected_at)
        ON quota_adjustment TO jinku_quotas;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
