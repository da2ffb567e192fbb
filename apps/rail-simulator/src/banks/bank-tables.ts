/** The banks' books: accounts, the entries on them, the transfers that were ever taken, and the money that is on its way. */
export const BANK_TABLES = `
  CREATE TABLE rails.bank_account (
    account_number text PRIMARY KEY,
    bank text NOT NULL CHECK (bank IN ('alpha', 'beta')),
    account_name text NOT NULL,
    overdraft_minor bigint NOT NULL CHECK (overdraft_minor >= 0),
    -- What it held before its first entry.
    opening_minor bigint NOT NULL CHECK (opening_minor >= 0),
    balance_minor bigint NOT NULL,
    -- No entry is booked on an earlier date any more: a later one has entries, or the statement was given.
    earliest_date date NOT NULL,
    CONSTRAINT bank_account_never_overdrawn CHECK (balance_minor >= -overdraft_minor),
    UNIQUE (bank, account_number)
  );

  -- Rows never change.
  CREATE TABLE rails.bank_entry (
    entry_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank text NOT NULL,
    account_number text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('CREDIT', 'DEBIT')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    balance_after_minor bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('TRANSFER', 'RETURN', 'CREDIT', 'INTEREST', 'CHARGE')),
    counterparty_account text,
    counterparty_name text,
    -- The transfer's serial number, or what the payer wrote.
    end_to_end text,
    reference text,
    purpose text,
    business_date date NOT NULL,
    occurred_at timestamptz NOT NULL,
    FOREIGN KEY (bank, account_number) REFERENCES rails.bank_account (bank, account_number)
  );
  CREATE INDEX bank_entry_by_date ON rails.bank_entry (account_number, business_date, entry_number);

  -- Every serial number that a bank ever took, with what became of it. Rows never change.
  CREATE TABLE rails.bank_transfer (
    bank text NOT NULL,
    serial_number text NOT NULL,
    from_account text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    payee_account text NOT NULL,
    payee_name text NOT NULL,
    payee_bank_code text NOT NULL,
    purpose text NOT NULL,
    reference text NOT NULL,
    status text NOT NULL CHECK (status IN ('SUCCEEDED', 'FAILED', 'REFUSED')),
    code text NOT NULL,
    bank_reference text NOT NULL,
    concluded_at timestamptz NOT NULL,
    -- Wall time from which inquiries tell the result.
    told_from timestamptz NOT NULL,
    fault text,
    PRIMARY KEY (bank, serial_number),
    CHECK ((status = 'SUCCEEDED') = (code = '0000'))
  );

  -- Transfers that a fault made a bank forget: nothing was executed, no number was taken. Kept so that occurrences count on.
  CREATE TABLE rails.forgotten_transfer (
    forgotten_transfer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank text NOT NULL,
    from_account text NOT NULL,
    payee_account text NOT NULL,
    amount_minor bigint NOT NULL,
    fault text NOT NULL,
    received_at timestamptz NOT NULL
  );

  -- Money that has left one set of books and has not reached the next. Only arrived_at changes, once.
  CREATE TABLE rails.payment_in_flight (
    payment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('ARRIVAL', 'RETURN')),
    -- Null: the central reserve account.
    to_account text REFERENCES rails.bank_account,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    payer_account text,
    payer_name text,
    payer_bank_code text,
    end_to_end text,
    reference text,
    purpose text,
    -- The transfer that it came from; null for money that a clearing house pays.
    bank text,
    serial_number text,
    -- Business time.
    due_at timestamptz NOT NULL,
    arrived_at timestamptz,
    FOREIGN KEY (bank, serial_number) REFERENCES rails.bank_transfer (bank, serial_number),
    CHECK (kind = 'ARRIVAL' OR (to_account IS NOT NULL AND serial_number IS NOT NULL))
  );
  CREATE INDEX payment_in_flight_due ON rails.payment_in_flight (due_at) WHERE arrived_at IS NULL;
  CREATE INDEX payment_in_flight_of_transfer ON rails.payment_in_flight (bank, serial_number);

  -- How the banks misbehave, and when HVPS is open: each one document.
  CREATE TABLE rails.bank_plan (
    name text PRIMARY KEY CHECK (name IN ('FAULTS', 'HVPS')),
    plan jsonb NOT NULL
  );

  GRANT SELECT, INSERT ON rails.bank_entry, rails.bank_transfer, rails.forgotten_transfer, rails.payment_in_flight TO jinku_rails;
  GRANT UPDATE (arrived_at) ON rails.payment_in_flight TO jinku_rails;
  GRANT SELECT, INSERT, UPDATE ON rails.bank_account, rails.bank_plan TO jinku_rails;
`;
