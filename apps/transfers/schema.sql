-- Schema transfers, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE account_position (
  account_id uuid NOT NULL,
  observation_id uuid NOT NULL,
  balance bigint NOT NULL,
  source text NOT NULL,
  as_of timestamp with time zone NOT NULL,
  observed_at timestamp with time zone NOT NULL,
  CONSTRAINT account_position_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_position_balance_check CHECK ((balance >= 0)),
  CONSTRAINT account_position_source_check CHECK ((source = ANY (ARRAY['NOTICE'::text, 'QUERY'::text, 'FILE'::text, 'MANUAL'::text])))
);
GRANT INSERT, SELECT, UPDATE ON account_position TO jinku_transfers;

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
CREATE INDEX approval_by_kind ON transfers.approval USING btree (kind, id);
CREATE INDEX approval_open ON transfers.approval USING btree (expires_at) WHERE (state = 'PROPOSED'::text);
GRANT INSERT, SELECT, UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO jinku_transfers;

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
GRANT INSERT, SELECT ON approval_decision TO jinku_transfers;

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_transfers;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_transfers;

CREATE TABLE fee_accrual (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  accrued_total bigint NOT NULL,
  as_of timestamp with time zone,
  CONSTRAINT fee_accrual_pkey PRIMARY KEY (one),
  CONSTRAINT fee_accrual_accrued_total_check CHECK ((accrued_total >= 0)),
  CONSTRAINT fee_accrual_one_check CHECK (one),
  CONSTRAINT fee_accrual_sequence_check CHECK ((sequence >= 0))
);
GRANT SELECT, UPDATE ON fee_accrual TO jinku_transfers;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON transfers.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_transfers;

CREATE TABLE known_account (
  id uuid NOT NULL,
  version integer NOT NULL,
  account_class text NOT NULL,
  subtype text,
  owner text NOT NULL,
  name text NOT NULL,
  state text NOT NULL,
  is_usable boolean NOT NULL,
  is_filed boolean NOT NULL,
  account_number text NOT NULL,
  account_name text NOT NULL,
  bank_code text NOT NULL,
  connector_type text,
  described_at timestamp with time zone NOT NULL,
  CONSTRAINT known_account_pkey PRIMARY KEY (id),
  CONSTRAINT known_account_account_class_check CHECK ((account_class = ANY (ARRAY['CENTRAL_RESERVE'::text, 'CLIENT_FUND'::text, 'OWN_FUND'::text, 'VIRTUAL'::text, 'CHANNEL'::text]))),
  CONSTRAINT known_account_owner_check CHECK ((owner = ANY (ARRAY['CLIENT'::text, 'OWN'::text]))),
  CONSTRAINT known_account_version_check CHECK ((version > 0))
);
GRANT INSERT, SELECT, UPDATE ON known_account TO jinku_transfers;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_transfers;

CREATE TABLE leg_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  order_id uuid NOT NULL,
  leg_number integer NOT NULL,
  serial_number text,
  state text NOT NULL,
  source text NOT NULL,
  outcome text,
  code text,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT leg_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT leg_event_order_id_leg_number_fkey FOREIGN KEY (order_id, leg_number) REFERENCES transfer_leg(order_id, leg_number),
  CONSTRAINT leg_event_source_check CHECK ((source = ANY (ARRAY['SERVICE'::text, 'PERSON'::text, 'ANSWER'::text, 'NOTICE'::text, 'INQUIRY'::text])))
);
CREATE INDEX leg_event_by_order ON transfers.leg_event USING btree (order_id, sequence);
GRANT INSERT, SELECT ON leg_event TO jinku_transfers;

CREATE TABLE leg_instruction (
  serial_number text NOT NULL,
  order_id uuid NOT NULL,
  leg_number integer NOT NULL,
  amount bigint NOT NULL,
  instructed_at timestamp with time zone NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  next_inquiry_at timestamp with time zone,
  inquiries integer NOT NULL DEFAULT 0,
  not_found_answers integer NOT NULL DEFAULT 0,
  code text,
  rail_reference text,
  conclusion text,
  CONSTRAINT leg_instruction_pkey PRIMARY KEY (serial_number),
  CONSTRAINT leg_instruction_order_id_leg_number_fkey FOREIGN KEY (order_id, leg_number) REFERENCES transfer_leg(order_id, leg_number),
  CONSTRAINT leg_instruction_amount_check CHECK ((amount > 0)),
  CONSTRAINT leg_instruction_check CHECK (((conclusion IS NULL) = (next_inquiry_at IS NOT NULL))),
  CONSTRAINT leg_instruction_conclusion_check CHECK ((conclusion = ANY (ARRAY['SETTLED'::text, 'CAME_BACK'::text, 'NOT_MOVED'::text]))),
  CONSTRAINT leg_instruction_inquiries_check CHECK ((inquiries >= 0)),
  CONSTRAINT leg_instruction_not_found_answers_check CHECK ((not_found_answers >= 0))
);
CREATE INDEX leg_instruction_due ON transfers.leg_instruction USING btree (next_inquiry_at) WHERE (next_inquiry_at IS NOT NULL);
CREATE UNIQUE INDEX leg_instruction_one_open ON transfers.leg_instruction USING btree (order_id, leg_number) WHERE (conclusion IS DISTINCT FROM 'NOT_MOVED'::text);
CREATE TRIGGER leg_instruction_keeps_its_conclusion BEFORE UPDATE ON transfers.leg_instruction FOR EACH ROW EXECUTE FUNCTION leg_instruction_keeps_its_conclusion();
GRANT INSERT, SELECT, UPDATE (next_inquiry_at, inquiries, not_found_answers, code, rail_reference, conclusion) ON leg_instruction TO jinku_transfers;

CREATE TABLE leg_movement (
  movement_id uuid NOT NULL,
  order_id uuid NOT NULL,
  leg_number integer NOT NULL,
  serial_number text NOT NULL,
  effect text NOT NULL,
  account_id uuid NOT NULL,
  amount bigint NOT NULL,
  value_date date NOT NULL,
  settled_at timestamp with time zone NOT NULL,
  CONSTRAINT leg_movement_pkey PRIMARY KEY (movement_id),
  CONSTRAINT leg_movement_order_id_leg_number_effect_key UNIQUE (order_id, leg_number, effect),
  CONSTRAINT leg_movement_serial_number_fkey FOREIGN KEY (serial_number) REFERENCES leg_instruction(serial_number),
  CONSTRAINT leg_movement_amount_check CHECK ((amount > 0)),
  CONSTRAINT leg_movement_effect_check CHECK ((effect = ANY (ARRAY['SENT'::text, 'ARRIVED'::text, 'PAID_BY_HOUSE'::text, 'CAME_BACK'::text])))
);
GRANT INSERT, SELECT ON leg_movement TO jinku_transfers;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_transfers;

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
GRANT INSERT, SELECT ON outbox_batch TO jinku_transfers;

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
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_transfers;

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
CREATE INDEX parked_message_unsettled ON transfers.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_transfers;

CREATE TABLE position_observation (
  observation_id uuid NOT NULL,
  account_id uuid NOT NULL,
  balance bigint NOT NULL,
  as_of timestamp with time zone NOT NULL,
  CONSTRAINT position_observation_pkey PRIMARY KEY (observation_id),
  CONSTRAINT position_observation_balance_check CHECK ((balance >= 0))
);
CREATE INDEX position_observation_by_account ON transfers.position_observation USING btree (account_id, as_of);
GRANT INSERT, SELECT ON position_observation TO jinku_transfers;

CREATE TABLE position_reservation (
  order_id uuid NOT NULL,
  account_id uuid NOT NULL,
  amount bigint NOT NULL,
  reserved_at timestamp with time zone NOT NULL,
  left_at timestamp with time zone,
  released_at timestamp with time zone,
  CONSTRAINT position_reservation_pkey PRIMARY KEY (order_id),
  CONSTRAINT position_reservation_order_id_fkey FOREIGN KEY (order_id) REFERENCES transfer_order(id),
  CONSTRAINT position_reservation_amount_check CHECK ((amount > 0))
);
CREATE INDEX position_reservation_open ON transfers.position_reservation USING btree (account_id) WHERE (released_at IS NULL);
GRANT INSERT, SELECT, UPDATE (left_at, released_at) ON position_reservation TO jinku_transfers;

CREATE TABLE quarantined_fee_accrual (
  id uuid NOT NULL,
  message_id text NOT NULL,
  client_id text NOT NULL,
  fault text NOT NULL,
  reason text NOT NULL,
  body text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT quarantined_fee_accrual_pkey PRIMARY KEY (id),
  CONSTRAINT quarantined_fee_accrual_fault_check CHECK ((fault = ANY (ARRAY['NO_CLIENT'::text, 'UNKNOWN_CLIENT'::text, 'NOT_SIGNED'::text, 'BAD_SIGNATURE'::text, 'UNDECODABLE'::text, 'INVALID'::text])))
);
GRANT INSERT, SELECT ON quarantined_fee_accrual TO jinku_transfers;

CREATE TABLE quota_grant (
  grant_id uuid NOT NULL,
  clearing_house text NOT NULL,
  epoch integer NOT NULL,
  granted_total bigint NOT NULL,
  consumed_total bigint NOT NULL DEFAULT 0,
  reserved bigint NOT NULL DEFAULT 0,
  CONSTRAINT quota_grant_pkey PRIMARY KEY (grant_id),
  CONSTRAINT quota_grant_clearing_house_key UNIQUE (clearing_house),
  CONSTRAINT quota_grant_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_grant_consumed_total_check CHECK ((consumed_total >= 0)),
  CONSTRAINT quota_grant_covers_use CHECK (((consumed_total + reserved) <= granted_total)),
  CONSTRAINT quota_grant_epoch_check CHECK ((epoch > 0)),
  CONSTRAINT quota_grant_granted_total_check CHECK ((granted_total >= 0)),
  CONSTRAINT quota_grant_reserved_check CHECK ((reserved >= 0))
);
GRANT INSERT, SELECT, UPDATE ON quota_grant TO jinku_transfers;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_transfers;

CREATE TABLE serial_number_block (
  connector text NOT NULL,
  business_date date NOT NULL,
  next_sequence bigint NOT NULL,
  CONSTRAINT serial_number_block_pkey PRIMARY KEY (connector, business_date),
  CONSTRAINT serial_number_block_next_sequence_check CHECK (((next_sequence >= 1) AND (next_sequence <= 1000000000)))
);
CREATE TRIGGER serial_number_block_only_grows BEFORE UPDATE ON transfers.serial_number_block FOR EACH ROW EXECUTE FUNCTION serial_number_block_only_grows();
GRANT INSERT, SELECT, UPDATE ON serial_number_block TO jinku_transfers;

CREATE TABLE transfer_leg (
  order_id uuid NOT NULL,
  leg_number integer NOT NULL,
  state text NOT NULL,
  amount bigint NOT NULL,
  planned_at timestamp with time zone NOT NULL,
  CONSTRAINT transfer_leg_pkey PRIMARY KEY (order_id, leg_number),
  CONSTRAINT transfer_leg_order_id_fkey FOREIGN KEY (order_id) REFERENCES transfer_order(id),
  CONSTRAINT transfer_leg_amount_check CHECK ((amount > 0)),
  CONSTRAINT transfer_leg_leg_number_check CHECK ((leg_number > 0)),
  CONSTRAINT transfer_leg_state_check CHECK ((state = ANY (ARRAY['PLANNED'::text, 'INSTRUCTED'::text, 'ACCEPTED'::text, 'UNKNOWN'::text, 'IN_TRANSIT'::text, 'SETTLED'::text, 'CAME_BACK'::text, 'NOT_MOVED'::text, 'CANCELLED'::text])))
);
CREATE INDEX transfer_leg_planned ON transfers.transfer_leg USING btree (planned_at) WHERE (state = 'PLANNED'::text);
GRANT INSERT, SELECT, UPDATE (state) ON transfer_leg TO jinku_transfers;

CREATE TABLE transfer_order (
  id uuid NOT NULL,
  state text NOT NULL,
  means text NOT NULL,
  purpose text NOT NULL,
  reference text NOT NULL,
  amount bigint NOT NULL,
  payer_account_id uuid NOT NULL,
  payee_account_id uuid NOT NULL,
  payee_category text,
  rule_id uuid,
  rule_version integer,
  requested_by text NOT NULL,
  reason text NOT NULL,
  business_date date NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  approval_id uuid,
  stopped_because text,
  ended_at timestamp with time zone,
  CONSTRAINT transfer_order_pkey PRIMARY KEY (id),
  CONSTRAINT transfer_order_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id),
  CONSTRAINT transfer_order_payee_account_id_fkey FOREIGN KEY (payee_account_id) REFERENCES known_account(id),
  CONSTRAINT transfer_order_payer_account_id_fkey FOREIGN KEY (payer_account_id) REFERENCES known_account(id),
  CONSTRAINT transfer_order_rule_id_rule_version_fkey FOREIGN KEY (rule_id, rule_version) REFERENCES transfer_rule_version(rule_id, version),
  CONSTRAINT transfer_order_amount_check CHECK ((amount > 0)),
  CONSTRAINT transfer_order_check CHECK ((payer_account_id <> payee_account_id)),
  CONSTRAINT transfer_order_check1 CHECK (((rule_id IS NULL) = (rule_version IS NULL))),
  CONSTRAINT transfer_order_check2 CHECK (((means = 'NETSUNION_PAYOUT'::text) = (payee_category IS NOT NULL))),
  CONSTRAINT transfer_order_check3 CHECK (((state <> ALL (ARRAY['PROPOSED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])) OR (approval_id IS NOT NULL))),
  CONSTRAINT transfer_order_check4 CHECK (((state = ANY (ARRAY['PROPOSED'::text, 'RUNNING'::text, 'STOPPED'::text])) = (ended_at IS NULL))),
  CONSTRAINT transfer_order_check5 CHECK (((state <> 'STOPPED'::text) OR (stopped_because IS NOT NULL))),
  CONSTRAINT transfer_order_means_check CHECK ((means = ANY (ARRAY['BANK_TRANSFER'::text, 'NETSUNION_PAYOUT'::text]))),
  CONSTRAINT transfer_order_purpose_check CHECK ((purpose = ANY (ARRAY['SWEEP_UP'::text, 'FUND_DOWN'::text, 'FEE_INCOME_TRANSFER'::text]))),
  CONSTRAINT transfer_order_reference_check CHECK ((reference <> ''::text)),
  CONSTRAINT transfer_order_state_check CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'RUNNING'::text, 'STOPPED'::text, 'COMPLETED'::text, 'FAILED'::text, 'CANCELLED'::text, 'REJECTED'::text, 'WITHDRAWN'::text, 'EXPIRED'::text])))
);
CREATE INDEX transfer_order_by_approval ON transfers.transfer_order USING btree (approval_id) WHERE (approval_id IS NOT NULL);
CREATE INDEX transfer_order_by_rule ON transfers.transfer_order USING btree (rule_id, business_date) WHERE (rule_id IS NOT NULL);
CREATE INDEX transfer_order_by_state ON transfers.transfer_order USING btree (state, id);
CREATE UNIQUE INDEX transfer_order_one_open_per_rule ON transfers.transfer_order USING btree (rule_id) WHERE ((rule_id IS NOT NULL) AND (state = ANY (ARRAY['PROPOSED'::text, 'RUNNING'::text, 'STOPPED'::text])));
GRANT INSERT, SELECT, UPDATE (state, stopped_because, ended_at) ON transfer_order TO jinku_transfers;

CREATE TABLE transfer_order_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  order_id uuid NOT NULL,
  state text NOT NULL,
  person_id text,
  reason text,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT transfer_order_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT transfer_order_event_order_id_fkey FOREIGN KEY (order_id) REFERENCES transfer_order(id)
);
CREATE INDEX transfer_order_event_by_order ON transfers.transfer_order_event USING btree (order_id, sequence);
GRANT INSERT, SELECT ON transfer_order_event TO jinku_transfers;

CREATE TABLE transfer_rule (
  id uuid NOT NULL,
  version integer NOT NULL,
  payer_account_id uuid NOT NULL,
  trigger_kind text NOT NULL,
  content jsonb NOT NULL,
  maker_id text NOT NULL,
  next_due_at timestamp with time zone,
  last_code text,
  CONSTRAINT transfer_rule_pkey PRIMARY KEY (id),
  CONSTRAINT transfer_rule_check CHECK (((trigger_kind = 'SCHEDULE'::text) OR (next_due_at IS NULL))),
  CONSTRAINT transfer_rule_trigger_kind_check CHECK ((trigger_kind = ANY (ARRAY['SCHEDULE'::text, 'THRESHOLD'::text]))),
  CONSTRAINT transfer_rule_version_check CHECK ((version > 0))
);
CREATE INDEX transfer_rule_by_payer ON transfers.transfer_rule USING btree (payer_account_id) WHERE (trigger_kind = 'THRESHOLD'::text);
CREATE INDEX transfer_rule_due ON transfers.transfer_rule USING btree (next_due_at) WHERE (trigger_kind = 'SCHEDULE'::text);
GRANT INSERT, SELECT, UPDATE ON transfer_rule TO jinku_transfers;

CREATE TABLE transfer_rule_run (
  id uuid NOT NULL,
  rule_id uuid NOT NULL,
  rule_version integer NOT NULL,
  due_at timestamp with time zone,
  observation_id uuid,
  projected bigint,
  decision text NOT NULL,
  code text,
  order_id uuid,
  run_at timestamp with time zone NOT NULL,
  CONSTRAINT transfer_rule_run_pkey PRIMARY KEY (id),
  CONSTRAINT transfer_rule_run_rule_id_due_at_key UNIQUE (rule_id, due_at),
  CONSTRAINT transfer_rule_run_order_id_fkey FOREIGN KEY (order_id) REFERENCES transfer_order(id),
  CONSTRAINT transfer_rule_run_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES transfer_rule(id),
  CONSTRAINT transfer_rule_run_check CHECK (((decision = 'ORDERED'::text) = (order_id IS NOT NULL))),
  CONSTRAINT transfer_rule_run_check1 CHECK (((decision = 'NOT_ORDERED'::text) = (code IS NOT NULL))),
  CONSTRAINT transfer_rule_run_decision_check CHECK ((decision = ANY (ARRAY['ORDERED'::text, 'NOT_ORDERED'::text, 'MISSED'::text])))
);
CREATE INDEX transfer_rule_run_by_rule ON transfers.transfer_rule_run USING btree (rule_id, id);
GRANT INSERT, SELECT ON transfer_rule_run TO jinku_transfers;

CREATE TABLE transfer_rule_version (
  rule_id uuid NOT NULL,
  version integer NOT NULL,
  content jsonb NOT NULL,
  approval_id uuid NOT NULL,
  maker_id text NOT NULL,
  checker_id text NOT NULL,
  reason text NOT NULL,
  in_force_at timestamp with time zone NOT NULL,
  CONSTRAINT transfer_rule_version_pkey PRIMARY KEY (rule_id, version),
  CONSTRAINT transfer_rule_version_approval_id_key UNIQUE (approval_id),
  CONSTRAINT transfer_rule_version_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id),
  CONSTRAINT transfer_rule_version_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES transfer_rule(id),
  CONSTRAINT transfer_rule_version_check1 CHECK ((checker_id <> maker_id)),
  CONSTRAINT transfer_rule_version_version_check CHECK ((version > 0))
);
GRANT INSERT, SELECT ON transfer_rule_version TO jinku_transfers;

CREATE OR REPLACE FUNCTION transfers.leg_instruction_keeps_its_conclusion()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  BEGIN
    IF OLD.conclusion IS NOT NULL AND NEW.conclusion IS DISTINCT FROM OLD.conclusion THEN
      RAISE EXCEPTION 'the conclusion of an instruction stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END $function$


CREATE OR REPLACE FUNCTION transfers.serial_number_block_only_grows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF NEW.next_sequence < OLD.next_sequence OR NEW.connector <> OLD.connector OR NEW.business_date <> OLD.business_date THEN
        RAISE EXCEPTION 'serial numbers are never drawn twice' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $function$

