import { lightStatisticsSql } from '@jinku/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayouts2026112100002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payout_request (
        client_id text NOT NULL,
        request_id text NOT NULL,
        payout_id uuid NOT NULL,
        request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
        -- The request id first: people look for one without knowing the client.
        PRIMARY KEY (request_id, client_id)
      );

      -- No index may name a column that changes: each payout is updated a few times and stays in its page (HOT), which is tidied up by whoever
      -- writes to it next, so that vacuum need not come often. The references are held for each
      -- statement below: row by row they cost more than the row itself, and all payouts of a merchant would queue for that merchant's row.
      CREATE TABLE payout (
        payout_id uuid PRIMARY KEY,
        client_id text NOT NULL,
        request_id text NOT NULL,
        shard smallint NOT NULL CHECK (shard >= 0),
        merchant_id text NOT NULL REFERENCES merchant NOT ENFORCED,
        business_line text NOT NULL REFERENCES business_line NOT ENFORCED,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        payee_cipher text NOT NULL,
        payee_hash text NOT NULL,
        payee_masked text NOT NULL,
        bank_code text NOT NULL REFERENCES payee_bank NOT ENFORCED,
        payee_category text NOT NULL,
        purpose text NOT NULL,
        instruction_reference text NOT NULL,
        latest_by timestamptz,
        dispatch_order bigint NOT NULL,
        received_at timestamptz NOT NULL,
        business_date date NOT NULL,
        state text NOT NULL CHECK (state IN ('QUEUED', 'HELD', 'DISPATCHED', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED')),
        told_sequence integer NOT NULL CHECK (told_sequence > 0),
        attempt_count integer NOT NULL DEFAULT 0 CHECK (attempt_count >= 0),
        reason_code text,
        rail_reference text,
        -- What came back after the success, in all.
        returned_minor bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL,
        CONSTRAINT payout_returned_at_most_paid CHECK (returned_minor = 0 OR (state = 'SUCCEEDED' AND returned_minor BETWEEN 1 AND amount_minor))
      ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 50000,
              autovacuum_analyze_scale_factor = 0.2, autovacuum_analyze_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX payout_merchant ON payout (merchant_id, payout_id);

      -- The register's rows are never deleted, so a reference that held once holds for ever.
      CREATE FUNCTION hold_payout_references() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      DECLARE
        broken uuid;
      BEGIN
        SELECT a.payout_id INTO broken FROM admitted a
        LEFT JOIN merchant m ON m.merchant_id = a.merchant_id
        LEFT JOIN business_line l ON l.code = a.business_line
        LEFT JOIN payee_bank b ON b.bank_code = a.bank_code
        WHERE m.merchant_id IS NULL OR l.code IS NULL OR b.bank_code IS NULL LIMIT 1;
        IF FOUND THEN
          RAISE EXCEPTION 'payout % names what the register does not have', broken USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER payout_references AFTER INSERT ON payout REFERENCING NEW TABLE AS admitted
        FOR EACH STATEMENT EXECUTE FUNCTION hold_payout_references();

      -- Waiting payouts only: deleted from when claimed, so that a claim costs the same whatever has passed through.
      CREATE TABLE queue_entry (
        payout_id uuid PRIMARY KEY,
        shard smallint NOT NULL,
        dispatch_order bigint NOT NULL,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        latest_by timestamptz,
        -- What its route depends on.
        business_line text NOT NULL,
        bank_code text NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
              autovacuum_analyze_threshold = 2000, autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
              autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX queue_entry_order ON queue_entry (shard, dispatch_order, payout_id);
      CREATE INDEX queue_entry_latest_by ON queue_entry (latest_by) WHERE latest_by IS NOT NULL;

      -- Queued payouts that wait before they may be tried again, and those that stepped aside because no house takes them now while others can leave,
      -- with the houses they wait for and no time. All go back to queue_entry with their old place.
      CREATE TABLE deferred_entry (
        payout_id uuid PRIMARY KEY,
        shard smallint NOT NULL,
        dispatch_order bigint NOT NULL,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        latest_by timestamptz,
        business_line text NOT NULL,
        bank_code text NOT NULL,
        due_at timestamptz,
        waits_for text,
        CHECK ((due_at IS NULL) = (waits_for IS NOT NULL))
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX deferred_entry_due ON deferred_entry (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX deferred_entry_waits_for ON deferred_entry (shard, waits_for, bank_code, dispatch_order, payout_id) WHERE waits_for IS NOT NULL;

      -- Payouts that are HELD, so that people find them among millions.
      CREATE TABLE held_entry (
        payout_id uuid PRIMARY KEY REFERENCES payout
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

      -- The latest payout to each payee of each amount, where duplicates are looked for; forgotten after a day. One upsert looks and remembers, and
      -- makes two batches that ask for the same wait for each other.
      CREATE TABLE watched_payee (
        payee_hash text NOT NULL,
        amount_minor bigint NOT NULL,
        payout_id uuid NOT NULL,
        admitted_at timestamptz NOT NULL,
        PRIMARY KEY (payee_hash, amount_minor)
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX watched_payee_admitted_at ON watched_payee USING brin (admitted_at) WITH (pages_per_range = 16, autosummarize = on);

      CREATE TABLE duplicate_suspicion (
        payout_id uuid PRIMARY KEY REFERENCES payout,
        earlier_payout_id uuid NOT NULL,
        suspected_at timestamptz NOT NULL
      );

      CREATE TABLE quarantined_request (
        quarantine_id uuid PRIMARY KEY,
        message_id text NOT NULL,
        client_id text NOT NULL,
        fault text NOT NULL CHECK (fault IN ('NO_CLIENT', 'UNKNOWN_CLIENT', 'NOT_SIGNED', 'BAD_SIGNATURE', 'UNDECODABLE', 'UNANSWERABLE')),
        reason text NOT NULL,
        jws text,
        body_hash bytea NOT NULL CHECK (length(body_hash) = 32),
        body_bytes integer NOT NULL CHECK (body_bytes >= 0),
        content_cipher text NOT NULL,
        received_at timestamptz NOT NULL,
        UNIQUE (message_id, body_hash)
      );

      CREATE TABLE dispatch_switch (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        stopped boolean NOT NULL,
        reason text,
        stopped_by text,
        stopped_at timestamptz,
        start_proposed_by text,
        CHECK (NOT stopped OR (stopped_by IS NOT NULL AND stopped_at IS NOT NULL AND reason IS NOT NULL))
      );
      INSERT INTO dispatch_switch (stopped) VALUES (false);

      GRANT SELECT, INSERT ON payout_request, quarantined_request, duplicate_suspicion TO jinku_payouts;
      GRANT SELECT, INSERT, UPDATE, DELETE ON watched_payee TO jinku_payouts;
      GRANT SELECT, INSERT, DELETE ON held_entry TO jinku_payouts;
      GRANT SELECT, INSERT, UPDATE ON payout TO jinku_payouts;
      GRANT SELECT, INSERT, UPDATE, DELETE ON queue_entry, deferred_entry TO jinku_payouts;
      GRANT SELECT, UPDATE ON dispatch_switch TO jinku_payouts;
      ${lightStatisticsSql(['payout_request', 'payout', 'queue_entry'])}
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
