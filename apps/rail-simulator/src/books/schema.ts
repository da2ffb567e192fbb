import { BANK_TABLES } from '../banks/bank-tables.ts';
import { RESERVE_TABLES } from '../central-bank/reserve-tables.ts';

/** The books' tables, in the order in which they came. Each text runs once, as the owner; the house's role owns nothing. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE rails.quota (
    institution_id text PRIMARY KEY,
    mapped_minor bigint NOT NULL CHECK (mapped_minor >= 0),
    consumed_minor bigint NOT NULL CHECK (consumed_minor >= 0),
    changed_at timestamptz NOT NULL,
    CONSTRAINT quota_never_overdrawn CHECK (consumed_minor <= mapped_minor)
  ) WITH (fillfactor = 50);

  -- Every serial number that was ever taken, with what became of it. Rows never change.
  CREATE TABLE rails.payout_instruction (
    serial_number text PRIMARY KEY,
    institution_id text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    payee_account text NOT NULL,
    payee_name text NOT NULL,
    bank_code text NOT NULL,
    purpose text NOT NULL,
    business_line text NOT NULL,
    merchant_id text NOT NULL,
    status text NOT NULL CHECK (status IN ('SUCCEEDED', 'FAILED', 'REFUSED')),
    code text NOT NULL,
    rail_reference text NOT NULL,
    clearing_date date NOT NULL,
    concluded_at timestamptz NOT NULL,
    -- Wall time from which inquiries tell the result; null: at once.
    told_from timestamptz,
    fault text,
    CHECK ((status = 'SUCCEEDED') = (code = '0000'))
  );

  CREATE VIEW rails.executed_payout AS
    SELECT serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose, business_line,
           merchant_id, rail_reference, clearing_date, concluded_at AS executed_at, fault
      FROM rails.payout_instruction WHERE status = 'SUCCEEDED';

  -- Requests that a fault made the house forget: nothing was executed, no number was taken. Kept so that occurrences count on after a
  -- restart. A late execution is noted here when it is first seen.
  CREATE TABLE rails.forgotten_request (
    forgotten_request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial_number text NOT NULL,
    payee_account text NOT NULL,
    amount_minor bigint NOT NULL,
    fault text NOT NULL,
    received_at timestamptz NOT NULL
  );

  CREATE TABLE rails.payout_return (
    return_id uuid PRIMARY KEY,
    serial_number text NOT NULL REFERENCES rails.payout_instruction,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    clearing_date date NOT NULL,
    returned_at timestamptz NOT NULL
  );

  -- Every adjustment of the mapped quota that was ever taken. Only an increase that waits to be carried out changes, once.
  CREATE TABLE rails.quota_adjustment (
    serial_number text PRIMARY KEY,
    institution_id text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('INCREASE', 'DECREASE')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    status text NOT NULL CHECK (status IN ('ACCEPTED', 'SUCCEEDED', 'FAILED', 'REFUSED')),
    code text NOT NULL,
    rail_reference text NOT NULL,
    received_at timestamptz NOT NULL,
    -- Wall time from which an accepted increase is carried out.
    due_at timestamptz,
    concluded_at timestamptz,
    fault text,
    CHECK ((status = 'ACCEPTED') = (concluded_at IS NULL)),
    CHECK (status <> 'ACCEPTED' OR (direction = 'INCREASE' AND due_at IS NOT NULL))
  );
  CREATE INDEX quota_adjustment_due ON rails.quota_adjustment (due_at) WHERE status = 'ACCEPTED';

  CREATE TABLE rails.notice (
    notice_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('PAYOUT_RESULT', 'PAYOUT_RETURNED', 'QUOTA_ADJUSTED', 'QUOTA_CHANGED')),
    serial_number text,
    status text,
    code text,
    amount_minor bigint,
    clearing_date date,
    rail_reference text,
    occurred_at timestamptz NOT NULL,
    is_forged boolean NOT NULL DEFAULT false,
    -- How often the receiver has to take it before the house leaves off: 2 for a duplicate.
    takes_wanted int NOT NULL DEFAULT 1 CHECK (takes_wanted > 0),
    takes int NOT NULL DEFAULT 0,
    deliveries int NOT NULL DEFAULT 0,
    last_http_status int,
    due_at timestamptz NOT NULL,
    is_done boolean NOT NULL DEFAULT false
  );
  CREATE INDEX notice_open ON rails.notice (due_at) WHERE NOT is_done;

  CREATE TABLE rails.fault_plan (
    is_current boolean PRIMARY KEY DEFAULT true CHECK (is_current),
    plan jsonb NOT NULL
  );

  GRANT SELECT, INSERT ON rails.payout_instruction, rails.forgotten_request, rails.payout_return TO jinku_rails;
  GRANT SELECT, INSERT ON rails.quota_adjustment TO jinku_rails;
  GRANT UPDATE (status, code, concluded_at) ON rails.quota_adjustment TO jinku_rails;
  GRANT SELECT ON rails.executed_payout TO jinku_rails;
  GRANT SELECT, INSERT, UPDATE ON rails.quota, rails.notice, rails.fault_plan TO jinku_rails;

  -- The settlement service's own books: what its payout requests were acknowledged as. Load clients write here through their own SQL.
  CREATE SCHEMA settlement;
  CREATE TABLE settlement.acknowledged_request (
    request_id text PRIMARY KEY,
    payout_id uuid,
    how text NOT NULL,
    acknowledged_at timestamptz NOT NULL
  );
  GRANT USAGE ON SCHEMA settlement TO jinku_rails;
  GRANT SELECT, INSERT, UPDATE ON settlement.acknowledged_request TO jinku_rails;

  -- Both are reached by their keys alone: a small sample will do for their statistics.
  DO $$
  DECLARE
    c record;
  BEGIN
    FOR c IN SELECT attrelid::regclass AS table_name, attname FROM pg_attribute
             WHERE attrelid IN ('rails.payout_instruction'::regclass, 'settlement.acknowledged_request'::regclass) AND attnum > 0 AND NOT attisdropped
    LOOP
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 10', c.table_name, c.attname);
    END LOOP;
  END $$;
  `,
  RESERVE_TABLES,
  BANK_TABLES,
];
