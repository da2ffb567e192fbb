import { lightStatisticsSql } from '@jinku/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAttempts2026112100003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every row is written once more, with its end, often together with all its neighbours: a page has room for both versions of each.
      CREATE TABLE attempt (
        payout_id uuid NOT NULL,
        attempt_number integer NOT NULL CHECK (attempt_number > 0),
        route text NOT NULL,
        serial_number text NOT NULL CONSTRAINT attempt_serial_number UNIQUE,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        grant_id uuid NOT NULL,
        request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
        committed_at timestamptz NOT NULL,
        valid_until timestamptz NOT NULL,
        outcome text,
        conclusion text CHECK (conclusion IN ('SUCCEEDED', 'FAILED')),
        concluded_by text CHECK (concluded_by IN ('ANSWER', 'INQUIRY', 'NOTICE', 'RESOLUTION', 'NOT_SENT')),
        code text,
        rail_reference text,
        clearing_date date,
        concluded_at timestamptz,
        -- Why this house.
        route_reason text,
        PRIMARY KEY (payout_id, attempt_number),
        CHECK ((conclusion IS NULL) = (concluded_at IS NULL) AND (conclusion IS NULL) = (concluded_by IS NULL))
      ) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 50000,
              autovacuum_analyze_scale_factor = 0.2, autovacuum_analyze_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

      -- An attempt without a conclusion. The primary key is the rule: at most one per payout, whatever the code does.
      CREATE TABLE open_attempt (
        payout_id uuid PRIMARY KEY,
        attempt_number integer NOT NULL,
        serial_number text NOT NULL CONSTRAINT open_attempt_serial_number UNIQUE,
        shard smallint NOT NULL,
        route text NOT NULL,
        merchant_id text NOT NULL,
        business_line text NOT NULL,
        amount_minor bigint NOT NULL CHECK (amount_minor > 0),
        grant_id uuid NOT NULL,
        valid_until timestamptz NOT NULL,
        -- Null while the process that committed the attempt waits for its answer.
        inquire_at timestamptz,
        inquiry_count integer NOT NULL DEFAULT 0 CHECK (inquiry_count >= 0),
        not_found_count integer NOT NULL DEFAULT 0 CHECK (not_found_count >= 0),
        -- Held by the one statement that writes both: an attempt is never deleted.
        FOREIGN KEY (payout_id, attempt_number) REFERENCES attempt NOT ENFORCED
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
              autovacuum_analyze_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX open_attempt_inquire_at ON open_attempt (inquire_at) WHERE inquire_at IS NOT NULL;

      CREATE TABLE inquiry (
        serial_number text NOT NULL,
        inquiry_number integer NOT NULL CHECK (inquiry_number > 0),
        outcome text NOT NULL,
        code text,
        detail text NOT NULL,
        asked_at timestamptz NOT NULL,
        latency_ms integer NOT NULL CHECK (latency_ms >= 0),
        PRIMARY KEY (serial_number, inquiry_number)
      );

      -- What a rail told that does not fit what is on record; a person looks at each.
      CREATE TABLE outcome_conflict (
        conflict_id uuid PRIMARY KEY DEFAULT uuidv7(),
        serial_number text NOT NULL,
        source text NOT NULL,
        told_outcome text NOT NULL,
        told_amount_minor bigint,
        recorded_conclusion text,
        recorded_amount_minor bigint,
        noticed_at timestamptz NOT NULL
      );

      -- Every return that a house told, as it told it; only what became of it is written later, once.
      CREATE TABLE payout_return (
        notice_id text PRIMARY KEY,
        serial_number text NOT NULL,
        payout_id uuid,
        amount_minor bigint NOT NULL,
        is_definite boolean NOT NULL,
        clearing_date date,
        rail_reference text,
        occurred_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('WAITING', 'RECORDED', 'QUARANTINED')),
        fault text CHECK (fault IN ('NOT_DEFINITE', 'UNKNOWN_NUMBER', 'NOT_SUCCEEDED', 'ABOVE_AMOUNT')),
        told_at timestamptz NOT NULL,
        decided_at timestamptz,
        CHECK ((state = 'QUARANTINED') = (fault IS NOT NULL)),
        CHECK ((state = 'WAITING') = (decided_at IS NULL)),
        CHECK (state <> 'RECORDED' OR (payout_id IS NOT NULL AND is_definite AND amount_minor > 0))
      );
      CREATE INDEX payout_return_payout ON payout_return (payout_id) WHERE payout_id IS NOT NULL;
      CREATE INDEX payout_return_waiting ON payout_return (told_at) WHERE state = 'WAITING';

      -- Resolutions of attempts are approvals: looked for by payout, and while they are open.
      CREATE INDEX payout_resolution_payout ON approval (subject);
      CREATE INDEX payout_resolution_open ON approval (proposed_at) WHERE state = 'PROPOSED';

      CREATE TABLE route (
        route text PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('OPEN', 'STOPPED')),
        reason text,
        changed_by text,
        changed_at timestamptz,
        -- The largest payout the house takes; null for any.
        per_item_limit_minor bigint CHECK (per_item_limit_minor > 0),
        CHECK (state = 'OPEN' OR (reason IS NOT NULL AND changed_at IS NOT NULL))
      );
      INSERT INTO route (route, state) VALUES ('NETSUNION', 'OPEN'), ('UNIONPAY', 'OPEN');

      -- What differs from the rule that a house reaches every bank with any amount.
      CREATE TABLE route_bank (
        route text NOT NULL REFERENCES route,
        bank_code text NOT NULL REFERENCES payee_bank,
        is_reachable boolean NOT NULL,
        per_item_limit_minor bigint CHECK (per_item_limit_minor > 0),
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (route, bank_code)
      );

      -- A row a route that was ever broken or forced; every other one is closed. Wall time, but for the end of a force.
      CREATE TABLE breaker (
        key text PRIMARY KEY,
        clearing_house text NOT NULL REFERENCES route (route),
        bank_code text REFERENCES payee_bank,
        state text NOT NULL CHECK (state IN ('CLOSED', 'OPEN', 'HALF_OPEN')),
        epoch bigint NOT NULL CHECK (epoch > 0),
        openings integer NOT NULL CHECK (openings >= 0),
        open_until timestamptz,
        stage smallint NOT NULL CHECK (stage >= 0),
        tokens_taken integer NOT NULL CHECK (tokens_taken >= 0),
        tokens_until timestamptz,
        good_count integer NOT NULL CHECK (good_count >= 0),
        trouble_count integer NOT NULL CHECK (trouble_count >= 0),
        reason text,
        forced_by text,
        forced_approved_by text,
        forced_reason text,
        forced_until timestamptz,
        changed_at timestamptz NOT NULL,
        CHECK (forced_by <> forced_approved_by),
        CHECK (num_nulls(forced_by, forced_approved_by, forced_reason, forced_until) IN (0, 4)),
        CHECK ((open_until IS NOT NULL) = (state = 'OPEN' AND forced_by IS NULL))
      ) WITH (fillfactor = 50);

      -- Append-only: each change of state or stage, by whom and why.
      CREATE TABLE breaker_event (
        key text NOT NULL REFERENCES breaker,
        epoch bigint NOT NULL,
        event text NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        stage smallint NOT NULL,
        reason text,
        changed_by text,
        at timestamptz NOT NULL,
        PRIMARY KEY (key, epoch)
      );

      -- The processes that lead shards, or could: each leads its fair share of them. Wall time.
      CREATE TABLE dispatcher (
        holder uuid PRIMARY KEY,
        joined_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );

      GRANT SELECT, INSERT, UPDATE, DELETE ON dispatcher TO jinku_payouts;
      GRANT SELECT, INSERT, UPDATE ON attempt TO jinku_payouts;
      GRANT SELECT, INSERT, UPDATE, DELETE ON open_attempt TO jinku_payouts;
      GRANT SELECT, INSERT ON inquiry, outcome_conflict, payout_return TO jinku_payouts;
      GRANT UPDATE (state, fault, decided_at) ON payout_return TO jinku_payouts;
      GRANT SELECT, UPDATE ON route TO jinku_payouts;
      GRANT SELECT, INSERT, UPDATE ON route_bank, breaker TO jinku_payouts;
      GRANT SELECT, INSERT ON breaker_event TO jinku_payouts;
      ${lightStatisticsSql(['attempt', 'open_attempt'])}
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
