-- Schema quotas, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

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

CREATE TABLE quota (
  clearing_house text NOT NULL,
  mapped bigint NOT NULL,
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

CREATE TABLE quota_grant (
  id uuid NOT NULL,
  clearing_house text NOT NULL,
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
  CONSTRAINT quota_grant_clearing_house_shard_key UNIQUE (clearing_house, shard),
  CONSTRAINT quota_grant_accepted_total_check CHECK ((accepted_total >= 0)),
  CONSTRAINT quota_grant_check CHECK (((accepted_epoch >= 0) AND (accepted_epoch <= epoch))),
  CONSTRAINT quota_grant_check1 CHECK (((consumed_total + reserved) <= accepted_total)),
  CONSTRAINT quota_grant_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['UNIONPAY'::text, 'NETSUNION'::text]))),
  CONSTRAINT quota_grant_consumed_total_check CHECK ((consumed_total >= 0)),
  CONSTRAINT quota_grant_epoch_check CHECK ((epoch >= 0)),
  CONSTRAINT quota_grant_granted_total_check CHECK ((granted_total >= 0)),
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

CREATE TABLE serial_number_block (
  connector text NOT NULL,
  business_date date NOT NULL,
  next_sequence bigint NOT NULL,
  CONSTRAINT serial_number_block_pkey PRIMARY KEY (connector, business_date),
  CONSTRAINT serial_number_block_next_sequence_check CHECK (((next_sequence >= 1) AND (next_sequence <= 1000000000)))
);
CREATE TRIGGER serial_number_block_only_grows BEFORE UPDATE ON quotas.serial_number_block FOR EACH ROW EXECUTE FUNCTION serial_number_block_only_grows();
GRANT INSERT, SELECT, UPDATE ON serial_number_block TO jinku_quotas;

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

