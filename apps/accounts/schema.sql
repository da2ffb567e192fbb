-- Schema accounts, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE account (
  id uuid NOT NULL,
  account_class text NOT NULL,
  subtype text,
  owner text NOT NULL,
  name text NOT NULL,
  bank_code text NOT NULL,
  number_cipher text NOT NULL,
  number_hash text NOT NULL,
  masked_number text NOT NULL,
  is_filed boolean NOT NULL,
  state text NOT NULL,
  link_state text NOT NULL,
  link_reason text,
  internal_account_code text,
  opening_approval_id uuid NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT account_account_class_check CHECK ((account_class = ANY (ARRAY['CENTRAL_RESERVE'::text, 'CLIENT_FUND'::text, 'OWN_FUND'::text, 'VIRTUAL'::text, 'CHANNEL'::text]))),
  CONSTRAINT account_bank_code_check CHECK ((bank_code ~ '^[0-9]{12}$'::text)),
  CONSTRAINT account_check CHECK (((account_class = 'CLIENT_FUND'::text) = (subtype IS NOT NULL))),
  CONSTRAINT account_check1 CHECK (((NOT is_filed) OR (account_class = 'OWN_FUND'::text))),
  CONSTRAINT account_check2 CHECK (((state <> 'ACTIVE'::text) OR (link_state = 'CONFIRMED'::text))),
  CONSTRAINT account_link_state_check CHECK ((link_state = ANY (ARRAY['NONE'::text, 'REQUESTED'::text, 'CONFIRMED'::text, 'REFUSED'::text, 'CLOSED'::text]))),
  CONSTRAINT account_owner_check CHECK ((owner = ANY (ARRAY['CLIENT'::text, 'OWN'::text]))),
  CONSTRAINT account_state_check CHECK ((state = ANY (ARRAY['PENDING_OPEN'::text, 'ACTIVE'::text, 'FROZEN'::text, 'CLOSING'::text, 'CLOSED'::text]))),
  CONSTRAINT account_subtype_check CHECK ((subtype = ANY (ARRAY['PREPAID_CARD'::text, 'FUND_SALES'::text, 'CROSS_BORDER'::text])))
);
CREATE UNIQUE INDEX account_number ON accounts.account USING btree (bank_code, number_hash) WHERE (state <> 'CLOSED'::text);
CREATE UNIQUE INDEX account_one_filed ON accounts.account USING btree (is_filed) WHERE (is_filed AND (state <> 'CLOSED'::text));
CREATE UNIQUE INDEX account_one_per_subtype ON accounts.account USING btree (subtype) WHERE ((subtype IS NOT NULL) AND (state <> 'CLOSED'::text));
CREATE UNIQUE INDEX account_one_reserve ON accounts.account USING btree (account_class) WHERE ((account_class = 'CENTRAL_RESERVE'::text) AND (state <> 'CLOSED'::text));
GRANT INSERT, SELECT, UPDATE ON account TO jinku_accounts;

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
