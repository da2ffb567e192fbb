import { approvalTableSql } from '@jinku/approvals';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCheckAndBreak2026112110003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(approvalTableSql('jinku_audit'));
    await runner.query(`
      -- A verdict with what it follows from. The same inputs are not written down a second time.
      CREATE TABLE check_run (
        id uuid PRIMARY KEY,
        check_code text NOT NULL CHECK (check_code IN ('A1', 'A3', 'A4', 'A5', 'A7', 'A8', 'A11')),
        subject text NOT NULL,
        business_date date NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('AGREES', 'DIFFERS', 'NOT_RUN')),
        reason text,
        left_figures jsonb NOT NULL,
        right_figures jsonb NOT NULL,
        inputs jsonb NOT NULL,
        inputs_sha256 bytea NOT NULL CHECK (length(inputs_sha256) = 32),
        break_count integer NOT NULL CHECK (break_count >= 0),
        ran_at timestamptz NOT NULL,
        CHECK ((verdict = 'NOT_RUN') = (reason IS NOT NULL)),
        CHECK ((verdict = 'DIFFERS') = (break_count > 0)),
        -- A check without inputs has seen nothing, and agrees with nothing.
        CHECK (verdict = 'NOT_RUN' OR inputs <> '{}')
      );
      CREATE INDEX check_run_by_date ON check_run (business_date, check_code, subject, id);
      CREATE INDEX check_run_by_subject ON check_run (check_code, subject, business_date);

      -- A person wants all checks of a date run again, those that agreed too.
      CREATE TABLE check_request (
        id uuid PRIMARY KEY,
        business_date date NOT NULL,
        requested_at timestamptz NOT NULL,
        done_at timestamptz
      );
      CREATE INDEX check_request_open ON check_request (id) WHERE done_at IS NULL;

      CREATE TABLE audit_break (
        id uuid PRIMARY KEY,
        check_code text NOT NULL CHECK (check_code IN ('A1', 'A3', 'A4', 'A5', 'A7', 'A8', 'A11')),
        subject text NOT NULL,
        -- Whose runs decide whether the break is still there.
        scope text NOT NULL,
        break_key text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('TIMING', 'OURS_ONLY', 'THEIRS_ONLY', 'AMOUNT', 'STATUS', 'DUPLICATE', 'RETURNED_PAYOUT', 'UNKNOWN_INCOMING_CREDIT')),
        business_date date NOT NULL,
        reference text NOT NULL,
        amount bigint NOT NULL,
        evidence jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('ADDED', 'SUBMITTED', 'REVIEWED', 'CLEARED')),
        owner text,
        approval_id uuid REFERENCES approval (id),
        found_at timestamptz NOT NULL,
        closed_at timestamptz,
        CHECK ((state IN ('REVIEWED', 'CLEARED')) = (closed_at IS NOT NULL)),
        CHECK (state NOT IN ('SUBMITTED', 'REVIEWED') OR approval_id IS NOT NULL)
      );
      -- The same difference is one break until a later run did not find it.
      CREATE UNIQUE INDEX audit_break_once ON audit_break (check_code, break_key) WHERE state <> 'CLEARED';
      CREATE INDEX audit_break_by_scope ON audit_break (check_code, scope) WHERE state <> 'CLEARED';
      CREATE INDEX audit_break_by_state ON audit_break (state, id);

      CREATE TABLE audit_break_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        break_id uuid NOT NULL REFERENCES audit_break (id),
        event text NOT NULL CHECK (event IN ('add', 'assign', 'comment', 'submit', 'approve', 'reject', 'clear')),
        -- Absent when a check acted.
        person_id text,
        note text,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX audit_break_event_by_break ON audit_break_event (break_id, sequence);

      -- What the days of the houses came to so far, so that nobody counts a million rows to see whether any came in.
      CREATE TABLE own_payout_day (
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        attempt_count bigint NOT NULL CHECK (attempt_count > 0),
        success_total bigint NOT NULL CHECK (success_total >= 0),
        PRIMARY KEY (clearing_house, clearing_date)
      );

      GRANT SELECT, INSERT ON check_run, audit_break, audit_break_event TO jinku_audit;
      GRANT SELECT, INSERT, UPDATE ON check_request, own_payout_day TO jinku_audit;
      GRANT UPDATE (state, owner, approval_id, closed_at) ON audit_break TO jinku_audit;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
