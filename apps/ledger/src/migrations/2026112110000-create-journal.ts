import { approvalTableSql } from '@jinku/approvals';
import { messagingTablesSql } from '@jinku/messaging';
import { lightStatisticsSql } from '@jinku/persistence';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeBatchSql } from './close-batch.sql.ts';

const ROLE = 'jinku_ledger';

export class CreateJournal2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql(ROLE));
    await runner.query(platformTablesSql(ROLE));
    await runner.query(approvalTableSql(ROLE));
    await runner.query(ACCOUNTS_SQL);
    await runner.query(JOURNAL_SQL);
    await runner.query(VERIFICATION_SQL);
    await runner.query(RULE_SCHEDULE_SQL);
    await runner.query(BOOKED_SQL);
    await runner.query(PENDING_SQL);
    await runner.query(closeBatchSql(ROLE));
    await runner.query(GRANTS_SQL);
    await runner.query(lightStatisticsSql(['journal_entry', 'journal_line', 'balance_point']));
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}

const ACCOUNTS_SQL = `
  CREATE TABLE internal_account (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[0-9A-Za-z._-]{1,64}$'),
    name text NOT NULL,
    unit text NOT NULL CHECK (unit IN ('CNY', 'CNY.QUOTA')),
    normal_side text NOT NULL CHECK (normal_side IN ('DEBIT', 'CREDIT')),
    parent_id integer REFERENCES internal_account (id),
    is_control boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('OPEN', 'FROZEN', 'CLOSED')),
    balance_min bigint,
    balance_max bigint,
    registered_account_id uuid UNIQUE,
    opened_at timestamptz NOT NULL,
    CHECK (balance_min <= balance_max),
    CHECK (parent_id < id)
  );
  CREATE INDEX internal_account_by_parent ON internal_account (parent_id);

  -- Totals since the first entry. Half of each page is left free so that an update needs no new index entry.
  CREATE TABLE account_balance (
    account_id integer PRIMARY KEY REFERENCES internal_account (id),
    debit_total bigint NOT NULL DEFAULT 0 CHECK (debit_total >= 0),
    credit_total bigint NOT NULL DEFAULT 0 CHECK (credit_total >= 0),
    pending_debit bigint NOT NULL DEFAULT 0 CHECK (pending_debit >= 0),
    pending_credit bigint NOT NULL DEFAULT 0 CHECK (pending_credit >= 0)
  ) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);

  CREATE TABLE balance_monitor (
    id uuid PRIMARY KEY,
    account_id integer NOT NULL REFERENCES internal_account (id),
    threshold bigint NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, threshold)
  );
`;

const JOURNAL_SQL = `
  CREATE SEQUENCE journal_batch_id;

  -- The last link of the hash chain. Its lock puts the ends of all batches in line, and is held for their last statement only.
  CREATE TABLE journal_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    sequence bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    booked_at timestamptz NOT NULL
  ) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
  INSERT INTO journal_head (sequence, hash, booked_at) VALUES (0, decode(repeat('00', 32), 'hex'), '-infinity');

  CREATE TABLE journal_batch (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    id bigint NOT NULL UNIQUE,
    booked_at timestamptz NOT NULL,
    entry_count integer NOT NULL CHECK (entry_count > 0),
    line_count integer NOT NULL CHECK (line_count > 1),
    root bytea NOT NULL CHECK (length(root) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32)
  );
  CREATE INDEX journal_batch_by_instant ON journal_batch (booked_at, sequence);

  CREATE TABLE journal_entry (
    batch_id bigint NOT NULL,
    entry_number integer NOT NULL CHECK (entry_number > 0),
    value_date date NOT NULL,
    id uuid NOT NULL UNIQUE,
    unit text NOT NULL CHECK (unit IN ('CNY', 'CNY.QUOTA')),
    rule text NOT NULL,
    reference text NOT NULL,
    reverses uuid,
    pending_id uuid,
    description text,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (batch_id, entry_number)
  ) WITH (autovacuum_analyze_scale_factor = 0.5);
  CREATE INDEX journal_entry_by_reference ON journal_entry (reference, id);
  -- Partial, or every entry would cost two more places in an index to say that it reverses nothing.
  CREATE UNIQUE INDEX journal_entry_reverses_key ON journal_entry (reverses) WHERE reverses IS NOT NULL;
  CREATE UNIQUE INDEX journal_entry_pending_id_key ON journal_entry (pending_id) WHERE pending_id IS NOT NULL;

  -- Debits are positive, credits negative.
  CREATE TABLE journal_line (
    batch_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0),
    entry_number integer NOT NULL,
    account_id integer NOT NULL,
    line_number smallint NOT NULL CHECK (line_number > 0),
    PRIMARY KEY (batch_id, entry_number, line_number)
  ) WITH (autovacuum_analyze_scale_factor = 0.5);

  -- An account's totals after a batch that touched it: what makes a balance as of any instant a look-up.
  CREATE TABLE balance_point (
    sequence bigint NOT NULL,
    debit_total bigint NOT NULL CHECK (debit_total >= 0),
    credit_total bigint NOT NULL CHECK (credit_total >= 0),
    account_id integer NOT NULL,
    PRIMARY KEY (account_id, sequence)
  );

  -- In place of a foreign key per line, which would lock the account's row for every posting: one look at all lines of a statement.
  CREATE FUNCTION assert_journal_lines() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    broken integer;
  BEGIN
    SELECT l.entry_number INTO broken
    FROM new_line l LEFT JOIN internal_account a ON a.id = l.account_id
    GROUP BY l.batch_id, l.entry_number
    HAVING sum(l.amount) <> 0 OR min(a.unit) <> max(a.unit) OR bool_or(a.id IS NULL OR a.is_control)
    LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'entry % does not sum to zero, mixes units, or posts to a parent or unknown account', broken
        USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_line_balanced';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER journal_line_balanced AFTER INSERT ON journal_line
    REFERENCING NEW TABLE AS new_line FOR EACH STATEMENT EXECUTE FUNCTION assert_journal_lines();
`;

const VERIFICATION_SQL = `
  -- How far the chain has been verified in the present pass, and what was found.
  CREATE TABLE journal_verification (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    sequence bigint NOT NULL CHECK (sequence >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    pass_started_at timestamptz NOT NULL,
    verified_at timestamptz NOT NULL,
    broken_sequence bigint,
    broken_why text,
    CHECK ((broken_sequence IS NULL) = (broken_why IS NULL))
  );
  INSERT INTO journal_verification (sequence, hash, pass_started_at, verified_at) VALUES (0, decode(repeat('00', 32), 'hex'), '2000-01-01Z', '2000-01-01Z');

  -- Each account's lines summed up to that batch, counted from the lines themselves and not from balances.
  CREATE TABLE verified_total (
    account_id integer PRIMARY KEY,
    debit_total bigint NOT NULL CHECK (debit_total >= 0),
    credit_total bigint NOT NULL CHECK (credit_total >= 0)
  );
`;

const RULE_SCHEDULE_SQL = `
  -- Which version of a posting rule makes the entries of which value dates. The functions are in the code; a version comes with a migration that says
  -- from when it holds, so the service itself only reads.
  CREATE TABLE posting_rule_schedule (
    kind text NOT NULL,
    version smallint NOT NULL CHECK (version > 0),
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (kind, valid_from),
    CHECK (valid_to > valid_from)
  );

  CREATE FUNCTION assert_posting_rule_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT 1 FROM posting_rule_schedule a JOIN posting_rule_schedule b ON a.kind = b.kind AND a.valid_from < b.valid_from
               WHERE a.valid_to IS NULL OR a.valid_to > b.valid_from) THEN
      RAISE EXCEPTION 'two versions of a posting rule hold on one day' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_rule_schedule_overlap';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER posting_rule_schedule_overlap AFTER INSERT OR UPDATE ON posting_rule_schedule
    FOR EACH STATEMENT EXECUTE FUNCTION assert_posting_rule_schedule();

  INSERT INTO posting_rule_schedule (kind, version, valid_from)
  SELECT kind, 1, '2000-01-01'
  FROM unnest(ARRAY[
    'payout-dispatched', 'quota-reserved', 'payout-succeeded', 'quota-consumed', 'payout-failed', 'payout-returned', 'quota-released', 'quota-mapped',
    'receipts-counted', 'payouts-cleared', 'returns-cleared', 'receipts-cleared', 'session-settled', 'quota-reflected',
    'leg-sent', 'leg-arrived', 'leg-came-back', 'leg-paid-by-house', 'fee-income-arrived', 'fee-income-paid-by-house', 'transfer-quota-consumed',
    'interest-on-own-account', 'interest-on-client-account', 'charge-on-own-account', 'charge-on-client-account', 'suspense'
  ]) AS kind;
`;

const BOOKED_SQL = `
  -- What was booked of events that have a name for ever: told again, even long after the inbox has forgotten the message, it is not booked again.
  CREATE TABLE booked_event (
    event text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (event, name)
  );

  -- How much of the receipts of one channel, house and clearing date stands in the books.
  CREATE TABLE booked_receipts (
    clearing_house text NOT NULL,
    channel text NOT NULL,
    clearing_date date NOT NULL,
    total bigint NOT NULL CHECK (total > 0),
    PRIMARY KEY (clearing_house, channel, clearing_date)
  );
`;

const PENDING_SQL = `
  CREATE TABLE pending_entry (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('PENDING', 'POSTED', 'VOIDED', 'EXPIRED')),
    unit text NOT NULL CHECK (unit IN ('CNY', 'CNY.QUOTA')),
    rule text NOT NULL,
    reference text NOT NULL,
    value_date date NOT NULL,
    description text,
    lines jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    held_by text,
    settled_at timestamptz,
    CHECK (expires_at > created_at),
    CHECK ((state = 'PENDING') = (settled_at IS NULL))
  );
  CREATE INDEX pending_entry_open ON pending_entry (expires_at) WHERE state = 'PENDING';
`;

/** The journal is append-only: its role cannot change or remove what it has written. */
const GRANTS_SQL = `
  GRANT SELECT, INSERT ON journal_batch, journal_entry, journal_line, balance_point TO ${ROLE};
  GRANT USAGE ON SEQUENCE journal_batch_id TO ${ROLE};
  GRANT SELECT, UPDATE ON journal_head, journal_verification TO ${ROLE};
  GRANT SELECT, INSERT, UPDATE, DELETE ON verified_total TO ${ROLE};
  GRANT SELECT, INSERT ON internal_account TO ${ROLE};
  GRANT UPDATE (state, name, balance_min, balance_max) ON internal_account TO ${ROLE};
  GRANT SELECT, INSERT, UPDATE ON account_balance TO ${ROLE};
  GRANT SELECT, INSERT, DELETE ON balance_monitor TO ${ROLE};
  GRANT SELECT ON posting_rule_schedule TO ${ROLE};
  GRANT SELECT, INSERT ON booked_event TO ${ROLE};
  GRANT SELECT, INSERT, UPDATE ON booked_receipts TO ${ROLE};
  GRANT SELECT, INSERT ON pending_entry TO ${ROLE};
  GRANT UPDATE (state, settled_at) ON pending_entry TO ${ROLE};
`;
