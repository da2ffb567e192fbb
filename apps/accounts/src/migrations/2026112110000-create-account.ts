import { approvalTableSql } from '@jinku/approvals';
import { messagingTablesSql } from '@jinku/messaging';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLE = 'jinku_accounts';

const ACCOUNT_SQL = `
  CREATE TABLE account (
    id uuid PRIMARY KEY,
    account_class text NOT NULL CHECK (account_class IN ('CENTRAL_RESERVE', 'CLIENT_FUND', 'OWN_FUND', 'VIRTUAL', 'CHANNEL')),
    subtype text CHECK (subtype IN ('PREPAID_CARD', 'FUND_SALES', 'CROSS_BORDER')),
    owner text NOT NULL CHECK (owner IN ('CLIENT', 'OWN')),
    name text NOT NULL,
    bank text,
    bank_code text NOT NULL CHECK (bank_code ~ '^[0-9]{12}$'),
    number_cipher text NOT NULL,
    number_hash text NOT NULL,
    masked_number text NOT NULL,
    purpose text,
    is_filed boolean NOT NULL,
    valid_from date NOT NULL,
    valid_until date CHECK (valid_until >= valid_from),
    close_by date,
    limit_per_item bigint CHECK (limit_per_item > 0),
    limit_per_day bigint CHECK (limit_per_day > 0),
    responsible_person text NOT NULL,
    connector_type text,
    secondary_connectors jsonb NOT NULL,
    registration_state text NOT NULL CHECK (registration_state IN ('NONE', 'REQUESTED', 'REGISTERED', 'WITHDRAWING', 'WITHDRAWN')),
    funding_account_ref text,
    state text NOT NULL CHECK (state IN ('PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED')),
    link_state text NOT NULL CHECK (link_state IN ('NONE', 'REQUESTED', 'CONFIRMED', 'REFUSED', 'CLOSED')),
    link_version integer NOT NULL CHECK (link_version >= 0),
    link_reason text,
    internal_account_code text,
    version integer NOT NULL CHECK (version > 0),
    opening_approval_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    CHECK (limit_per_item <= limit_per_day),
    CHECK (account_class = 'CLIENT_FUND' OR (subtype IS NULL AND close_by IS NULL)),
    CHECK (account_class <> 'CLIENT_FUND' OR close_by IS NOT NULL OR (subtype IS NOT NULL AND valid_until IS NOT NULL)),
    CHECK (NOT is_filed OR account_class = 'OWN_FUND'),
    CHECK ((registration_state IN ('REGISTERED', 'WITHDRAWING')) = (funding_account_ref IS NOT NULL)),
    CHECK (registration_state = 'NONE' OR account_class IN ('CLIENT_FUND', 'OWN_FUND')),
    -- Nothing is active whose internal account the ledger has not confirmed once, and nothing is closed that UnionPay still holds.
    CHECK (state IN ('PENDING_OPEN', 'CLOSED') OR internal_account_code IS NOT NULL),
    CHECK (state <> 'CLOSED' OR registration_state IN ('NONE', 'WITHDRAWN'))
  );
  CREATE UNIQUE INDEX account_number ON account (bank_code, number_hash) WHERE state <> 'CLOSED';
  CREATE UNIQUE INDEX account_one_reserve ON account (account_class) WHERE account_class = 'CENTRAL_RESERVE' AND state <> 'CLOSED';
  CREATE UNIQUE INDEX account_one_filed ON account (is_filed) WHERE is_filed AND state <> 'CLOSED';
  CREATE UNIQUE INDEX account_one_per_subtype ON account (subtype) WHERE subtype IS NOT NULL AND close_by IS NULL AND state <> 'CLOSED';
  CREATE UNIQUE INDEX account_funding_ref ON account (funding_account_ref) WHERE funding_account_ref IS NOT NULL;
  GRANT SELECT, INSERT ON account TO ${ROLE};
  -- What an account is never changes; what holds of it does.
  GRANT UPDATE (name, bank, purpose, valid_from, valid_until, close_by, limit_per_item, limit_per_day, responsible_person, connector_type, secondary_connectors,
    registration_state,    funding_account_ref, state, link_state, link_version, link_reason, internal_account_code, version) ON account TO ${ROLE};
`;

const HISTORY_SQL = `
  CREATE TABLE account_version (
    account_id uuid NOT NULL REFERENCES account (id),
    version integer NOT NULL CHECK (version > 0),
    act text NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    maker_id text,
    checker_id text,
    approval_id uuid,
    reason text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    PRIMARY KEY (account_id, version),
    CHECK (checker_id <> maker_id)
  );
  GRANT SELECT, INSERT ON account_version TO ${ROLE};

  -- Approved changes that take effect on a later day.
  CREATE TABLE scheduled_change (
    id uuid PRIMARY KEY REFERENCES approval (id),
    account_id uuid NOT NULL REFERENCES account (id),
    effective_on date NOT NULL,
    change jsonb NOT NULL,
    maker_id text NOT NULL,
    checker_id text NOT NULL CHECK (checker_id <> maker_id),
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('SCHEDULED', 'IN_FORCE', 'DROPPED')),
    ended_at timestamptz,
    dropped_because text,
    CHECK ((state = 'SCHEDULED') = (ended_at IS NULL)),
    CHECK ((state = 'DROPPED') = (dropped_because IS NOT NULL))
  );
  CREATE INDEX scheduled_change_due ON scheduled_change (effective_on) WHERE state = 'SCHEDULED';
  GRANT SELECT, INSERT ON scheduled_change TO ${ROLE};
  GRANT UPDATE (state, ended_at, dropped_because) ON scheduled_change TO ${ROLE};
`;

const CLOSING_SQL = `
  CREATE TABLE account_closing (
    id uuid PRIMARY KEY REFERENCES approval (id),
    account_id uuid NOT NULL REFERENCES account (id),
    prior_state text NOT NULL CHECK (prior_state IN ('ACTIVE', 'FROZEN')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('CLOSED', 'REOPENED')),
    refusal text,
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK (coalesce(outcome, 'CLOSED') = 'CLOSED' OR refusal IS NOT NULL)
  );
  CREATE UNIQUE INDEX account_closing_one_open ON account_closing (account_id) WHERE ended_at IS NULL;
  GRANT SELECT, INSERT ON account_closing TO ${ROLE};
  GRANT UPDATE (ended_at, outcome, refusal) ON account_closing TO ${ROLE};

  CREATE TABLE account_closing_answer (
    closing_id uuid NOT NULL REFERENCES account_closing (id),
    sequence integer NOT NULL CHECK (sequence > 0),
    closing_check text NOT NULL CHECK (closing_check IN ('OPEN_PAYOUTS', 'OPEN_TRANSFERS', 'BANK_BALANCE', 'REGISTRATION', 'LEDGER_BALANCE')),
    answer text NOT NULL CHECK (answer IN ('NOT_ASKED', 'ASKED', 'CLEAR', 'REFUSED')),
    stated_by text,
    evidence text,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (closing_id, sequence),
    -- What no service answers is never green by itself: a person stands for it, with evidence.
    CHECK (closing_check IN ('REGISTRATION', 'LEDGER_BALANCE') OR answer IN ('NOT_ASKED') OR (stated_by IS NOT NULL AND evidence IS NOT NULL))
  );
  GRANT SELECT, INSERT ON account_closing_answer TO ${ROLE};
`;

export class CreateAccount2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql(ROLE));
    await runner.query(platformTablesSql(ROLE));
    await runner.query(approvalTableSql(ROLE));
    await runner.query(ACCOUNT_SQL);
    await runner.query(HISTORY_SQL);
    await runner.query(CLOSING_SQL);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
