-- Schema payouts, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

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
CREATE INDEX approval_by_kind ON payouts.approval USING btree (kind, id);
CREATE INDEX approval_open ON payouts.approval USING btree (expires_at) WHERE (state = 'PROPOSED'::text);
CREATE INDEX payout_resolution_open ON payouts.approval USING btree (proposed_at) WHERE (state = 'PROPOSED'::text);
CREATE INDEX payout_resolution_payout ON payouts.approval USING btree (subject);
GRANT INSERT, SELECT, UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO jinku_payouts;

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
GRANT INSERT, SELECT ON approval_decision TO jinku_payouts;

CREATE TABLE attempt (
  payout_id uuid NOT NULL,
  attempt_number integer NOT NULL,
  route text NOT NULL,
  serial_number text NOT NULL,
  amount_minor bigint NOT NULL,
  grant_id uuid NOT NULL,
  request_hash bytea NOT NULL,
  committed_at timestamp with time zone NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  outcome text,
  conclusion text,
  concluded_by text,
  code text,
  rail_reference text,
  clearing_date date,
  concluded_at timestamp with time zone,
  route_reason text,
  CONSTRAINT attempt_pkey PRIMARY KEY (payout_id, attempt_number),
  CONSTRAINT attempt_serial_number UNIQUE (serial_number),
  CONSTRAINT attempt_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT attempt_attempt_number_check CHECK ((attempt_number > 0)),
  CONSTRAINT attempt_check CHECK ((((conclusion IS NULL) = (concluded_at IS NULL)) AND ((conclusion IS NULL) = (concluded_by IS NULL)))),
  CONSTRAINT attempt_concluded_by_check CHECK ((concluded_by = ANY (ARRAY['ANSWER'::text, 'INQUIRY'::text, 'NOTICE'::text, 'RESOLUTION'::text, 'NOT_SENT'::text]))),
  CONSTRAINT attempt_conclusion_check CHECK ((conclusion = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text]))),
  CONSTRAINT attempt_request_hash_check CHECK ((length(request_hash) = 32))
) WITH (fillfactor=45, autovacuum_vacuum_scale_factor=0.1, autovacuum_vacuum_threshold=50000, autovacuum_analyze_scale_factor=0.2, autovacuum_analyze_threshold=5000, autovacuum_vacuum_cost_delay=0);
GRANT INSERT, SELECT, UPDATE ON attempt TO jinku_payouts;

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_payouts;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_payouts;

CREATE TABLE breaker (
  key text NOT NULL,
  clearing_house text NOT NULL,
  bank_code text,
  state text NOT NULL,
  epoch bigint NOT NULL,
  openings integer NOT NULL,
  open_until timestamp with time zone,
  stage smallint NOT NULL,
  tokens_taken integer NOT NULL,
  tokens_until timestamp with time zone,
  good_count integer NOT NULL,
  trouble_count integer NOT NULL,
  reason text,
  forced_by text,
  forced_approved_by text,
  forced_reason text,
  forced_until timestamp with time zone,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT breaker_pkey PRIMARY KEY (key),
  CONSTRAINT breaker_bank_code_fkey FOREIGN KEY (bank_code) REFERENCES payee_bank(bank_code),
  CONSTRAINT breaker_clearing_house_fkey FOREIGN KEY (clearing_house) REFERENCES route(route),
  CONSTRAINT breaker_check CHECK ((forced_by <> forced_approved_by)),
  CONSTRAINT breaker_check1 CHECK ((num_nulls(forced_by, forced_approved_by, forced_reason, forced_until) = ANY (ARRAY[0, 4]))),
  CONSTRAINT breaker_check2 CHECK (((open_until IS NOT NULL) = ((state = 'OPEN'::text) AND (forced_by IS NULL)))),
  CONSTRAINT breaker_epoch_check CHECK ((epoch > 0)),
  CONSTRAINT breaker_good_count_check CHECK ((good_count >= 0)),
  CONSTRAINT breaker_openings_check CHECK ((openings >= 0)),
  CONSTRAINT breaker_stage_check CHECK ((stage >= 0)),
  CONSTRAINT breaker_state_check CHECK ((state = ANY (ARRAY['CLOSED'::text, 'OPEN'::text, 'HALF_OPEN'::text]))),
  CONSTRAINT breaker_tokens_taken_check CHECK ((tokens_taken >= 0)),
  CONSTRAINT breaker_trouble_count_check CHECK ((trouble_count >= 0))
) WITH (fillfactor=50);
GRANT INSERT, SELECT, UPDATE ON breaker TO jinku_payouts;

CREATE TABLE breaker_event (
  key text NOT NULL,
  epoch bigint NOT NULL,
  event text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  stage smallint NOT NULL,
  reason text,
  changed_by text,
  at timestamp with time zone NOT NULL,
  CONSTRAINT breaker_event_pkey PRIMARY KEY (key, epoch),
  CONSTRAINT breaker_event_key_fkey FOREIGN KEY (key) REFERENCES breaker(key)
);
GRANT INSERT, SELECT ON breaker_event TO jinku_payouts;

CREATE TABLE business_line (
  code text NOT NULL,
  name text NOT NULL,
  priority smallint NOT NULL,
  per_item_limit_minor bigint NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  duplicate_window_seconds integer,
  primary_house text,
  CONSTRAINT business_line_pkey PRIMARY KEY (code),
  CONSTRAINT business_line_code_check CHECK ((code ~ '^[A-Z][A-Z0-9_]{1,31}$'::text)),
  CONSTRAINT business_line_duplicate_window_seconds_check CHECK (((duplicate_window_seconds >= 0) AND (duplicate_window_seconds <= 86400))),
  CONSTRAINT business_line_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  CONSTRAINT business_line_per_item_limit_minor_check CHECK ((per_item_limit_minor > 0)),
  CONSTRAINT business_line_primary_house_check CHECK ((primary_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT business_line_priority_check CHECK (((priority >= 0) AND (priority <= 9)))
);
GRANT INSERT, SELECT, UPDATE ON business_line TO jinku_payouts;

CREATE TABLE deferred_entry (
  payout_id uuid NOT NULL,
  shard smallint NOT NULL,
  dispatch_order bigint NOT NULL,
  amount_minor bigint NOT NULL,
  latest_by timestamp with time zone,
  business_line text NOT NULL,
  bank_code text NOT NULL,
  due_at timestamp with time zone,
  waits_for text,
  CONSTRAINT deferred_entry_pkey PRIMARY KEY (payout_id),
  CONSTRAINT deferred_entry_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT deferred_entry_check CHECK (((due_at IS NULL) = (waits_for IS NOT NULL)))
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX deferred_entry_due ON payouts.deferred_entry USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX deferred_entry_waits_for ON payouts.deferred_entry USING btree (shard, waits_for, bank_code, dispatch_order, payout_id) WHERE (waits_for IS NOT NULL);
GRANT DELETE, INSERT, SELECT, UPDATE ON deferred_entry TO jinku_payouts;

CREATE TABLE dispatch_switch (
  one boolean NOT NULL DEFAULT true,
  stopped boolean NOT NULL,
  reason text,
  stopped_by text,
  stopped_at timestamp with time zone,
  start_proposed_by text,
  CONSTRAINT dispatch_switch_pkey PRIMARY KEY (one),
  CONSTRAINT dispatch_switch_check CHECK (((NOT stopped) OR ((stopped_by IS NOT NULL) AND (stopped_at IS NOT NULL) AND (reason IS NOT NULL)))),
  CONSTRAINT dispatch_switch_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON dispatch_switch TO jinku_payouts;

CREATE TABLE dispatcher (
  holder uuid NOT NULL,
  joined_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT dispatcher_pkey PRIMARY KEY (holder)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON dispatcher TO jinku_payouts;

CREATE TABLE duplicate_suspicion (
  payout_id uuid NOT NULL,
  earlier_payout_id uuid NOT NULL,
  suspected_at timestamp with time zone NOT NULL,
  CONSTRAINT duplicate_suspicion_pkey PRIMARY KEY (payout_id),
  CONSTRAINT duplicate_suspicion_payout_id_fkey FOREIGN KEY (payout_id) REFERENCES payout(payout_id)
);
GRANT INSERT, SELECT ON duplicate_suspicion TO jinku_payouts;

CREATE TABLE grant_date_total (
  grant_id uuid NOT NULL,
  clearing_date date NOT NULL,
  consumed_total bigint NOT NULL,
  payout_count bigint NOT NULL,
  CONSTRAINT grant_date_total_pkey PRIMARY KEY (grant_id, clearing_date),
  CONSTRAINT grant_date_total_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES quota_grant(grant_id),
  CONSTRAINT grant_date_total_consumed_total_check CHECK ((consumed_total >= 0)),
  CONSTRAINT grant_date_total_payout_count_check CHECK ((payout_count >= 0))
) WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);
GRANT INSERT, SELECT, UPDATE ON grant_date_total TO jinku_payouts;

CREATE TABLE grant_movement (
  grant_id uuid NOT NULL,
  sequence bigint NOT NULL,
  kind text NOT NULL,
  reserved_change bigint NOT NULL,
  consumed_change bigint NOT NULL,
  payout_count integer NOT NULL,
  epoch bigint NOT NULL,
  granted_after bigint NOT NULL,
  consumed_after bigint NOT NULL,
  reserved_after bigint NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  CONSTRAINT grant_movement_pkey PRIMARY KEY (grant_id, sequence),
  CONSTRAINT grant_movement_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES quota_grant(grant_id),
  CONSTRAINT grant_movement_check CHECK (((consumed_after + reserved_after) <= granted_after)),
  CONSTRAINT grant_movement_consumed_change_check CHECK ((consumed_change >= 0)),
  CONSTRAINT grant_movement_kind_check CHECK ((kind = ANY (ARRAY['SET'::text, 'RESERVED'::text, 'CONCLUDED'::text]))),
  CONSTRAINT grant_movement_payout_count_check CHECK ((payout_count >= 0)),
  CONSTRAINT grant_movement_reserved_after_check CHECK ((reserved_after >= 0)),
  CONSTRAINT grant_movement_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON grant_movement TO jinku_payouts;

CREATE TABLE held_entry (
  payout_id uuid NOT NULL,
  CONSTRAINT held_entry_pkey PRIMARY KEY (payout_id),
  CONSTRAINT held_entry_payout_id_fkey FOREIGN KEY (payout_id) REFERENCES payout(payout_id)
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_vacuum_cost_delay=0);
GRANT DELETE, INSERT, SELECT ON held_entry TO jinku_payouts;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON payouts.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_payouts;

CREATE TABLE inquiry (
  serial_number text NOT NULL,
  inquiry_number integer NOT NULL,
  outcome text NOT NULL,
  code text,
  detail text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  latency_ms integer NOT NULL,
  CONSTRAINT inquiry_pkey PRIMARY KEY (serial_number, inquiry_number),
  CONSTRAINT inquiry_inquiry_number_check CHECK ((inquiry_number > 0)),
  CONSTRAINT inquiry_latency_ms_check CHECK ((latency_ms >= 0))
);
GRANT INSERT, SELECT ON inquiry TO jinku_payouts;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_payouts;

CREATE TABLE merchant (
  merchant_id text NOT NULL,
  name text NOT NULL,
  state text NOT NULL,
  priority smallint NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  duplicate_window_seconds integer,
  CONSTRAINT merchant_pkey PRIMARY KEY (merchant_id),
  CONSTRAINT merchant_duplicate_window_seconds_check CHECK (((duplicate_window_seconds >= 0) AND (duplicate_window_seconds <= 86400))),
  CONSTRAINT merchant_merchant_id_check CHECK ((merchant_id ~ '^[A-Za-z0-9_-]{1,32}$'::text)),
  CONSTRAINT merchant_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  CONSTRAINT merchant_priority_check CHECK (((priority >= 0) AND (priority <= 9))),
  CONSTRAINT merchant_state_check CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text])))
);
GRANT INSERT, SELECT, UPDATE ON merchant TO jinku_payouts;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_payouts;

CREATE TABLE open_attempt (
  payout_id uuid NOT NULL,
  attempt_number integer NOT NULL,
  serial_number text NOT NULL,
  shard smallint NOT NULL,
  route text NOT NULL,
  merchant_id text NOT NULL,
  business_line text NOT NULL,
  amount_minor bigint NOT NULL,
  grant_id uuid NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  inquire_at timestamp with time zone,
  inquiry_count integer NOT NULL DEFAULT 0,
  not_found_count integer NOT NULL DEFAULT 0,
  CONSTRAINT open_attempt_pkey PRIMARY KEY (payout_id),
  CONSTRAINT open_attempt_serial_number UNIQUE (serial_number),
  CONSTRAINT open_attempt_payout_id_attempt_number_fkey FOREIGN KEY (payout_id, attempt_number) REFERENCES attempt(payout_id, attempt_number) NOT ENFORCED,
  CONSTRAINT open_attempt_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT open_attempt_inquiry_count_check CHECK ((inquiry_count >= 0)),
  CONSTRAINT open_attempt_not_found_count_check CHECK ((not_found_count >= 0))
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=2000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX open_attempt_inquire_at ON payouts.open_attempt USING btree (inquire_at) WHERE (inquire_at IS NOT NULL);
GRANT DELETE, INSERT, SELECT, UPDATE ON open_attempt TO jinku_payouts;

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
GRANT INSERT, SELECT ON outbox_batch TO jinku_payouts;

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
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_payouts;

CREATE TABLE outcome_conflict (
  conflict_id uuid NOT NULL DEFAULT uuidv7(),
  serial_number text NOT NULL,
  source text NOT NULL,
  told_outcome text NOT NULL,
  told_amount_minor bigint,
  recorded_conclusion text,
  recorded_amount_minor bigint,
  noticed_at timestamp with time zone NOT NULL,
  CONSTRAINT outcome_conflict_pkey PRIMARY KEY (conflict_id)
);
GRANT INSERT, SELECT ON outcome_conflict TO jinku_payouts;

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
CREATE INDEX parked_message_unsettled ON payouts.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_payouts;

CREATE TABLE payee_bank (
  bank_code text NOT NULL,
  name text NOT NULL,
  state text NOT NULL DEFAULT 'OPEN'::text,
  CONSTRAINT payee_bank_pkey PRIMARY KEY (bank_code),
  CONSTRAINT payee_bank_bank_code_check CHECK ((bank_code ~ '^[0-9]{12}$'::text)),
  CONSTRAINT payee_bank_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  CONSTRAINT payee_bank_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CLOSED'::text])))
);
GRANT INSERT, SELECT, UPDATE ON payee_bank TO jinku_payouts;

CREATE TABLE payout (
  payout_id uuid NOT NULL,
  client_id text NOT NULL,
  request_id text NOT NULL,
  shard smallint NOT NULL,
  merchant_id text NOT NULL,
  business_line text NOT NULL,
  amount_minor bigint NOT NULL,
  payee_cipher text NOT NULL,
  payee_hash text NOT NULL,
  payee_masked text NOT NULL,
  bank_code text NOT NULL,
  payee_category text NOT NULL,
  purpose text NOT NULL,
  instruction_reference text NOT NULL,
  latest_by timestamp with time zone,
  dispatch_order bigint NOT NULL,
  received_at timestamp with time zone NOT NULL,
  business_date date NOT NULL,
  state text NOT NULL,
  told_sequence integer NOT NULL,
  attempt_count integer NOT NULL DEFAULT 0,
  reason_code text,
  rail_reference text,
  returned_minor bigint NOT NULL DEFAULT 0,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT payout_pkey PRIMARY KEY (payout_id),
  CONSTRAINT payout_bank_code_fkey FOREIGN KEY (bank_code) REFERENCES payee_bank(bank_code) NOT ENFORCED,
  CONSTRAINT payout_business_line_fkey FOREIGN KEY (business_line) REFERENCES business_line(code) NOT ENFORCED,
  CONSTRAINT payout_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(merchant_id) NOT ENFORCED,
  CONSTRAINT payout_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT payout_attempt_count_check CHECK ((attempt_count >= 0)),
  CONSTRAINT payout_returned_at_most_paid CHECK (((returned_minor = 0) OR ((state = 'SUCCEEDED'::text) AND ((returned_minor >= 1) AND (returned_minor <= amount_minor))))),
  CONSTRAINT payout_shard_check CHECK ((shard >= 0)),
  CONSTRAINT payout_state_check CHECK ((state = ANY (ARRAY['QUEUED'::text, 'HELD'::text, 'DISPATCHED'::text, 'UNKNOWN'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'CANCELLED'::text, 'EXPIRED'::text]))),
  CONSTRAINT payout_told_sequence_check CHECK ((told_sequence > 0))
) WITH (fillfactor=60, autovacuum_vacuum_scale_factor=0.1, autovacuum_vacuum_threshold=50000, autovacuum_analyze_scale_factor=0.2, autovacuum_analyze_threshold=5000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX payout_merchant ON payouts.payout USING btree (merchant_id, payout_id);
CREATE TRIGGER payout_references AFTER INSERT ON payouts.payout REFERENCING NEW TABLE AS admitted FOR EACH STATEMENT EXECUTE FUNCTION hold_payout_references();
GRANT INSERT, SELECT, UPDATE ON payout TO jinku_payouts;

CREATE TABLE payout_request (
  client_id text NOT NULL,
  request_id text NOT NULL,
  payout_id uuid NOT NULL,
  request_hash bytea NOT NULL,
  CONSTRAINT payout_request_pkey PRIMARY KEY (request_id, client_id),
  CONSTRAINT payout_request_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT ON payout_request TO jinku_payouts;

CREATE TABLE payout_return (
  notice_id text NOT NULL,
  serial_number text NOT NULL,
  payout_id uuid,
  amount_minor bigint NOT NULL,
  is_definite boolean NOT NULL,
  clearing_date date,
  rail_reference text,
  occurred_at timestamp with time zone NOT NULL,
  state text NOT NULL,
  fault text,
  told_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  CONSTRAINT payout_return_pkey PRIMARY KEY (notice_id),
  CONSTRAINT payout_return_check CHECK (((state = 'QUARANTINED'::text) = (fault IS NOT NULL))),
  CONSTRAINT payout_return_check1 CHECK (((state = 'WAITING'::text) = (decided_at IS NULL))),
  CONSTRAINT payout_return_check2 CHECK (((state <> 'RECORDED'::text) OR ((payout_id IS NOT NULL) AND is_definite AND (amount_minor > 0)))),
  CONSTRAINT payout_return_fault_check CHECK ((fault = ANY (ARRAY['NOT_DEFINITE'::text, 'UNKNOWN_NUMBER'::text, 'NOT_SUCCEEDED'::text, 'ABOVE_AMOUNT'::text]))),
  CONSTRAINT payout_return_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'RECORDED'::text, 'QUARANTINED'::text])))
);
CREATE INDEX payout_return_payout ON payouts.payout_return USING btree (payout_id) WHERE (payout_id IS NOT NULL);
CREATE INDEX payout_return_waiting ON payouts.payout_return USING btree (told_at) WHERE (state = 'WAITING'::text);
GRANT INSERT, SELECT, UPDATE (state, fault, decided_at) ON payout_return TO jinku_payouts;

CREATE TABLE quarantined_request (
  quarantine_id uuid NOT NULL,
  message_id text NOT NULL,
  client_id text NOT NULL,
  fault text NOT NULL,
  reason text NOT NULL,
  jws text,
  body_hash bytea NOT NULL,
  body_bytes integer NOT NULL,
  content_cipher text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT quarantined_request_pkey PRIMARY KEY (quarantine_id),
  CONSTRAINT quarantined_request_message_id_body_hash_key UNIQUE (message_id, body_hash),
  CONSTRAINT quarantined_request_body_bytes_check CHECK ((body_bytes >= 0)),
  CONSTRAINT quarantined_request_body_hash_check CHECK ((length(body_hash) = 32)),
  CONSTRAINT quarantined_request_fault_check CHECK ((fault = ANY (ARRAY['NO_CLIENT'::text, 'UNKNOWN_CLIENT'::text, 'NOT_SIGNED'::text, 'BAD_SIGNATURE'::text, 'UNDECODABLE'::text, 'UNANSWERABLE'::text])))
);
GRANT INSERT, SELECT ON quarantined_request TO jinku_payouts;

CREATE TABLE queue_entry (
  payout_id uuid NOT NULL,
  shard smallint NOT NULL,
  dispatch_order bigint NOT NULL,
  amount_minor bigint NOT NULL,
  latest_by timestamp with time zone,
  business_line text NOT NULL,
  bank_code text NOT NULL,
  CONSTRAINT queue_entry_pkey PRIMARY KEY (payout_id),
  CONSTRAINT queue_entry_amount_minor_check CHECK ((amount_minor > 0))
) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=2000, autovacuum_vacuum_insert_scale_factor=0, autovacuum_vacuum_insert_threshold=20000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX queue_entry_latest_by ON payouts.queue_entry USING btree (latest_by) WHERE (latest_by IS NOT NULL);
CREATE INDEX queue_entry_order ON payouts.queue_entry USING btree (shard, dispatch_order, payout_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON queue_entry TO jinku_payouts;

CREATE TABLE quota_grant (
  grant_id uuid NOT NULL,
  clearing_house text NOT NULL,
  shard smallint NOT NULL,
  epoch bigint NOT NULL,
  granted_total bigint NOT NULL,
  consumed_total bigint NOT NULL DEFAULT 0,
  reserved bigint NOT NULL DEFAULT 0,
  movement_sequence bigint NOT NULL DEFAULT 0,
  CONSTRAINT quota_grant_pkey PRIMARY KEY (grant_id),
  CONSTRAINT quota_grant_clearing_house_shard_key UNIQUE (clearing_house, shard),
  CONSTRAINT quota_grant_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_grant_consumed_total_check CHECK ((consumed_total >= 0)),
  CONSTRAINT quota_grant_covers_use CHECK (((consumed_total + reserved) <= granted_total)),
  CONSTRAINT quota_grant_epoch_check CHECK ((epoch > 0)),
  CONSTRAINT quota_grant_granted_total_check CHECK ((granted_total >= 0)),
  CONSTRAINT quota_grant_reserved_check CHECK ((reserved >= 0)),
  CONSTRAINT quota_grant_shard_check CHECK ((shard >= 0))
) WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);
GRANT INSERT, SELECT, UPDATE ON quota_grant TO jinku_payouts;

CREATE TABLE rail_budget (
  connector text NOT NULL,
  window_ms integer NOT NULL,
  requests_per_window integer NOT NULL,
  inquiries_reserved integer NOT NULL,
  window_number bigint NOT NULL DEFAULT 0,
  submits_taken integer NOT NULL DEFAULT 0,
  inquiries_taken integer NOT NULL DEFAULT 0,
  CONSTRAINT rail_budget_pkey PRIMARY KEY (connector),
  CONSTRAINT rail_budget_check CHECK (((inquiries_reserved >= 0) AND (inquiries_reserved <= requests_per_window))),
  CONSTRAINT rail_budget_inquiries_taken_check CHECK ((inquiries_taken >= 0)),
  CONSTRAINT rail_budget_requests_per_window_check CHECK ((requests_per_window > 0)),
  CONSTRAINT rail_budget_submits_taken_check CHECK ((submits_taken >= 0)),
  CONSTRAINT rail_budget_window_ms_check CHECK (((window_ms >= 100) AND (window_ms <= 86400000)))
);
GRANT INSERT, SELECT, UPDATE ON rail_budget TO jinku_payouts;

CREATE TABLE rail_message (
  chain text NOT NULL,
  batch_number bigint NOT NULL,
  "position" integer NOT NULL,
  connector text NOT NULL,
  operation text NOT NULL,
  serial_number text,
  occurred_at timestamp with time zone NOT NULL,
  latency_ms integer NOT NULL,
  http_status integer,
  outcome text NOT NULL,
  code text,
  detail text NOT NULL,
  request_digest text,
  answer_digest text,
  request_masked text NOT NULL,
  answer_masked text NOT NULL,
  CONSTRAINT rail_message_pkey PRIMARY KEY (chain, batch_number, "position"),
  CONSTRAINT rail_message_latency_ms_check CHECK ((latency_ms >= 0))
) WITH (autovacuum_analyze_scale_factor=0.5);
CREATE INDEX rail_message_serial_number ON payouts.rail_message USING btree (serial_number);
GRANT INSERT, SELECT ON rail_message TO jinku_payouts;

CREATE TABLE rail_message_batch (
  chain text NOT NULL,
  batch_number bigint NOT NULL,
  message_count integer NOT NULL,
  content_digest bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT rail_message_batch_pkey PRIMARY KEY (chain, batch_number),
  CONSTRAINT rail_message_batch_batch_number_check CHECK ((batch_number > 0)),
  CONSTRAINT rail_message_batch_content_digest_check CHECK ((octet_length(content_digest) = 32)),
  CONSTRAINT rail_message_batch_hash_check CHECK ((octet_length(hash) = 32)),
  CONSTRAINT rail_message_batch_message_count_check CHECK ((message_count > 0))
);
GRANT INSERT, SELECT ON rail_message_batch TO jinku_payouts;

CREATE TABLE rail_message_chain (
  chain text NOT NULL,
  batch_number bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT rail_message_chain_pkey PRIMARY KEY (chain),
  CONSTRAINT rail_message_chain_hash_check CHECK ((octet_length(hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON rail_message_chain TO jinku_payouts;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_payouts;

CREATE TABLE route (
  route text NOT NULL,
  state text NOT NULL,
  reason text,
  changed_by text,
  changed_at timestamp with time zone,
  per_item_limit_minor bigint,
  CONSTRAINT route_pkey PRIMARY KEY (route),
  CONSTRAINT route_check CHECK (((state = 'OPEN'::text) OR ((reason IS NOT NULL) AND (changed_at IS NOT NULL)))),
  CONSTRAINT route_per_item_limit_minor_check CHECK ((per_item_limit_minor > 0)),
  CONSTRAINT route_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'STOPPED'::text])))
);
GRANT SELECT, UPDATE ON route TO jinku_payouts;

CREATE TABLE route_bank (
  route text NOT NULL,
  bank_code text NOT NULL,
  is_reachable boolean NOT NULL,
  per_item_limit_minor bigint,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT route_bank_pkey PRIMARY KEY (route, bank_code),
  CONSTRAINT route_bank_bank_code_fkey FOREIGN KEY (bank_code) REFERENCES payee_bank(bank_code),
  CONSTRAINT route_bank_route_fkey FOREIGN KEY (route) REFERENCES route(route),
  CONSTRAINT route_bank_per_item_limit_minor_check CHECK ((per_item_limit_minor > 0))
);
GRANT INSERT, SELECT, UPDATE ON route_bank TO jinku_payouts;

CREATE TABLE serial_number_block (
  connector text NOT NULL,
  business_date date NOT NULL,
  next_sequence bigint NOT NULL,
  CONSTRAINT serial_number_block_pkey PRIMARY KEY (connector, business_date),
  CONSTRAINT serial_number_block_next_sequence_check CHECK (((next_sequence >= 1) AND (next_sequence <= 1000000000)))
);
CREATE TRIGGER serial_number_block_only_grows BEFORE UPDATE ON payouts.serial_number_block FOR EACH ROW EXECUTE FUNCTION serial_number_block_only_grows();
GRANT INSERT, SELECT, UPDATE ON serial_number_block TO jinku_payouts;

CREATE TABLE watched_payee (
  payee_hash text NOT NULL,
  amount_minor bigint NOT NULL,
  payout_id uuid NOT NULL,
  admitted_at timestamp with time zone NOT NULL,
  CONSTRAINT watched_payee_pkey PRIMARY KEY (payee_hash, amount_minor)
) WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0.05, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX watched_payee_admitted_at ON payouts.watched_payee USING brin (admitted_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT, UPDATE ON watched_payee TO jinku_payouts;

CREATE OR REPLACE FUNCTION payouts.hold_payout_references()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'payouts', 'public'
AS $function$
      DECLARE
        broken uuid;
      BEGIN
        SELECT a.payout_id INTO broken FROM admitted a
        LEFT JOIN merchant m ON m.merchant_id = a.merchant_id
        LEFT JOIN business_line l ON l.code = a.business_line
        LEFT JOIN payee_bank b ON b.bank_code = a.bank_code
        WHERE m.merchant_id IS NULL OR l.code IS NULL OR b.bank_code IS NULL LIMIT 1;
        IF FOUND THEN
          RAISE EXCEPTION 'payout % names what the register does not have', broken USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NULL;
      END $function$


CREATE OR REPLACE FUNCTION payouts.serial_number_block_only_grows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF NEW.next_sequence < OLD.next_sequence OR NEW.connector <> OLD.connector OR NEW.business_date <> OLD.business_date THEN
        RAISE EXCEPTION 'serial numbers are never drawn twice' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $function$

