-- Schema audit, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE account (
  id uuid NOT NULL,
  version integer NOT NULL,
  account_class text NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  state text NOT NULL,
  account_number text NOT NULL,
  connector_type text,
  CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT account_account_class_check CHECK ((account_class = ANY (ARRAY['CENTRAL_RESERVE'::text, 'CLIENT_FUND'::text, 'OWN_FUND'::text, 'VIRTUAL'::text, 'CHANNEL'::text]))),
  CONSTRAINT account_owner_check CHECK ((owner = ANY (ARRAY['CLIENT'::text, 'OWN'::text]))),
  CONSTRAINT account_state_check CHECK ((state = ANY (ARRAY['PENDING_OPEN'::text, 'ACTIVE'::text, 'FROZEN'::text, 'CLOSING'::text, 'CLOSED'::text]))),
  CONSTRAINT account_version_check CHECK ((version > 0))
);
CREATE INDEX account_by_number ON audit.account USING btree (account_number);
GRANT INSERT, SELECT, UPDATE ON account TO jinku_audit;

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
CREATE INDEX approval_by_kind ON audit.approval USING btree (kind, id);
CREATE INDEX approval_open ON audit.approval USING btree (expires_at) WHERE (state = 'PROPOSED'::text);
GRANT INSERT, SELECT, UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO jinku_audit;

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
GRANT INSERT, SELECT ON approval_decision TO jinku_audit;

CREATE TABLE audit_break (
  id uuid NOT NULL,
  check_code text NOT NULL,
  subject text NOT NULL,
  scope text NOT NULL,
  break_key text NOT NULL,
  kind text NOT NULL,
  business_date date NOT NULL,
  reference text NOT NULL,
  amount bigint NOT NULL,
  evidence jsonb NOT NULL,
  state text NOT NULL,
  owner text,
  approval_id uuid,
  found_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  CONSTRAINT audit_break_pkey PRIMARY KEY (id),
  CONSTRAINT audit_break_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id),
  CONSTRAINT audit_break_check CHECK (((state = ANY (ARRAY['REVIEWED'::text, 'CLEARED'::text])) = (closed_at IS NOT NULL))),
  CONSTRAINT audit_break_check1 CHECK (((state <> ALL (ARRAY['SUBMITTED'::text, 'REVIEWED'::text])) OR (approval_id IS NOT NULL))),
  CONSTRAINT audit_break_check_code_check CHECK ((check_code = ANY (ARRAY['A1'::text, 'A3'::text, 'A4'::text, 'A5'::text, 'A7'::text, 'A8'::text, 'A11'::text]))),
  CONSTRAINT audit_break_kind_check CHECK ((kind = ANY (ARRAY['TIMING'::text, 'OURS_ONLY'::text, 'THEIRS_ONLY'::text, 'AMOUNT'::text, 'STATUS'::text, 'DUPLICATE'::text, 'RETURNED_PAYOUT'::text, 'UNKNOWN_INCOMING_CREDIT'::text]))),
  CONSTRAINT audit_break_state_check CHECK ((state = ANY (ARRAY['ADDED'::text, 'SUBMITTED'::text, 'REVIEWED'::text, 'CLEARED'::text])))
);
CREATE INDEX audit_break_by_scope ON audit.audit_break USING btree (check_code, scope) WHERE (state <> 'CLEARED'::text);
CREATE INDEX audit_break_by_state ON audit.audit_break USING btree (state, id);
CREATE UNIQUE INDEX audit_break_once ON audit.audit_break USING btree (check_code, break_key) WHERE (state <> 'CLEARED'::text);
GRANT INSERT, SELECT, UPDATE (state, owner, approval_id, closed_at) ON audit_break TO jinku_audit;

CREATE TABLE audit_break_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  break_id uuid NOT NULL,
  event text NOT NULL,
  person_id text,
  note text,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_break_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_break_event_break_id_fkey FOREIGN KEY (break_id) REFERENCES audit_break(id),
  CONSTRAINT audit_break_event_event_check CHECK ((event = ANY (ARRAY['add'::text, 'assign'::text, 'comment'::text, 'submit'::text, 'approve'::text, 'reject'::text, 'clear'::text])))
);
CREATE INDEX audit_break_event_by_break ON audit.audit_break_event USING btree (break_id, sequence);
GRANT INSERT, SELECT ON audit_break_event TO jinku_audit;

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_audit;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_audit;

CREATE TABLE check_request (
  id uuid NOT NULL,
  business_date date NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  done_at timestamp with time zone,
  CONSTRAINT check_request_pkey PRIMARY KEY (id)
);
CREATE INDEX check_request_open ON audit.check_request USING btree (id) WHERE (done_at IS NULL);
GRANT INSERT, SELECT, UPDATE ON check_request TO jinku_audit;

CREATE TABLE check_run (
  id uuid NOT NULL,
  check_code text NOT NULL,
  subject text NOT NULL,
  business_date date NOT NULL,
  verdict text NOT NULL,
  reason text,
  left_figures jsonb NOT NULL,
  right_figures jsonb NOT NULL,
  inputs jsonb NOT NULL,
  inputs_sha256 bytea NOT NULL,
  break_count integer NOT NULL,
  ran_at timestamp with time zone NOT NULL,
  CONSTRAINT check_run_pkey PRIMARY KEY (id),
  CONSTRAINT check_run_break_count_check CHECK ((break_count >= 0)),
  CONSTRAINT check_run_check CHECK (((verdict = 'NOT_RUN'::text) = (reason IS NOT NULL))),
  CONSTRAINT check_run_check1 CHECK (((verdict = 'DIFFERS'::text) = (break_count > 0))),
  CONSTRAINT check_run_check2 CHECK (((verdict = 'NOT_RUN'::text) OR (inputs <> '{}'::jsonb))),
  CONSTRAINT check_run_check_code_check CHECK ((check_code = ANY (ARRAY['A1'::text, 'A3'::text, 'A4'::text, 'A5'::text, 'A7'::text, 'A8'::text, 'A11'::text]))),
  CONSTRAINT check_run_inputs_sha256_check CHECK ((length(inputs_sha256) = 32)),
  CONSTRAINT check_run_verdict_check CHECK ((verdict = ANY (ARRAY['AGREES'::text, 'DIFFERS'::text, 'NOT_RUN'::text])))
);
CREATE INDEX check_run_by_date ON audit.check_run USING btree (business_date, check_code, subject, id);
CREATE INDEX check_run_by_subject ON audit.check_run USING btree (check_code, subject, business_date);
GRANT INSERT, SELECT ON check_run TO jinku_audit;

CREATE TABLE clearing_session (
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  state text NOT NULL,
  payouts bigint NOT NULL,
  returns bigint NOT NULL,
  receipts bigint NOT NULL,
  net bigint NOT NULL,
  settled_to text,
  advanced_at timestamp with time zone NOT NULL,
  CONSTRAINT clearing_session_pkey PRIMARY KEY (clearing_house, clearing_date),
  CONSTRAINT clearing_session_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT clearing_session_settled_to_check CHECK ((settled_to = ANY (ARRAY['CENTRAL_RESERVE'::text, 'VIRTUAL'::text]))),
  CONSTRAINT clearing_session_state_check CHECK ((state = ANY (ARRAY['CLOSED'::text, 'RESULT_RECEIVED'::text, 'CONFIRMED'::text, 'DISPUTED'::text, 'SETTLED'::text])))
);
GRANT INSERT, SELECT, UPDATE ON clearing_session TO jinku_audit;

CREATE TABLE client_obligations (
  business_date date NOT NULL,
  client_id text NOT NULL,
  sequence bigint NOT NULL,
  total bigint NOT NULL,
  as_of timestamp with time zone NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT client_obligations_pkey PRIMARY KEY (business_date, client_id),
  CONSTRAINT client_obligations_sequence_check CHECK ((sequence > 0)),
  CONSTRAINT client_obligations_total_check CHECK ((total >= 0))
);
GRANT INSERT, SELECT, UPDATE ON client_obligations TO jinku_audit;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON audit.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_audit;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_audit;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_audit;

CREATE TABLE original_file (
  id uuid NOT NULL,
  sha256 bytea NOT NULL,
  file_name text NOT NULL,
  content bytea NOT NULL,
  source text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT original_file_pkey PRIMARY KEY (id),
  CONSTRAINT original_file_sha256_key UNIQUE (sha256),
  CONSTRAINT original_file_content_check CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 8388608))),
  CONSTRAINT original_file_sha256_check CHECK ((length(sha256) = 32)),
  CONSTRAINT original_file_source_check CHECK ((source = ANY (ARRAY['UPLOAD'::text, 'RAIL'::text])))
);
GRANT INSERT, SELECT ON original_file TO jinku_audit;

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
GRANT INSERT, SELECT ON outbox_batch TO jinku_audit;

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
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_audit;

CREATE TABLE own_payout (
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  serial_number text NOT NULL,
  amount bigint NOT NULL,
  has_succeeded boolean NOT NULL,
  payout_id uuid NOT NULL,
  CONSTRAINT own_payout_pkey PRIMARY KEY (clearing_house, clearing_date, serial_number),
  CONSTRAINT own_payout_amount_check CHECK ((amount > 0)),
  CONSTRAINT own_payout_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text])))
) WITH (autovacuum_analyze_scale_factor=0.5);
GRANT INSERT, SELECT ON own_payout TO jinku_audit;

CREATE TABLE own_payout_day (
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  attempt_count bigint NOT NULL,
  success_total bigint NOT NULL,
  CONSTRAINT own_payout_day_pkey PRIMARY KEY (clearing_house, clearing_date),
  CONSTRAINT own_payout_day_attempt_count_check CHECK ((attempt_count > 0)),
  CONSTRAINT own_payout_day_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT own_payout_day_success_total_check CHECK ((success_total >= 0))
);
GRANT INSERT, SELECT, UPDATE ON own_payout_day TO jinku_audit;

CREATE TABLE own_receipts (
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  channel text NOT NULL,
  total bigint NOT NULL,
  counted_at timestamp with time zone NOT NULL,
  CONSTRAINT own_receipts_pkey PRIMARY KEY (clearing_house, clearing_date, channel),
  CONSTRAINT own_receipts_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT own_receipts_total_check CHECK ((total >= 0))
);
GRANT INSERT, SELECT, UPDATE ON own_receipts TO jinku_audit;

CREATE TABLE own_return (
  return_id text NOT NULL,
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  serial_number text NOT NULL,
  amount bigint NOT NULL,
  payout_id uuid NOT NULL,
  CONSTRAINT own_return_pkey PRIMARY KEY (return_id),
  CONSTRAINT own_return_amount_check CHECK ((amount > 0)),
  CONSTRAINT own_return_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text])))
);
CREATE INDEX own_return_by_date ON audit.own_return USING btree (clearing_house, clearing_date, serial_number);
GRANT INSERT, SELECT ON own_return TO jinku_audit;

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
CREATE INDEX parked_message_unsettled ON audit.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_audit;

CREATE TABLE payout_bill (
  id uuid NOT NULL,
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  state text NOT NULL,
  source text NOT NULL,
  file_id uuid,
  line_count integer NOT NULL DEFAULT 0,
  payout_total bigint NOT NULL DEFAULT 0,
  return_total bigint NOT NULL DEFAULT 0,
  lines_sha256 bytea,
  begun_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT payout_bill_pkey PRIMARY KEY (id),
  CONSTRAINT payout_bill_file_id_fkey FOREIGN KEY (file_id) REFERENCES original_file(id),
  CONSTRAINT payout_bill_check CHECK (((state = 'RECEIVING'::text) = (ended_at IS NULL))),
  CONSTRAINT payout_bill_check1 CHECK (((state <> 'ACCEPTED'::text) OR (lines_sha256 IS NOT NULL))),
  CONSTRAINT payout_bill_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT payout_bill_line_count_check CHECK ((line_count >= 0)),
  CONSTRAINT payout_bill_lines_sha256_check CHECK ((length(lines_sha256) = 32)),
  CONSTRAINT payout_bill_payout_total_check CHECK ((payout_total >= 0)),
  CONSTRAINT payout_bill_return_total_check CHECK ((return_total >= 0)),
  CONSTRAINT payout_bill_source_check CHECK ((source = ANY (ARRAY['UPLOAD'::text, 'RAIL'::text]))),
  CONSTRAINT payout_bill_state_check CHECK ((state = ANY (ARRAY['RECEIVING'::text, 'ACCEPTED'::text, 'ABANDONED'::text])))
);
CREATE UNIQUE INDEX payout_bill_accepted_once ON audit.payout_bill USING btree (clearing_house, clearing_date) WHERE (state = 'ACCEPTED'::text);
GRANT INSERT, SELECT, UPDATE (state, line_count, payout_total, return_total, lines_sha256, ended_at) ON payout_bill TO jinku_audit;

CREATE TABLE payout_bill_line (
  bill_id uuid NOT NULL,
  line_number integer NOT NULL,
  serial_number text NOT NULL,
  status text NOT NULL,
  amount bigint NOT NULL,
  rail_reference text NOT NULL,
  executed_at timestamp with time zone NOT NULL,
  CONSTRAINT payout_bill_line_pkey PRIMARY KEY (bill_id, line_number),
  CONSTRAINT payout_bill_line_bill_id_fkey FOREIGN KEY (bill_id) REFERENCES payout_bill(id),
  CONSTRAINT payout_bill_line_amount_check CHECK ((amount > 0)),
  CONSTRAINT payout_bill_line_line_number_check CHECK ((line_number > 0)),
  CONSTRAINT payout_bill_line_status_check CHECK ((status = ANY (ARRAY['SUCCEEDED'::text, 'RETURNED'::text])))
);
CREATE INDEX payout_bill_line_in_order ON audit.payout_bill_line USING btree (bill_id, status, serial_number, line_number);
GRANT DELETE, INSERT, SELECT ON payout_bill_line TO jinku_audit;

CREATE TABLE quarantined_obligations (
  id uuid NOT NULL,
  message_id text NOT NULL,
  client_id text NOT NULL,
  fault text NOT NULL,
  reason text NOT NULL,
  body text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT quarantined_obligations_pkey PRIMARY KEY (id),
  CONSTRAINT quarantined_obligations_fault_check CHECK ((fault = ANY (ARRAY['NO_CLIENT'::text, 'UNKNOWN_CLIENT'::text, 'NOT_SIGNED'::text, 'BAD_SIGNATURE'::text, 'UNDECODABLE'::text, 'INVALID'::text])))
);
GRANT INSERT, SELECT ON quarantined_obligations TO jinku_audit;

CREATE TABLE recognition_rule (
  rule_id uuid NOT NULL,
  version integer NOT NULL,
  "position" integer NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  condition jsonb NOT NULL,
  is_in_force boolean NOT NULL,
  approved_at timestamp with time zone NOT NULL,
  CONSTRAINT recognition_rule_pkey PRIMARY KEY (rule_id, version),
  CONSTRAINT recognition_rule_kind_check CHECK ((kind = ANY (ARRAY['TRANSFER'::text, 'SETTLEMENT'::text, 'PAYOUT'::text, 'INTEREST'::text, 'CHARGE'::text]))),
  CONSTRAINT recognition_rule_position_check CHECK (("position" > 0)),
  CONSTRAINT recognition_rule_version_check CHECK ((version > 0))
);
GRANT INSERT, SELECT ON recognition_rule TO jinku_audit;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_audit;

CREATE TABLE statement (
  id uuid NOT NULL,
  file_id uuid NOT NULL,
  account_id uuid NOT NULL,
  business_date date NOT NULL,
  format text NOT NULL,
  state text NOT NULL,
  opening bigint,
  closing bigint,
  credit_total bigint,
  debit_total bigint,
  entry_count integer,
  faults jsonb NOT NULL,
  imported_at timestamp with time zone NOT NULL,
  accepted_at timestamp with time zone,
  CONSTRAINT statement_pkey PRIMARY KEY (id),
  CONSTRAINT statement_file_id_key UNIQUE (file_id),
  CONSTRAINT statement_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  CONSTRAINT statement_file_id_fkey FOREIGN KEY (file_id) REFERENCES original_file(id),
  CONSTRAINT statement_check CHECK ((num_nulls(opening, closing, credit_total, debit_total, entry_count) = ANY (ARRAY[0, 5]))),
  CONSTRAINT statement_check1 CHECK (((state = 'ACCEPTED'::text) = (accepted_at IS NOT NULL))),
  CONSTRAINT statement_check2 CHECK (((state <> 'ACCEPTED'::text) OR ((opening IS NOT NULL) AND (((opening + credit_total) - debit_total) = closing) AND (faults = '[]'::jsonb)))),
  CONSTRAINT statement_format_check1 CHECK ((format = ANY (ARRAY['CAMT_053'::text, 'BANK_CSV'::text, 'MOVEMENTS'::text]))),
  CONSTRAINT statement_state_check CHECK ((state = ANY (ARRAY['ACCEPTED'::text, 'QUARANTINED'::text, 'REPLACED'::text])))
);
CREATE UNIQUE INDEX statement_accepted_once ON audit.statement USING btree (account_id, business_date) WHERE (state = 'ACCEPTED'::text);
CREATE INDEX statement_by_date ON audit.statement USING btree (business_date, id);
GRANT INSERT, SELECT, UPDATE (state, faults, accepted_at) ON statement TO jinku_audit;

CREATE TABLE statement_entry (
  id uuid NOT NULL,
  statement_id uuid NOT NULL,
  account_id uuid NOT NULL,
  business_date date NOT NULL,
  entry_number integer NOT NULL,
  amount bigint NOT NULL,
  value_date date NOT NULL,
  bank_reference text NOT NULL,
  reference text,
  counterparty_number text,
  counterparty_name text,
  purpose text,
  code text,
  kind text NOT NULL,
  rule_id uuid,
  rule_version integer,
  CONSTRAINT statement_entry_pkey PRIMARY KEY (id),
  CONSTRAINT statement_entry_once UNIQUE (account_id, bank_reference),
  CONSTRAINT statement_entry_statement_id_entry_number_key UNIQUE (statement_id, entry_number),
  CONSTRAINT statement_entry_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  CONSTRAINT statement_entry_rule_id_rule_version_fkey FOREIGN KEY (rule_id, rule_version) REFERENCES recognition_rule(rule_id, version),
  CONSTRAINT statement_entry_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES statement(id),
  CONSTRAINT statement_entry_amount_check CHECK ((amount <> 0)),
  CONSTRAINT statement_entry_check CHECK (((rule_id IS NULL) = (kind = ANY (ARRAY['UNKNOWN_CREDIT'::text, 'UNKNOWN_DEBIT'::text])))),
  CONSTRAINT statement_entry_check1 CHECK (((rule_id IS NULL) = (rule_version IS NULL))),
  CONSTRAINT statement_entry_entry_number_check CHECK ((entry_number > 0)),
  CONSTRAINT statement_entry_kind_check CHECK ((kind = ANY (ARRAY['TRANSFER'::text, 'SETTLEMENT'::text, 'PAYOUT'::text, 'INTEREST'::text, 'CHARGE'::text, 'UNKNOWN_CREDIT'::text, 'UNKNOWN_DEBIT'::text])))
);
CREATE INDEX statement_entry_by_date ON audit.statement_entry USING btree (account_id, business_date);
CREATE INDEX statement_entry_by_reference ON audit.statement_entry USING btree (reference) WHERE (reference IS NOT NULL);
CREATE INDEX statement_entry_unknown ON audit.statement_entry USING btree (id) WHERE (rule_id IS NULL);
GRANT INSERT, SELECT ON statement_entry TO jinku_audit;

CREATE TABLE statement_format (
  connector_type text NOT NULL,
  format text NOT NULL,
  mapping jsonb,
  CONSTRAINT statement_format_pkey PRIMARY KEY (connector_type),
  CONSTRAINT statement_format_check CHECK (((format = 'BANK_CSV'::text) = (mapping IS NOT NULL))),
  CONSTRAINT statement_format_format_check CHECK ((format = ANY (ARRAY['CAMT_053'::text, 'BANK_CSV'::text])))
);
GRANT SELECT ON statement_format TO jinku_audit;

CREATE TABLE transfer_movement (
  movement_id uuid NOT NULL,
  order_id uuid NOT NULL,
  leg_number integer NOT NULL,
  effect text NOT NULL,
  account_id uuid NOT NULL,
  clearing_house text,
  amount bigint NOT NULL,
  serial_number text NOT NULL,
  value_date date NOT NULL,
  settled_at timestamp with time zone NOT NULL,
  CONSTRAINT transfer_movement_pkey PRIMARY KEY (movement_id),
  CONSTRAINT transfer_movement_amount_check CHECK ((amount <> 0)),
  CONSTRAINT transfer_movement_effect_check CHECK ((effect = ANY (ARRAY['SENT'::text, 'ARRIVED'::text, 'PAID_BY_HOUSE'::text, 'CAME_BACK'::text])))
);
CREATE INDEX transfer_movement_by_account ON audit.transfer_movement USING btree (account_id, value_date, serial_number);
CREATE INDEX transfer_movement_by_house ON audit.transfer_movement USING btree (clearing_house, value_date) WHERE (clearing_house IS NOT NULL);
GRANT INSERT, SELECT ON transfer_movement TO jinku_audit;
