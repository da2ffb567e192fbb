-- Schema gateway, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_gateway;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_gateway;

CREATE TABLE client_access_token (
  token_hash bytea NOT NULL,
  client_id text NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT client_access_token_pkey PRIMARY KEY (token_hash),
  CONSTRAINT client_access_token_check CHECK ((expires_at > issued_at)),
  CONSTRAINT client_access_token_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX client_access_token_by_expiry ON gateway.client_access_token USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON client_access_token TO jinku_gateway;

CREATE TABLE client_assertion_use (
  client_id text NOT NULL,
  jti_hash bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT client_assertion_use_pkey PRIMARY KEY (client_id, jti_hash),
  CONSTRAINT client_assertion_use_jti_hash_check CHECK ((length(jti_hash) = 32))
);
CREATE INDEX client_assertion_use_by_expiry ON gateway.client_assertion_use USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON client_assertion_use TO jinku_gateway;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON gateway.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_gateway;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_gateway;

CREATE TABLE login_failure (
  username_hash bytea NOT NULL,
  failures integer NOT NULL,
  failed_at timestamp with time zone NOT NULL,
  locked_until timestamp with time zone NOT NULL,
  CONSTRAINT login_failure_pkey PRIMARY KEY (username_hash),
  CONSTRAINT login_failure_failures_check CHECK ((failures > 0)),
  CONSTRAINT login_failure_username_hash_check CHECK ((length(username_hash) = 32))
);
GRANT DELETE, INSERT, SELECT, UPDATE ON login_failure TO jinku_gateway;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_gateway;

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
GRANT INSERT, SELECT ON outbox_batch TO jinku_gateway;

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
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_gateway;

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
CREATE INDEX parked_message_unsettled ON gateway.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_gateway;

CREATE TABLE person (
  id uuid NOT NULL,
  username text NOT NULL,
  display_name text NOT NULL,
  password_hash text NOT NULL,
  roles text[] NOT NULL,
  is_disabled boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT person_pkey PRIMARY KEY (id),
  CONSTRAINT person_username_key UNIQUE (username),
  CONSTRAINT person_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 80))),
  CONSTRAINT person_incompatible_duties CHECK ((NOT ((roles && ARRAY['admin'::text, 'auditor'::text]) AND (roles && ARRAY['operator'::text, 'approver'::text])))),
  CONSTRAINT person_roles_check CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['viewer'::text, 'operator'::text, 'approver'::text, 'auditor'::text, 'admin'::text]))),
  CONSTRAINT person_username_check CHECK ((username ~ '^[a-z0-9][a-z0-9._-]{1,31}$'::text))
);
GRANT INSERT, SELECT, UPDATE (display_name, password_hash, roles, is_disabled, changed_at) ON person TO jinku_gateway;

CREATE TABLE person_session (
  token_hash bytea NOT NULL,
  person_id uuid NOT NULL,
  begun_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  CONSTRAINT person_session_pkey PRIMARY KEY (token_hash),
  CONSTRAINT person_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  CONSTRAINT person_session_check CHECK ((expires_at > begun_at)),
  CONSTRAINT person_session_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX person_session_by_expiry ON gateway.person_session USING btree (expires_at);
CREATE INDEX person_session_by_person ON gateway.person_session USING btree (person_id);
GRANT DELETE, INSERT, SELECT, UPDATE (revoked_at) ON person_session TO jinku_gateway;

CREATE TABLE quarantined_notice (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  clearing_house text NOT NULL,
  fault text NOT NULL,
  address text NOT NULL,
  body bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT quarantined_notice_pkey PRIMARY KEY (sequence),
  CONSTRAINT quarantined_notice_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quarantined_notice_fault_check CHECK ((fault = ANY (ARRAY['BAD_SIGNATURE'::text, 'UNPARSABLE_BODY'::text, 'OTHER_CONTENT'::text])))
);
GRANT INSERT, SELECT ON quarantined_notice TO jinku_gateway;

CREATE TABLE rail_notice (
  clearing_house text NOT NULL,
  notice_id text NOT NULL,
  kind text NOT NULL,
  serial_number text,
  body text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT rail_notice_pkey PRIMARY KEY (clearing_house, notice_id),
  CONSTRAINT rail_notice_check CHECK (((kind = ANY (ARRAY['QUOTA_CHANGED'::text, 'SESSION_RESULT'::text])) OR (serial_number IS NOT NULL))),
  CONSTRAINT rail_notice_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT rail_notice_kind_check CHECK ((kind = ANY (ARRAY['PAYOUT_RESULT'::text, 'PAYOUT_RETURNED'::text, 'QUOTA_ADJUSTED'::text, 'QUOTA_CHANGED'::text, 'RESERVE_MOVED'::text, 'SESSION_RESULT'::text])))
);
CREATE INDEX rail_notice_by_serial_number ON gateway.rail_notice USING btree (serial_number) WHERE (serial_number IS NOT NULL);
GRANT INSERT, SELECT ON rail_notice TO jinku_gateway;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_gateway;

CREATE TABLE result_cursor (
  client_id text NOT NULL,
  last_sequence bigint NOT NULL,
  CONSTRAINT result_cursor_pkey PRIMARY KEY (client_id),
  CONSTRAINT result_cursor_last_sequence_check CHECK ((last_sequence > 0))
);
GRANT INSERT, SELECT, UPDATE ON result_cursor TO jinku_gateway;

CREATE TABLE result_message (
  client_id text NOT NULL,
  sequence bigint NOT NULL,
  message_id text NOT NULL,
  body text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT result_message_pkey PRIMARY KEY (client_id, sequence),
  CONSTRAINT result_message_sequence_check CHECK ((sequence > 0))
) WITH (autovacuum_vacuum_scale_factor=0.02);
CREATE INDEX result_message_by_age ON gateway.result_message USING brin (received_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON result_message TO jinku_gateway;
