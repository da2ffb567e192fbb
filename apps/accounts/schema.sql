-- Schema accounts, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE account (
  id uuid NOT NULL,
  account_class text NOT NULL,
  subtype text,
  owner text NOT NULL,
  name text NOT NULL,
  bank text,
  bank_code text NOT NULL,
  number_cipher text NOT NULL,
  number_hash text NOT NULL,
  masked_number text NOT NULL,
  purpose text,
  is_filed boolean NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  close_by date,
  limit_per_item bigint,
  limit_per_day bigint,
  responsible_person text NOT NULL,
  connector_type text,
  secondary_connectors jsonb NOT NULL,
  registration_state text NOT NULL,
  funding_account_ref text,
  state text NOT NULL,
  link_state text NOT NULL,
  link_version integer NOT NULL,
  link_reason text,
  internal_account_code text,
  version integer NOT NULL,
  opening_approval_id uuid NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT account_account_class_check CHECK ((account_class = ANY (ARRAY['CENTRAL_RESERVE'::text, 'CLIENT_FUND'::text, 'OWN_FUND'::text, 'VIRTUAL'::text, 'CHANNEL'::text]))),
  CONSTRAINT account_bank_code_check CHECK ((bank_code ~ '^[0-9]{12}$'::text)),
  CONSTRAINT account_check CHECK ((valid_until >= valid_from)),
  CONSTRAINT account_check1 CHECK ((limit_per_item <= limit_per_day)),
  CONSTRAINT account_check2 CHECK (((account_class = 'CLIENT_FUND'::text) OR ((subtype IS NULL) AND (close_by IS NULL)))),
  CONSTRAINT account_check3 CHECK (((account_class <> 'CLIENT_FUND'::text) OR (close_by IS NOT NULL) OR ((subtype IS NOT NULL) AND (valid_until IS NOT NULL)))),
  CONSTRAINT account_check4 CHECK (((NOT is_filed) OR (account_class = 'OWN_FUND'::text))),
  CONSTRAINT account_check5 CHECK (((registration_state = ANY (ARRAY['REGISTERED'::text, 'WITHDRAWING'::text])) = (funding_account_ref IS NOT NULL))),
  CONSTRAINT account_check6 CHECK (((registration_state = 'NONE'::text) OR (account_class = ANY (ARRAY['CLIENT_FUND'::text, 'OWN_FUND'::text])))),
  CONSTRAINT account_check7 CHECK (((state = ANY (ARRAY['PENDING_OPEN'::text, 'CLOSED'::text])) OR (internal_account_code IS NOT NULL))),
  CONSTRAINT account_check8 CHECK (((state <> 'CLOSED'::text) OR (registration_state = ANY (ARRAY['NONE'::text, 'WITHDRAWN'::text])))),
  CONSTRAINT account_limit_per_day_check CHECK ((limit_per_day > 0)),
  CONSTRAINT account_limit_per_item_check CHECK ((limit_per_item > 0)),
  CONSTRAINT account_link_state_check CHECK ((link_state = ANY (ARRAY['NONE'::text, 'REQUESTED'::text, 'CONFIRMED'::text, 'REFUSED'::text, 'CLOSED'::text]))),
  CONSTRAINT account_link_version_check CHECK ((link_version >= 0)),
  CONSTRAINT account_owner_check CHECK ((owner = ANY (ARRAY['CLIENT'::text, 'OWN'::text]))),
  CONSTRAINT account_registration_state_check CHECK ((registration_state = ANY (ARRAY['NONE'::text, 'REQUESTED'::text, 'REGISTERED'::text, 'WITHDRAWING'::text, 'WITHDRAWN'::text]))),
  CONSTRAINT account_state_check CHECK ((state = ANY (ARRAY['PENDING_OPEN'::text, 'ACTIVE'::text, 'FROZEN'::text, 'CLOSING'::text, 'CLOSED'::text]))),
  CONSTRAINT account_subtype_check CHECK ((subtype = ANY (ARRAY['PREPAID_CARD'::text, 'FUND_SALES'::text, 'CROSS_BORDER'::text]))),
  CONSTRAINT account_version_check CHECK ((version > 0))
);
CREATE UNIQUE INDEX account_funding_ref ON accounts.account USING btree (funding_account_ref) WHERE (funding_account_ref IS NOT NULL);
CREATE UNIQUE INDEX account_number ON accounts.account USING btree (bank_code, number_hash) WHERE (state <> 'CLOSED'::text);
CREATE UNIQUE INDEX account_one_filed ON accounts.account USING btree (is_filed) WHERE (is_filed AND (state <> 'CLOSED'::text));
CREATE UNIQUE INDEX account_one_per_subtype ON accounts.account USING btree (subtype) WHERE ((subtype IS NOT NULL) AND (close_by IS NULL) AND (state <> 'CLOSED'::text));
CREATE UNIQUE INDEX account_one_reserve ON accounts.account USING btree (account_class) WHERE ((account_class = 'CENTRAL_RESERVE'::text) AND (state <> 'CLOSED'::text));
GRANT INSERT, SELECT, UPDATE (name, bank, purpose, valid_from, valid_until, close_by, limit_per_item, limit_per_day, responsible_person, connector_type, secondary_connectors, registration_state, funding_account_ref, state, link_state, link_version, link_reason, internal_account_code, version) ON account TO jinku_accounts;

CREATE TABLE account_closing (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  prior_state text NOT NULL,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  outcome text,
  refusal text,
  CONSTRAINT account_closing_pkey PRIMARY KEY (id),
  CONSTRAINT account_closing_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  CONSTRAINT account_closing_id_fkey FOREIGN KEY (id) REFERENCES approval(id),
  CONSTRAINT account_closing_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
  CONSTRAINT account_closing_check1 CHECK (((COALESCE(outcome, 'CLOSED'::text) = 'CLOSED'::text) OR (refusal IS NOT NULL))),
  CONSTRAINT account_closing_outcome_check CHECK ((outcome = ANY (ARRAY['CLOSED'::text, 'REOPENED'::text]))),
  CONSTRAINT account_closing_prior_state_check CHECK ((prior_state = ANY (ARRAY['ACTIVE'::text, 'FROZEN'::text])))
);
CREATE UNIQUE INDEX account_closing_one_open ON accounts.account_closing USING btree (account_id) WHERE (ended_at IS NULL);
GRANT INSERT, SELECT, UPDATE (ended_at, outcome, refusal) ON account_closing TO jinku_accounts;

CREATE TABLE account_closing_answer (
  closing_id uuid NOT NULL,
  sequence integer NOT NULL,
  closing_check text NOT NULL,
  answer text NOT NULL,
  stated_by text,
  evidence text,
  answered_at timestamp with time zone NOT NULL,
  CONSTRAINT account_closing_answer_pkey PRIMARY KEY (closing_id, sequence),
  CONSTRAINT account_closing_answer_closing_id_fkey FOREIGN KEY (closing_id) REFERENCES account_closing(id),
  CONSTRAINT account_closing_answer_answer_check CHECK ((answer = ANY (ARRAY['NOT_ASKED'::text, 'ASKED'::text, 'CLEAR'::text, 'REFUSED'::text]))),
  CONSTRAINT account_closing_answer_check CHECK (((closing_check = ANY (ARRAY['REGISTRATION'::text, 'LEDGER_BALANCE'::text])) OR (answer = 'NOT_ASKED'::text) OR ((stated_by IS NOT NULL) AND (evidence IS NOT NULL)))),
  CONSTRAINT account_closing_answer_closing_check_check CHECK ((closing_check = ANY (ARRAY['OPEN_PAYOUTS'::text, 'OPEN_TRANSFERS'::text, 'BANK_BALANCE'::text, 'REGISTRATION'::text, 'LEDGER_BALANCE'::text]))),
  CONSTRAINT account_closing_answer_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON account_closing_answer TO jinku_accounts;

CREATE TABLE account_version (
  account_id uuid NOT NULL,
  version integer NOT NULL,
  act text NOT NULL,
  effective_on date NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  maker_id text,
  checker_id text,
  approval_id uuid,
  reason text NOT NULL,
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  CONSTRAINT account_version_pkey PRIMARY KEY (account_id, version),
  CONSTRAINT account_version_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  CONSTRAINT account_version_check1 CHECK ((checker_id <> maker_id)),
  CONSTRAINT account_version_version_check CHECK ((version > 0))
);
GRANT INSERT, SELECT ON account_version TO jinku_accounts;

CREATE TABLE approval (
  id uuid NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  state text NOT NULL,
  maker_id text NOT NULL,
  steps_required smallint NOT NULL,
  steps_done smallint NOT NULL DEFAULT 0,
  checker_id text,
  reason text NOT NULL,
  note text,
  proposed_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  CONSTRAINT approval_pkey PRIMARY KEY (id),
  CONSTRAINT approval_id_maker_id_key UNIQUE (id, maker_id),
  CONSTRAINT approval_check CHECK (((steps_done >= 0) AND (steps_done <= steps_required))),
  CONSTRAINT approval_check1 CHECK ((expires_at > proposed_at)),
  CONSTRAINT approval_check2 CHECK (((state <> ALL (ARRAY['APPROVED'::text, 'REJECTED'::text])) OR (checker_id <> maker_id))),
  CONSTRAINT approval_check3 CHECK (((state = 'APPROVED'::text) = (steps_done = steps_required))),
  CONSTRAINT approval_check4 CHECK (((state = 'PROPOSED'::text) = (decided_at IS NULL))),
  CONSTRAINT approval_state_check CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text]))),
  CONSTRAINT approval_steps_required_check CHECK (((steps_required >= 1) AND (steps_required <= 3)))
);
CREATE INDEX approval_by_kind ON accounts.approval USING btree (kind, id);
CREATE INDEX approval_open ON accounts.approval USING btree (expires_at) WHERE (state = 'PROPOSED'::text);
GRANT INSERT, SELECT, UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO jinku_accounts;

CREATE TABLE approval_decision (
  approval_id uuid NOT NULL,
  number smallint NOT NULL,
  event text NOT NULL,
  maker_id text NOT NULL,
  person_id text,
  note text,
  decided_at timestamp with time zone NOT NULL,
  CONSTRAINT approval_decision_pkey PRIMARY KEY (approval_id, number),
  CONSTRAINT approval_decision_approval_id_person_id_key UNIQUE (approval_id, person_id),
  CONSTRAINT approval_decision_approval_id_maker_id_fkey FOREIGN KEY (approval_id, maker_id) REFERENCES approval(id, maker_id),
  CONSTRAINT approval_decision_check CHECK (((event = 'expire'::text) = (person_id IS NULL))),
  CONSTRAINT approval_decision_check1 CHECK (((event = 'withdraw'::text) = (person_id = maker_id))),
  CONSTRAINT approval_decision_event_check CHECK ((event = ANY (ARRAY['approve'::text, 'reject'::text, 'withdraw'::text, 'expire'::text]))),
  CONSTRAINT approval_decision_number_check CHECK (((number >= 1) AND (number <= 3)))
);
GRANT INSERT, SELECT ON approval_decision TO jinku_accounts;

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_accounts;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_accounts;

CREATE TABLE connector_type_version (
  code text NOT NULL,
  version integer NOT NULL,
  effective_on date NOT NULL,
  content jsonb NOT NULL,
  maker_id text,
  checker_id text,
  approval_id uuid,
  reason text NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT connector_type_version_pkey PRIMARY KEY (code, version),
  CONSTRAINT connector_type_version_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id),
  CONSTRAINT connector_type_version_check CHECK ((checker_id <> maker_id)),
  CONSTRAINT connector_type_version_check1 CHECK (((version = 1) OR ((maker_id IS NOT NULL) AND (checker_id IS NOT NULL) AND (approval_id IS NOT NULL)))),
  CONSTRAINT connector_type_version_code_check CHECK ((code ~ '^[A-Z][A-Z0-9_]{1,31}$'::text)),
  CONSTRAINT connector_type_version_version_check CHECK ((version > 0))
);
GRANT INSERT, SELECT ON connector_type_version TO jinku_accounts;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON accounts.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_accounts;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_accounts;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_accounts;

CREATE TABLE outbox_batch (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  acknowledged_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  topic text NOT NULL,
  type text NOT NULL,
  message_count integer NOT NULL,
  message_ids uuid[] NOT NULL,
  partitions smallint[] NOT NULL,
  record_offsets bigint[] NOT NULL,
  CONSTRAINT outbox_batch_pkey PRIMARY KEY (id),
  CONSTRAINT outbox_batch_check CHECK ((cardinality(message_ids) = message_count)),
  CONSTRAINT outbox_batch_check1 CHECK ((cardinality(partitions) = message_count)),
  CONSTRAINT outbox_batch_check2 CHECK ((cardinality(record_offsets) = message_count)),
  CONSTRAINT outbox_batch_message_count_check CHECK ((message_count > 0))
);
GRANT INSERT, SELECT ON outbox_batch TO jinku_accounts;

CREATE TABLE outbox_message (
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  topic text NOT NULL,
  type text NOT NULL,
  message_key text NOT NULL,
  headers text NOT NULL,
  body text NOT NULL,
  CONSTRAINT outbox_message_pkey PRIMARY KEY (sequence)
) WITH (autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_cost_delay=0);
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_accounts;

CREATE TABLE parked_message (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  message_key text NOT NULL,
  type text NOT NULL,
  headers text NOT NULL,
  body text NOT NULL,
  state text NOT NULL,
  failure text,
  attempts integer NOT NULL,
  parked_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  decided_by text,
  decision_reason text,
  settled_at timestamp with time zone,
  CONSTRAINT parked_message_pkey PRIMARY KEY (id),
  CONSTRAINT parked_message_consumer_message_id_key UNIQUE (consumer, message_id),
  CONSTRAINT parked_message_attempts_check CHECK ((attempts >= 0)),
  CONSTRAINT parked_message_check CHECK (((state = ANY (ARRAY['REPLAYED'::text, 'DISCARDED'::text])) = (settled_at IS NOT NULL))),
  CONSTRAINT parked_message_check1 CHECK (((state <> ALL (ARRAY['DUE'::text, 'DISCARDED'::text])) OR ((decided_by IS NOT NULL) AND (decision_reason IS NOT NULL)))),
  CONSTRAINT parked_message_state_check CHECK ((state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text, 'REPLAYED'::text, 'DISCARDED'::text])))
);
CREATE INDEX parked_message_unsettled ON accounts.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_accounts;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_accounts;

CREATE TABLE scheduled_change (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  effective_on date NOT NULL,
  change jsonb NOT NULL,
  maker_id text NOT NULL,
  checker_id text NOT NULL,
  reason text NOT NULL,
  state text NOT NULL,
  ended_at timestamp with time zone,
  dropped_because text,
  CONSTRAINT scheduled_change_pkey PRIMARY KEY (id),
  CONSTRAINT scheduled_change_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  CONSTRAINT scheduled_change_id_fkey FOREIGN KEY (id) REFERENCES approval(id),
  CONSTRAINT scheduled_change_check CHECK ((checker_id <> maker_id)),
  CONSTRAINT scheduled_change_check1 CHECK (((state = 'SCHEDULED'::text) = (ended_at IS NULL))),
  CONSTRAINT scheduled_change_check2 CHECK (((state = 'DROPPED'::text) = (dropped_because IS NOT NULL))),
  CONSTRAINT scheduled_change_state_check CHECK ((state = ANY (ARRAY['SCHEDULED'::text, 'IN_FORCE'::text, 'DROPPED'::text])))
);
CREATE INDEX scheduled_change_due ON accounts.scheduled_change USING btree (effective_on) WHERE (state = 'SCHEDULED'::text);
GRANT INSERT, SELECT, UPDATE (state, ended_at, dropped_because) ON scheduled_change TO jinku_accounts;
