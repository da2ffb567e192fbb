import { BANK_TABLES } from '../banks/bank-tables.ts';
import { RESERVE_TABLES } from '../central-bank/reserve-tables.ts';

/** The books' tables, in the order in which they came. Each text runs once, as the owner; the house's role owns nothing. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE rails.quota (
    clearing_house text NOT NULL CHECK (clearing_house IN ('NETSUNION', 'UNIONPAY')),
    institution_id text NOT NULL,
    mapped_minor bigint NOT NULL CHECK (mapped_minor >= 0),
    consumed_minor bigint NOT NULL DEFAULT 0 CHECK (consumed_minor >= 0),
    -- Receipts that count beside the mapping until their session is settled.
    receipts_minor bigint NOT NULL DEFAULT 0 CHECK (receipts_minor >= 0),
    changed_at timestamptz NOT NULL,
    -- What was executed before stands in no consumption any more.
    consumed_since timestamptz NOT NULL,
    PRIMARY KEY (clearing_house, institution_id),
    CONSTRAINT quota_never_overdrawn CHECK (consumed_minor <= mapped_minor + receipts_minor)
  ) WITH (fillfactor = 50);

  -- Every serial number that a house ever took, with what became of it. Rows never change.
  CREATE TABLE rails.payout_instruction (
    serial_number text NOT NULL,
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
    clearing_house text NOT NULL DEFAULT 'NETSUNION' CHECK (clearing_house IN ('NETSUNION', 'UNIONPAY')),
    -- The number first: whoever looks one up without knowing its house finds it by the same index.
    PRIMARY KEY (serial_number, clearing_house),
    CHECK ((status = 'SUCCEEDED') = (code = '0000'))
  ) WITH (autovacuum_analyze_scale_factor = 0.5);

  CREATE VIEW rails.executed_payout AS
    SELECT serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose, business_line,
           merchant_id, rail_reference, clearing_date, concluded_at AS executed_at, fault, clearing_house
      FROM rails.payout_instruction WHERE status = 'SUCCEEDED';

  -- Requests that a fault made the house forget: nothing was executed, no number was taken. Kept so that occurrences count on after a
  -- restart. A late execution is noted here when it is first seen.
  CREATE TABLE rails.forgotten_request (
    forgotten_request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    clearing_house text NOT NULL,
    serial_number text NOT NULL,
    payee_account text NOT NULL,
    amount_minor bigint NOT NULL,
    fault text NOT NULL,
    received_at timestamptz NOT NULL
  );

  CREATE TABLE rails.payout_return (
    return_id uuid PRIMARY KEY,
    serial_number text NOT NULL,
    clearing_house text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    clearing_date date NOT NULL,
    returned_at timestamptz NOT NULL,
    FOREIGN KEY (serial_number, clearing_house) REFERENCES rails.payout_instruction
  );

  -- Every adjustment of the mapped quota that was ever taken. Only an increase that waits to be carried out changes, once.
  CREATE TABLE rails.quota_adjustment (
    serial_number text NOT NULL,
    clearing_house text NOT NULL,
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
    PRIMARY KEY (serial_number, clearing_house),
    CHECK ((status = 'ACCEPTED') = (concluded_at IS NULL)),
    CHECK (status <> 'ACCEPTED' OR (direction = 'INCREASE' AND due_at IS NOT NULL))
  );
  CREATE INDEX quota_adjustment_due ON rails.quota_adjustment (due_at) WHERE status = 'ACCEPTED';

  CREATE TABLE rails.notice (
    notice_id uuid PRIMARY KEY,
    -- Who tells it; movements of the central reserve are NetsUnion's to tell.
    clearing_house text NOT NULL DEFAULT 'NETSUNION' CHECK (clearing_house IN ('NETSUNION', 'UNIONPAY')),
    kind text NOT NULL CHECK (kind IN ('PAYOUT_RESULT', 'PAYOUT_RETURNED', 'QUOTA_ADJUSTED', 'QUOTA_CHANGED', 'RESERVE_MOVED', 'SESSION_RESULT')),
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
    is_done boolean NOT NULL DEFAULT false,
    -- With RESERVE_MOVED: what happened to the reserve, as it is told.
    detail jsonb
  );
  CREATE INDEX notice_open ON rails.notice (clearing_house, due_at) WHERE NOT is_done;

  CREATE TABLE rails.fault_plan (
    clearing_house text PRIMARY KEY,
    plan jsonb NOT NULL
  );

  -- One row for each clearing date of a house from the first on that the house was open. The figures come when it is cut and never change.
  CREATE TABLE rails.clearing_session (
    clearing_house text NOT NULL CHECK (clearing_house IN ('NETSUNION', 'UNIONPAY')),
    institution_id text NOT NULL,
    clearing_date date NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    payouts_minor bigint,
    payout_count int,
    returns_minor bigint,
    receipts_minor bigint,
    -- Of the receipts what counts beside the mapping now.
    counted_minor bigint NOT NULL DEFAULT 0 CHECK (counted_minor >= 0),
    settled_at timestamptz,
    PRIMARY KEY (clearing_house, institution_id, clearing_date),
    CHECK (num_nulls(closed_at, payouts_minor, payout_count, returns_minor, receipts_minor) IN (0, 5)),
    CHECK (settled_at IS NULL OR (closed_at IS NOT NULL AND counted_minor = 0))
  );

  -- What clients paid in, as the house booked it. Rows never change.
  CREATE TABLE rails.collection (
    collection_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    clearing_house text NOT NULL CHECK (clearing_house IN ('NETSUNION', 'UNIONPAY')),
    institution_id text NOT NULL,
    channel text NOT NULL,
    clearing_date date NOT NULL,
    item_count int NOT NULL CHECK (item_count > 0),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    booked_at timestamptz NOT NULL
  );
  CREATE INDEX collection_by_session ON rails.collection (clearing_house, clearing_date);

  GRANT SELECT, INSERT ON rails.collection TO jinku_rails;
  GRANT SELECT, INSERT, UPDATE ON rails.clearing_session TO jinku_rails;
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
