-- Schema quotas, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

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
CREATE INDEX approval_by_kind ON quotas.approval USING btree (kind, id);
CREATE INDEX approval_open ON quotas.approval USING btree (expires_at) WHERE (state = 'PROPOSED'::text);
GRANT INSERT, SELECT, UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO jinku_quotas;

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
GRANT INSERT, SELECT ON approval_decision TO jinku_quotas;

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_quotas;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_quotas;

CREATE TABLE automatic_act (
  id uuid NOT NULL,
  kind text NOT NULL,
  from_house text,
  to_house text,
  amount bigint NOT NULL,
  reason text NOT NULL,
  policy_version integer NOT NULL,
  subject_id uuid,
  acted_on date NOT NULL,
  acted_at timestamp with time zone NOT NULL,
  CONSTRAINT automatic_act_pkey PRIMARY KEY (id),
  CONSTRAINT automatic_act_amount_check CHECK ((amount > 0)),
  CONSTRAINT automatic_act_check CHECK (((kind = ANY (ARRAY['SHIFT'::text, 'INCREASE'::text, 'INITIAL_MAPPING'::text])) = (subject_id IS NOT NULL))),
  CONSTRAINT automatic_act_from_house_check CHECK ((from_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT automatic_act_kind_check CHECK ((kind = ANY (ARRAY['SHIFT'::text, 'INCREASE'::text, 'INITIAL_MAPPING'::text, 'DECREASE_PROPOSED'::text, 'WARNING'::text]))),
  CONSTRAINT automatic_act_to_house_check CHECK ((to_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text])))
);
CREATE INDEX automatic_act_by_date ON quotas.automatic_act USING btree (acted_on);
CREATE UNIQUE INDEX automatic_act_maps_once ON quotas.automatic_act USING btree (policy_version, to_house) WHERE (kind = 'INITIAL_MAPPING'::text);
GRANT INSERT, SELECT ON automatic_act TO jinku_quotas;

CREATE TABLE clearing_session (
  id uuid NOT NULL,
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  state text NOT NULL,
  result_payouts bigint,
  result_returns bigint,
  result_receipts bigint,
  disagreements integer NOT NULL DEFAULT 0,
  house_settled_at timestamp with time zone,
  is_reflected boolean NOT NULL DEFAULT false,
  settlement_difference bigint,
  opened_at timestamp with time zone NOT NULL,
  CONSTRAINT clearing_session_pkey PRIMARY KEY (id),
  CONSTRAINT clearing_session_clearing_house_clearing_date_key UNIQUE (clearing_house, clearing_date),
  CONSTRAINT clearing_session_check CHECK (((state = ANY (ARRAY['OPEN'::text, 'CLOSED'::text])) = (result_payouts IS NULL))),
  CONSTRAINT clearing_session_check1 CHECK ((((result_payouts IS NULL) = (result_returns IS NULL)) AND ((result_payouts IS NULL) = (result_receipts IS NULL)))),
  CONSTRAINT clearing_session_check2 CHECK (((NOT is_reflected) OR (house_settled_at IS NOT NULL))),
  CONSTRAINT clearing_session_check3 CHECK (((state <> 'SETTLED'::text) OR (house_settled_at IS NOT NULL))),
  CONSTRAINT clearing_session_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT clearing_session_disagreements_check CHECK ((disagreements >= 0)),
  CONSTRAINT clearing_session_result_payouts_check CHECK ((result_payouts >= 0)),
  CONSTRAINT clearing_session_result_receipts_check CHECK ((result_receipts >= 0)),
  CONSTRAINT clearing_session_result_returns_check CHECK ((result_returns >= 0)),
  CONSTRAINT clearing_session_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CLOSED'::text, 'RESULT_RECEIVED'::text, 'CONFIRMED'::text, 'DISPUTED'::text, 'SETTLED'::text])))
);
CREATE INDEX clearing_session_open ON quotas.clearing_session USING btree (clearing_house, clearing_date) WHERE (state <> 'SETTLED'::text);
GRANT INSERT, SELECT, UPDATE ON clearing_session TO jinku_quotas;

CREATE TABLE clearing_session_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  session_id uuid NOT NULL,
  state text NOT NULL,
  payouts bigint NOT NULL,
  returns bigint NOT NULL,
  receipts bigint NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT clearing_session_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT clearing_session_event_session_id_fkey FOREIGN KEY (session_id) REFERENCES clearing_session(id)
);
CREATE INDEX clearing_session_event_by_session ON quotas.clearing_session_event USING btree (session_id, sequence);
GRANT INSERT, SELECT ON clearing_session_event TO jinku_quotas;

CREATE TABLE collection_total (
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  channel text NOT NULL,
  sequence bigint NOT NULL,
  count_total bigint NOT NULL,
  amount_total bigint NOT NULL,
  is_final boolean NOT NULL,
  as_of timestamp with time zone NOT NULL,
  counted_at timestamp with time zone NOT NULL,
  CONSTRAINT collection_total_pkey PRIMARY KEY (clearing_house, clearing_date, channel),
  CONSTRAINT collection_total_amount_total_check CHECK ((amount_total >= 0)),
  CONSTRAINT collection_total_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT collection_total_count_total_check CHECK ((count_total >= 0)),
  CONSTRAINT collection_total_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT, UPDATE ON collection_total TO jinku_quotas;

CREATE TABLE grant_date_total (
  grant_id uuid NOT NULL,
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  consumed_total bigint NOT NULL,
  payout_count bigint NOT NULL,
  CONSTRAINT grant_date_total_pkey PRIMARY KEY (grant_id, clearing_date),
  CONSTRAINT grant_date_total_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES quota_grant(id),
  CONSTRAINT grant_date_total_consumed_total_check CHECK ((consumed_total >= 0)),
  CONSTRAINT grant_date_total_payout_count_check CHECK ((payout_count >= 0))
);
CREATE INDEX grant_date_total_by_session ON quotas.grant_date_total USING btree (clearing_house, clearing_date);
GRANT INSERT, SELECT, UPDATE ON grant_date_total TO jinku_quotas;

CREATE TABLE grant_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  grant_id uuid NOT NULL,
  epoch integer NOT NULL,
  granted_total bigint NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT grant_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT grant_event_grant_id_epoch_key UNIQUE (grant_id, epoch),
  CONSTRAINT grant_event_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES quota_grant(id),
  CONSTRAINT grant_event_epoch_check CHECK ((epoch > 0)),
  CONSTRAINT grant_event_granted_total_check CHECK ((granted_total >= 0))
);
GRANT INSERT, SELECT ON grant_event TO jinku_quotas;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON quotas.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_quotas;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_quotas;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_quotas;

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
GRANT INSERT, SELECT ON outbox_batch TO jinku_quotas;

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
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_quotas;

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
CREATE INDEX parked_message_unsettled ON quotas.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_quotas;

CREATE TABLE position (
  account_id uuid NOT NULL,
  balance bigint NOT NULL,
  source text NOT NULL,
  as_of timestamp with time zone NOT NULL,
  told_at timestamp with time zone NOT NULL,
  CONSTRAINT position_pkey PRIMARY KEY (account_id),
  CONSTRAINT position_account_id_fkey FOREIGN KEY (account_id) REFERENCES position_account(account_id),
  CONSTRAINT position_source_check CHECK ((source = ANY (ARRAY['NOTICE'::text, 'QUERY'::text, 'FILE'::text, 'MANUAL'::text])))
);
GRANT INSERT, SELECT, UPDATE ON position TO jinku_quotas;

CREATE TABLE position_account (
  account_id uuid NOT NULL,
  version integer NOT NULL,
  account_class text NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  account_number text NOT NULL,
  is_collected boolean NOT NULL,
  connector_type text,
  CONSTRAINT position_account_pkey PRIMARY KEY (account_id),
  CONSTRAINT position_account_owner_check CHECK ((owner = ANY (ARRAY['CLIENT'::text, 'OWN'::text]))),
  CONSTRAINT position_account_version_check CHECK ((version > 0))
);
GRANT INSERT, SELECT, UPDATE ON position_account TO jinku_quotas;

CREATE TABLE position_observation (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  balance bigint NOT NULL,
  source text NOT NULL,
  as_of timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT position_observation_pkey PRIMARY KEY (id),
  CONSTRAINT position_observation_account_id_fkey FOREIGN KEY (account_id) REFERENCES position_account(account_id),
  CONSTRAINT position_observation_source_check CHECK ((source = ANY (ARRAY['NOTICE'::text, 'QUERY'::text, 'FILE'::text, 'MANUAL'::text])))
);
CREATE INDEX position_observation_by_account ON quotas.position_observation USING btree (account_id, id);
GRANT INSERT, SELECT ON position_observation TO jinku_quotas;

CREATE TABLE quarantined_collection (
  id uuid NOT NULL,
  message_id text NOT NULL,
  client_id text NOT NULL,
  fault text NOT NULL,
  reason text NOT NULL,
  body text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT quarantined_collection_pkey PRIMARY KEY (id),
  CONSTRAINT quarantined_collection_fault_check CHECK ((fault = ANY (ARRAY['NO_CLIENT'::text, 'UNKNOWN_CLIENT'::text, 'NOT_SIGNED'::text, 'BAD_SIGNATURE'::text, 'UNDECODABLE'::text, 'INVALID'::text, 'FAR_DATE'::text, 'TOTAL_FELL'::text, 'AFTER_FINAL'::text])))
);
GRANT INSERT, SELECT ON quarantined_collection TO jinku_quotas;

CREATE TABLE quota (
  clearing_house text NOT NULL,
  mapped bigint NOT NULL,
  mapped_explained bigint NOT NULL,
  receipts_counted bigint NOT NULL DEFAULT 0,
  reflected_total bigint NOT NULL DEFAULT 0,
  rail_available bigint NOT NULL,
  source text NOT NULL,
  as_of timestamp with time zone NOT NULL,
  CONSTRAINT quota_pkey PRIMARY KEY (clearing_house),
  CONSTRAINT quota_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_mapped_check CHECK ((mapped >= 0)),
  CONSTRAINT quota_receipts_counted_check CHECK ((receipts_counted >= 0)),
  CONSTRAINT quota_reflected_total_check CHECK ((reflected_total >= 0)),
  CONSTRAINT quota_source_check CHECK ((source = ANY (ARRAY['NOTICE'::text, 'QUERY'::text, 'FILE'::text, 'MANUAL'::text])))
);
GRANT INSERT, SELECT, UPDATE ON quota TO jinku_quotas;

CREATE TABLE quota_adjustment (
  id uuid NOT NULL,
  clearing_house text NOT NULL,
  direction text NOT NULL,
  amount bigint NOT NULL,
  state text NOT NULL,
  reason text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  serial_number text,
  valid_until timestamp with time zone,
  next_inquiry_at timestamp with time zone,
  not_found_answers integer NOT NULL DEFAULT 0,
  code text,
  rail_reference text,
  concluded_at timestamp with time zone,
  reflected_at timestamp with time zone,
  CONSTRAINT quota_adjustment_pkey PRIMARY KEY (id),
  CONSTRAINT quota_adjustment_serial_number_key UNIQUE (serial_number),
  CONSTRAINT quota_adjustment_amount_check CHECK ((amount > 0)),
  CONSTRAINT quota_adjustment_check CHECK (((state = ANY (ARRAY['PLANNED'::text, 'CANCELLED'::text])) = (serial_number IS NULL))),
  CONSTRAINT quota_adjustment_check1 CHECK (((serial_number IS NULL) = (valid_until IS NULL))),
  CONSTRAINT quota_adjustment_check2 CHECK (((state = ANY (ARRAY['INSTRUCTED'::text, 'ACCEPTED'::text, 'UNKNOWN'::text])) = (next_inquiry_at IS NOT NULL))),
  CONSTRAINT quota_adjustment_check3 CHECK (((state = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text, 'CANCELLED'::text])) = (concluded_at IS NOT NULL))),
  CONSTRAINT quota_adjustment_check4 CHECK (((reflected_at IS NULL) OR (state = 'SUCCEEDED'::text))),
  CONSTRAINT quota_adjustment_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_adjustment_direction_check CHECK ((direction = ANY (ARRAY['INCREASE'::text, 'DECREASE'::text]))),
  CONSTRAINT quota_adjustment_not_found_answers_check CHECK ((not_found_answers >= 0)),
  CONSTRAINT quota_adjustment_state_check CHECK ((state = ANY (ARRAY['PLANNED'::text, 'INSTRUCTED'::text, 'ACCEPTED'::text, 'UNKNOWN'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'CANCELLED'::text])))
);
CREATE INDEX quota_adjustment_open ON quotas.quota_adjustment USING btree (clearing_house) WHERE ((state <> ALL (ARRAY['FAILED'::text, 'CANCELLED'::text])) AND (reflected_at IS NULL));
CREATE TRIGGER quota_adjustment_keeps_its_number BEFORE UPDATE ON quotas.quota_adjustment FOR EACH ROW EXECUTE FUNCTION quota_adjustment_keeps_its_number();
GRANT INSERT, SELECT, UPDATE (state, serial_number, valid_until, next_inquiry_at, not_found_answers, code, rail_reference, concluded_at, reflected_at) ON quota_adjustment TO jinku_quotas;

CREATE TABLE quota_adjustment_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  adjustment_id uuid NOT NULL,
  state text NOT NULL,
  source text NOT NULL,
  outcome text,
  code text,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT quota_adjustment_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT quota_adjustment_event_adjustment_id_fkey FOREIGN KEY (adjustment_id) REFERENCES quota_adjustment(id),
  CONSTRAINT quota_adjustment_event_source_check CHECK ((source = ANY (ARRAY['PERSON'::text, 'SERVICE'::text, 'ANSWER'::text, 'NOTICE'::text, 'INQUIRY'::text])))
);
CREATE INDEX quota_adjustment_event_by_adjustment ON quotas.quota_adjustment_event USING btree (adjustment_id, sequence);
GRANT INSERT, SELECT ON quota_adjustment_event TO jinku_quotas;

CREATE TABLE quota_buffer (
  one boolean NOT NULL DEFAULT true,
  balance bigint,
  opened_as_of timestamp with time zone,
  reserve_balance bigint,
  reserve_source text,
  reserve_as_of timestamp with time zone,
  reserve_difference bigint NOT NULL DEFAULT 0,
  differs_since timestamp with time zone,
  CONSTRAINT quota_buffer_pkey PRIMARY KEY (one),
  CONSTRAINT quota_buffer_check CHECK (((balance IS NULL) = (opened_as_of IS NULL))),
  CONSTRAINT quota_buffer_check1 CHECK (((reserve_balance IS NULL) = (reserve_as_of IS NULL))),
  CONSTRAINT quota_buffer_check2 CHECK (((reserve_difference = 0) = (differs_since IS NULL))),
  CONSTRAINT quota_buffer_one_check CHECK (one),
  CONSTRAINT quota_buffer_reserve_source_check CHECK ((reserve_source = ANY (ARRAY['NOTICE'::text, 'QUERY'::text, 'FILE'::text, 'MANUAL'::text])))
);
GRANT SELECT, UPDATE ON quota_buffer TO jinku_quotas;

CREATE TABLE quota_buffer_movement (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  amount bigint NOT NULL,
  reference text NOT NULL,
  clearing_house text,
  moved_at timestamp with time zone NOT NULL,
  balance_after bigint NOT NULL,
  CONSTRAINT quota_buffer_movement_pkey PRIMARY KEY (sequence),
  CONSTRAINT quota_buffer_movement_kind_reference_key UNIQUE (kind, reference),
  CONSTRAINT quota_buffer_movement_check CHECK (((kind <> 'INCREASE_TAKEN'::text) OR (amount < 0))),
  CONSTRAINT quota_buffer_movement_check1 CHECK (((kind <> ALL (ARRAY['INCREASE_GIVEN_BACK'::text, 'DECREASE_DONE'::text])) OR (amount > 0))),
  CONSTRAINT quota_buffer_movement_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_buffer_movement_kind_check CHECK ((kind = ANY (ARRAY['OPENING'::text, 'RESERVE_MOVED'::text, 'INCREASE_TAKEN'::text, 'INCREASE_GIVEN_BACK'::text, 'DECREASE_DONE'::text, 'MAPPING_MOVED'::text])))
);
GRANT INSERT, SELECT ON quota_buffer_movement TO jinku_quotas;

CREATE TABLE quota_figure (
  clearing_house text NOT NULL,
  read_at timestamp with time zone,
  rail_available bigint,
  usable bigint,
  consumed bigint,
  difference bigint NOT NULL DEFAULT 0,
  differs_since timestamp with time zone,
  CONSTRAINT quota_figure_pkey PRIMARY KEY (clearing_house),
  CONSTRAINT quota_figure_clearing_house_fkey FOREIGN KEY (clearing_house) REFERENCES quota(clearing_house),
  CONSTRAINT quota_figure_check CHECK ((num_nulls(read_at, rail_available, usable, consumed) = ANY (ARRAY[0, 4]))),
  CONSTRAINT quota_figure_check1 CHECK (((difference = 0) = (differs_since IS NULL)))
);
GRANT INSERT, SELECT, UPDATE ON quota_figure TO jinku_quotas;

CREATE TABLE quota_grant (
  id uuid NOT NULL,
  clearing_house text NOT NULL,
  holder text NOT NULL,
  shard integer NOT NULL,
  epoch integer NOT NULL DEFAULT 0,
  granted_total bigint NOT NULL DEFAULT 0,
  accepted_epoch integer NOT NULL DEFAULT 0,
  accepted_total bigint NOT NULL DEFAULT 0,
  consumed_total bigint NOT NULL DEFAULT 0,
  reserved bigint NOT NULL DEFAULT 0,
  need bigint NOT NULL DEFAULT 0,
  reported_at timestamp with time zone,
  CONSTRAINT quota_grant_pkey PRIMARY KEY (id),
  CONSTRAINT quota_grant_clearing_house_holder_shard_key UNIQUE (clearing_house, holder, shard),
  CONSTRAINT quota_grant_accepted_total_check CHECK ((accepted_total >= 0)),
  CONSTRAINT quota_grant_check CHECK (((accepted_epoch >= 0) AND (accepted_epoch <= epoch))),
  CONSTRAINT quota_grant_check1 CHECK (((holder = 'PAYOUTS'::text) OR (shard = 0))),
  CONSTRAINT quota_grant_check2 CHECK (((consumed_total + reserved) <= accepted_total)),
  CONSTRAINT quota_grant_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_grant_consumed_total_check CHECK ((consumed_total >= 0)),
  CONSTRAINT quota_grant_epoch_check CHECK ((epoch >= 0)),
  CONSTRAINT quota_grant_granted_total_check CHECK ((granted_total >= 0)),
  CONSTRAINT quota_grant_holder_check CHECK ((holder = ANY (ARRAY['PAYOUTS'::text, 'TRANSFERS'::text]))),
  CONSTRAINT quota_grant_need_check CHECK ((need >= 0)),
  CONSTRAINT quota_grant_reserved_check CHECK ((reserved >= 0)),
  CONSTRAINT quota_grant_shard_check CHECK ((shard >= 0))
);
GRANT INSERT, SELECT, UPDATE ON quota_grant TO jinku_quotas;

CREATE TABLE quota_observation (
  id uuid NOT NULL,
  clearing_house text NOT NULL,
  mapped bigint NOT NULL,
  rail_available bigint NOT NULL,
  source text NOT NULL,
  as_of timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT quota_observation_pkey PRIMARY KEY (id),
  CONSTRAINT quota_observation_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_observation_mapped_check CHECK ((mapped >= 0)),
  CONSTRAINT quota_observation_source_check CHECK ((source = ANY (ARRAY['NOTICE'::text, 'QUERY'::text, 'FILE'::text, 'MANUAL'::text])))
);
CREATE INDEX quota_observation_by_house ON quotas.quota_observation USING btree (clearing_house, as_of);
GRANT INSERT, SELECT ON quota_observation TO jinku_quotas;

CREATE TABLE quota_policy (
  version integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  effective_on date NOT NULL,
  content jsonb NOT NULL,
  approval_id uuid NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  CONSTRAINT quota_policy_pkey PRIMARY KEY (version),
  CONSTRAINT quota_policy_approval_id_key UNIQUE (approval_id),
  CONSTRAINT quota_policy_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES approval(id)
);
GRANT INSERT, SELECT ON quota_policy TO jinku_quotas;

CREATE TABLE quota_shift (
  id uuid NOT NULL,
  from_house text NOT NULL,
  to_house text NOT NULL,
  amount bigint NOT NULL,
  state text NOT NULL,
  decrease_id uuid NOT NULL,
  increase_id uuid,
  attempts integer NOT NULL DEFAULT 0,
  retry_at timestamp with time zone,
  reason text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  CONSTRAINT quota_shift_pkey PRIMARY KEY (id),
  CONSTRAINT quota_shift_decrease_id_key UNIQUE (decrease_id),
  CONSTRAINT quota_shift_increase_id_key UNIQUE (increase_id),
  CONSTRAINT quota_shift_decrease_id_fkey FOREIGN KEY (decrease_id) REFERENCES quota_adjustment(id),
  CONSTRAINT quota_shift_increase_id_fkey FOREIGN KEY (increase_id) REFERENCES quota_adjustment(id),
  CONSTRAINT quota_shift_amount_check CHECK ((amount > 0)),
  CONSTRAINT quota_shift_attempts_check CHECK ((attempts >= 0)),
  CONSTRAINT quota_shift_check CHECK ((from_house <> to_house)),
  CONSTRAINT quota_shift_check1 CHECK (((state = 'IN_BUFFER'::text) = (retry_at IS NOT NULL))),
  CONSTRAINT quota_shift_from_house_check CHECK ((from_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_shift_state_check CHECK ((state = ANY (ARRAY['DECREASING'::text, 'INCREASING'::text, 'IN_BUFFER'::text, 'DONE'::text, 'FAILED'::text, 'GIVEN_UP'::text]))),
  CONSTRAINT quota_shift_to_house_check CHECK ((to_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text])))
);
CREATE INDEX quota_shift_open ON quotas.quota_shift USING btree (requested_at) WHERE (state = ANY (ARRAY['DECREASING'::text, 'INCREASING'::text, 'IN_BUFFER'::text]));
GRANT INSERT, SELECT, UPDATE (state, increase_id, attempts, retry_at) ON quota_shift TO jinku_quotas;

CREATE TABLE quota_shift_event (
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  shift_id uuid NOT NULL,
  state text NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT quota_shift_event_pkey PRIMARY KEY (sequence),
  CONSTRAINT quota_shift_event_shift_id_fkey FOREIGN KEY (shift_id) REFERENCES quota_shift(id)
);
CREATE INDEX quota_shift_event_by_shift ON quotas.quota_shift_event USING btree (shift_id, sequence);
GRANT INSERT, SELECT ON quota_shift_event TO jinku_quotas;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_quotas;

CREATE TABLE reserve_movement (
  movement_number text NOT NULL,
  amount bigint NOT NULL,
  balance_after bigint NOT NULL,
  payer_reference text,
  purpose text,
  occurred_at timestamp with time zone NOT NULL,
  CONSTRAINT reserve_movement_pkey PRIMARY KEY (movement_number)
);
CREATE INDEX reserve_movement_by_reference ON quotas.reserve_movement USING btree (payer_reference);
GRANT INSERT, SELECT ON reserve_movement TO jinku_quotas;

CREATE TABLE serial_number_block (
  connector text NOT NULL,
  business_date date NOT NULL,
  next_sequence bigint NOT NULL,
  CONSTRAINT serial_number_block_pkey PRIMARY KEY (connector, business_date),
  CONSTRAINT serial_number_block_next_sequence_check CHECK (((next_sequence >= 1) AND (next_sequence <= 1000000000)))
);
CREATE TRIGGER serial_number_block_only_grows BEFORE UPDATE ON quotas.serial_number_block FOR EACH ROW EXECUTE FUNCTION serial_number_block_only_grows();
GRANT INSERT, SELECT, UPDATE ON serial_number_block TO jinku_quotas;

CREATE TABLE session_item (
  kind text NOT NULL,
  reference text NOT NULL,
  clearing_house text NOT NULL,
  clearing_date date NOT NULL,
  amount bigint NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT session_item_pkey PRIMARY KEY (kind, reference),
  CONSTRAINT session_item_amount_check CHECK ((amount > 0)),
  CONSTRAINT session_item_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT session_item_kind_check CHECK ((kind = ANY (ARRAY['FUND_DOWN'::text, 'RETURN'::text])))
);
CREATE INDEX session_item_by_session ON quotas.session_item USING btree (clearing_house, clearing_date);
GRANT INSERT, SELECT ON session_item TO jinku_quotas;

CREATE TABLE transit_movement (
  movement_id uuid NOT NULL,
  order_id uuid NOT NULL,
  amount bigint NOT NULL,
  settled_at timestamp with time zone NOT NULL,
  CONSTRAINT transit_movement_pkey PRIMARY KEY (movement_id)
);
GRANT INSERT, SELECT ON transit_movement TO jinku_quotas;

CREATE OR REPLACE FUNCTION quotas.quota_adjustment_keeps_its_number()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        IF OLD.serial_number IS NOT NULL AND NEW.serial_number IS DISTINCT FROM OLD.serial_number THEN
          RAISE EXCEPTION 'an adjustment has one serial number for ever' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $function$


CREATE OR REPLACE FUNCTION quotas.serial_number_block_only_grows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF NEW.next_sequence < OLD.next_sequence OR NEW.connector <> OLD.connector OR NEW.business_date <> OLD.business_date THEN
        RAISE EXCEPTION 'serial numbers are never drawn twice' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $function$

