/** The central bank's books: the institution's one reserve account and what moved it. */
export const RESERVE_TABLES = `
  CREATE TABLE rails.reserve_account (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    institution_id text NOT NULL,
    account_number text NOT NULL,
    account_name text NOT NULL,
    bank_code text NOT NULL,
    -- What it held before its first movement.
    opening_minor bigint NOT NULL CHECK (opening_minor >= 0),
    balance_minor bigint NOT NULL,
    -- No movement is booked on an earlier date any more.
    earliest_date date NOT NULL,
    CONSTRAINT reserve_account_never_overdrawn CHECK (balance_minor >= 0)
  );

  -- Rows never change. told_at is when the notice row was written: in the same transaction.
  CREATE TABLE rails.reserve_movement (
    movement_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    direction text NOT NULL CHECK (direction IN ('CREDIT', 'DEBIT')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    balance_after_minor bigint NOT NULL CHECK (balance_after_minor >= 0),
    counterparty text,
    payer_reference text,
    purpose text,
    business_date date NOT NULL,
    occurred_at timestamptz NOT NULL,
    told_at timestamptz
  );
  CREATE INDEX reserve_movement_by_date ON rails.reserve_movement (business_date, movement_number);

  GRANT SELECT, INSERT, UPDATE ON rails.reserve_account TO jinku_rails;
  GRANT SELECT, INSERT ON rails.reserve_movement TO jinku_rails;

  ALTER TABLE rails.notice ADD COLUMN IF NOT EXISTS detail jsonb;
  ALTER TABLE rails.notice DROP CONSTRAINT notice_kind_check;
  ALTER TABLE rails.notice ADD CONSTRAINT notice_kind_check
    CHECK (kind IN ('PAYOUT_RESULT', 'PAYOUT_RETURNED', 'QUOTA_ADJUSTED', 'QUOTA_CHANGED', 'RESERVE_MOVED', 'SESSION_RESULT'));
`;
