-- Schema ledger, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE account_balance (
  account_id integer NOT NULL,
  debit_total bigint NOT NULL DEFAULT 0,
  credit_total bigint NOT NULL DEFAULT 0,
  pending_debit bigint NOT NULL DEFAULT 0,
  pending_credit bigint NOT NULL DEFAULT 0,
  CONSTRAINT account_balance_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_balance_account_id_fkey FOREIGN KEY (account_id) REFERENCES internal_account(id),
  CONSTRAINT account_balance_credit_total_check CHECK ((credit_total >= 0)),
  CONSTRAINT account_balance_debit_total_check CHECK ((debit_total >= 0)),
  CONSTRAINT account_balance_pending_credit_check CHECK ((pending_credit >= 0)),
  CONSTRAINT account_balance_pending_debit_check CHECK ((pending_debit >= 0))
) WITH (fillfactor=50, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_cost_delay=0);
GRANT INSERT, SELECT, UPDATE ON account_balance TO jinku_ledger;

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
CREATE INDEX approval_by_kind ON ledger.approval USING btree (kind, id);
CREATE INDEX approval_open ON ledger.approval USING btree (expires_at) WHERE (state = 'PROPOSED'::text);
GRANT INSERT, SELECT, UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO jinku_ledger;

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
GRANT INSERT, SELECT ON approval_decision TO jinku_ledger;

CREATE TABLE audit_entry (
  sequence bigint NOT NULL,
  content text NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
  CONSTRAINT audit_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_entry_sequence_check CHECK ((sequence > 0))
);
GRANT INSERT, SELECT ON audit_entry TO jinku_ledger;

CREATE TABLE audit_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_head_pkey PRIMARY KEY (one),
  CONSTRAINT audit_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT audit_head_one_check CHECK (one)
);
GRANT SELECT, UPDATE ON audit_head TO jinku_ledger;

CREATE TABLE balance_monitor (
  id uuid NOT NULL,
  account_id integer NOT NULL,
  threshold bigint NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT balance_monitor_pkey PRIMARY KEY (id),
  CONSTRAINT balance_monitor_account_id_threshold_key UNIQUE (account_id, threshold),
  CONSTRAINT balance_monitor_account_id_fkey FOREIGN KEY (account_id) REFERENCES internal_account(id)
);
GRANT DELETE, INSERT, SELECT ON balance_monitor TO jinku_ledger;

CREATE TABLE balance_point (
  sequence bigint NOT NULL,
  debit_total bigint NOT NULL,
  credit_total bigint NOT NULL,
  account_id integer NOT NULL,
  CONSTRAINT balance_point_pkey PRIMARY KEY (account_id, sequence),
  CONSTRAINT balance_point_credit_total_check CHECK ((credit_total >= 0)),
  CONSTRAINT balance_point_debit_total_check CHECK ((debit_total >= 0))
);
GRANT INSERT, SELECT ON balance_point TO jinku_ledger;

CREATE TABLE booked_event (
  event text NOT NULL,
  name text NOT NULL,
  CONSTRAINT booked_event_pkey PRIMARY KEY (event, name)
);
GRANT INSERT, SELECT ON booked_event TO jinku_ledger;

CREATE TABLE booked_receipts (
  clearing_house text NOT NULL,
  channel text NOT NULL,
  clearing_date date NOT NULL,
  total bigint NOT NULL,
  CONSTRAINT booked_receipts_pkey PRIMARY KEY (clearing_house, channel, clearing_date),
  CONSTRAINT booked_receipts_total_check CHECK ((total > 0))
);
GRANT INSERT, SELECT, UPDATE ON booked_receipts TO jinku_ledger;

CREATE TABLE inbox_message (
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  handled_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT inbox_message_pkey PRIMARY KEY (consumer, message_id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX inbox_message_handled_at ON ledger.inbox_message USING brin (handled_at) WITH (pages_per_range='16', autosummarize='on');
GRANT DELETE, INSERT, SELECT ON inbox_message TO jinku_ledger;

CREATE TABLE internal_account (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  code text NOT NULL,
  name text NOT NULL,
  unit text NOT NULL,
  normal_side text NOT NULL,
  parent_id integer,
  is_control boolean NOT NULL,
  state text NOT NULL,
  balance_min bigint,
  balance_max bigint,
  registered_account_id uuid,
  opened_at timestamp with time zone NOT NULL,
  CONSTRAINT internal_account_pkey PRIMARY KEY (id),
  CONSTRAINT internal_account_code_key UNIQUE (code),
  CONSTRAINT internal_account_registered_account_id_key UNIQUE (registered_account_id),
  CONSTRAINT internal_account_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES internal_account(id),
  CONSTRAINT internal_account_check CHECK ((balance_min <= balance_max)),
  CONSTRAINT internal_account_check1 CHECK ((parent_id < id)),
  CONSTRAINT internal_account_code_check CHECK ((code ~ '^[0-9A-Za-z._-]{1,64}$'::text)),
  CONSTRAINT internal_account_normal_side_check CHECK ((normal_side = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text]))),
  CONSTRAINT internal_account_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'FROZEN'::text, 'CLOSED'::text]))),
  CONSTRAINT internal_account_unit_check CHECK ((unit = ANY (ARRAY['CNY'::text, 'CNY.QUOTA'::text])))
);
CREATE INDEX internal_account_by_parent ON ledger.internal_account USING btree (parent_id);
GRANT INSERT, SELECT, UPDATE (name, state, balance_min, balance_max) ON internal_account TO jinku_ledger;

CREATE TABLE journal_batch (
  sequence bigint NOT NULL,
  id bigint NOT NULL,
  booked_at timestamp with time zone NOT NULL,
  entry_count integer NOT NULL,
  line_count integer NOT NULL,
  root bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT journal_batch_pkey PRIMARY KEY (sequence),
  CONSTRAINT journal_batch_id_key UNIQUE (id),
  CONSTRAINT journal_batch_entry_count_check CHECK ((entry_count > 0)),
  CONSTRAINT journal_batch_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT journal_batch_line_count_check CHECK ((line_count > 1)),
  CONSTRAINT journal_batch_root_check CHECK ((length(root) = 32)),
  CONSTRAINT journal_batch_sequence_check CHECK ((sequence > 0))
);
CREATE INDEX journal_batch_by_instant ON ledger.journal_batch USING btree (booked_at, sequence);
GRANT INSERT, SELECT ON journal_batch TO jinku_ledger;

CREATE SEQUENCE journal_batch_id;
GRANT USAGE ON journal_batch_id TO jinku_ledger;

CREATE TABLE journal_entry (
  batch_id bigint NOT NULL,
  entry_number integer NOT NULL,
  value_date date NOT NULL,
  id uuid NOT NULL,
  unit text NOT NULL,
  rule text NOT NULL,
  reference text NOT NULL,
  reverses uuid,
  pending_id uuid,
  description text,
  hash bytea NOT NULL,
  CONSTRAINT journal_entry_pkey PRIMARY KEY (batch_id, entry_number),
  CONSTRAINT journal_entry_id_key UNIQUE (id),
  CONSTRAINT journal_entry_entry_number_check CHECK ((entry_number > 0)),
  CONSTRAINT journal_entry_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT journal_entry_unit_check CHECK ((unit = ANY (ARRAY['CNY'::text, 'CNY.QUOTA'::text])))
) WITH (autovacuum_analyze_scale_factor=0.5);
CREATE INDEX journal_entry_by_reference ON ledger.journal_entry USING btree (reference, id);
CREATE UNIQUE INDEX journal_entry_pending_id_key ON ledger.journal_entry USING btree (pending_id) WHERE (pending_id IS NOT NULL);
CREATE UNIQUE INDEX journal_entry_reverses_key ON ledger.journal_entry USING btree (reverses) WHERE (reverses IS NOT NULL);
GRANT INSERT, SELECT ON journal_entry TO jinku_ledger;

CREATE TABLE journal_head (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  booked_at timestamp with time zone NOT NULL,
  CONSTRAINT journal_head_pkey PRIMARY KEY (one),
  CONSTRAINT journal_head_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT journal_head_one_check CHECK (one)
) WITH (fillfactor=10, autovacuum_vacuum_threshold=500, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_cost_delay=0);
GRANT SELECT, UPDATE ON journal_head TO jinku_ledger;

CREATE TABLE journal_line (
  batch_id bigint NOT NULL,
  amount bigint NOT NULL,
  entry_number integer NOT NULL,
  account_id integer NOT NULL,
  line_number smallint NOT NULL,
  CONSTRAINT journal_line_pkey PRIMARY KEY (batch_id, entry_number, line_number),
  CONSTRAINT journal_line_amount_check CHECK ((amount <> 0)),
  CONSTRAINT journal_line_line_number_check CHECK ((line_number > 0))
) WITH (autovacuum_analyze_scale_factor=0.5);
CREATE TRIGGER journal_line_balanced AFTER INSERT ON ledger.journal_line REFERENCING NEW TABLE AS new_line FOR EACH STATEMENT EXECUTE FUNCTION assert_journal_lines();
GRANT INSERT, SELECT ON journal_line TO jinku_ledger;

CREATE TABLE journal_verification (
  one boolean NOT NULL DEFAULT true,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  pass_started_at timestamp with time zone NOT NULL,
  verified_at timestamp with time zone NOT NULL,
  broken_sequence bigint,
  broken_why text,
  CONSTRAINT journal_verification_pkey PRIMARY KEY (one),
  CONSTRAINT journal_verification_check CHECK (((broken_sequence IS NULL) = (broken_why IS NULL))),
  CONSTRAINT journal_verification_hash_check CHECK ((length(hash) = 32)),
  CONSTRAINT journal_verification_one_check CHECK (one),
  CONSTRAINT journal_verification_sequence_check CHECK ((sequence >= 0))
);
GRANT SELECT, UPDATE ON journal_verification TO jinku_ledger;

CREATE TABLE lease (
  name text NOT NULL,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT lease_pkey PRIMARY KEY (name),
  CONSTRAINT lease_epoch_check CHECK ((epoch > 0))
);
GRANT INSERT, SELECT, UPDATE ON lease TO jinku_ledger;

CREATE TABLE message_consumer (
  consumer text NOT NULL,
  topic text NOT NULL,
  types text[] NOT NULL,
  subscribed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT message_consumer_pkey PRIMARY KEY (consumer, topic)
);
GRANT INSERT, SELECT, UPDATE ON message_consumer TO jinku_ledger;

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
GRANT INSERT, SELECT ON outbox_batch TO jinku_ledger;

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
GRANT DELETE, INSERT, SELECT ON outbox_message TO jinku_ledger;

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
CREATE INDEX parked_message_unsettled ON ledger.parked_message USING btree (consumer, message_key, id) WHERE (state = ANY (ARRAY['PARKED'::text, 'BEHIND'::text, 'DUE'::text]));
GRANT INSERT, SELECT, UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO jinku_ledger;

CREATE TABLE pending_entry (
  id uuid NOT NULL,
  state text NOT NULL,
  unit text NOT NULL,
  rule text NOT NULL,
  reference text NOT NULL,
  value_date date NOT NULL,
  description text,
  lines jsonb NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  held_by text,
  settled_at timestamp with time zone,
  CONSTRAINT pending_entry_pkey PRIMARY KEY (id),
  CONSTRAINT pending_entry_check CHECK ((expires_at > created_at)),
  CONSTRAINT pending_entry_check1 CHECK (((state = 'PENDING'::text) = (settled_at IS NULL))),
  CONSTRAINT pending_entry_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'POSTED'::text, 'VOIDED'::text, 'EXPIRED'::text]))),
  CONSTRAINT pending_entry_unit_check CHECK ((unit = ANY (ARRAY['CNY'::text, 'CNY.QUOTA'::text])))
);
CREATE INDEX pending_entry_open ON ledger.pending_entry USING btree (expires_at) WHERE (state = 'PENDING'::text);
GRANT INSERT, SELECT, UPDATE (state, settled_at) ON pending_entry TO jinku_ledger;

CREATE TABLE posting_rule_schedule (
  kind text NOT NULL,
  version smallint NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  CONSTRAINT posting_rule_schedule_pkey PRIMARY KEY (kind, valid_from),
  CONSTRAINT posting_rule_schedule_check CHECK ((valid_to > valid_from)),
  CONSTRAINT posting_rule_schedule_version_check CHECK ((version > 0))
);
CREATE TRIGGER posting_rule_schedule_overlap AFTER INSERT OR UPDATE ON ledger.posting_rule_schedule FOR EACH STATEMENT EXECUTE FUNCTION assert_posting_rule_schedule();
GRANT SELECT ON posting_rule_schedule TO jinku_ledger;

CREATE TABLE request_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer jsonb,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT request_key_pkey PRIMARY KEY (owner, key),
  CONSTRAINT request_key_request_hash_check CHECK ((length(request_hash) = 32))
);
GRANT INSERT, SELECT, UPDATE ON request_key TO jinku_ledger;

CREATE TABLE verified_total (
  account_id integer NOT NULL,
  debit_total bigint NOT NULL,
  credit_total bigint NOT NULL,
  CONSTRAINT verified_total_pkey PRIMARY KEY (account_id),
  CONSTRAINT verified_total_credit_total_check CHECK ((credit_total >= 0)),
  CONSTRAINT verified_total_debit_total_check CHECK ((debit_total >= 0))
);
GRANT DELETE, INSERT, SELECT, UPDATE ON verified_total TO jinku_ledger;

CREATE OR REPLACE FUNCTION ledger.assert_account_rules(p_accounts integer[], p_debits bigint[], p_credits bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
  DECLARE
    broken record;
  BEGIN
    SELECT a.code,
           CASE WHEN a.state = 'FROZEN' THEN 'FROZEN' WHEN a.state = 'CLOSED' THEN 'CLOSED'
                WHEN x.lowest < a.balance_min AND x.outflow > 0 THEN 'OVERDRAWN' ELSE 'ABOVE_MAXIMUM' END AS rule
    INTO broken
    FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit)
    JOIN internal_account a ON a.id = d.account_id
    JOIN account_balance b ON b.account_id = d.account_id
    CROSS JOIN LATERAL (
      SELECT CASE a.normal_side WHEN 'DEBIT' THEN b.debit_total - b.credit_total - b.pending_credit ELSE b.credit_total - b.debit_total - b.pending_debit END AS lowest,
             CASE a.normal_side WHEN 'DEBIT' THEN b.debit_total - b.credit_total + b.pending_debit ELSE b.credit_total - b.debit_total + b.pending_credit END AS highest,
             CASE a.normal_side WHEN 'DEBIT' THEN d.credit ELSE d.debit END AS outflow,
             CASE a.normal_side WHEN 'DEBIT' THEN d.debit ELSE d.credit END AS inflow
    ) x
    WHERE ((a.state <> 'OPEN') AND (d.debit > 0 OR d.credit > 0))
       OR (x.lowest < a.balance_min AND x.outflow > 0)
       OR (x.highest > a.balance_max AND x.inflow > 0)
    ORDER BY a.id LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION '%', broken.rule USING ERRCODE = 'JK001', CONSTRAINT = 'account_rule', DETAIL = broken.code;
    END IF;
  END $function$


CREATE OR REPLACE FUNCTION ledger.assert_journal_lines()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
  END $function$


CREATE OR REPLACE FUNCTION ledger.assert_posting_rule_schedule()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  BEGIN
    IF EXISTS (SELECT 1 FROM posting_rule_schedule a JOIN posting_rule_schedule b ON a.kind = b.kind AND a.valid_from < b.valid_from
               WHERE a.valid_to IS NULL OR a.valid_to > b.valid_from) THEN
      RAISE EXCEPTION 'two versions of a posting rule hold on one day' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_rule_schedule_overlap';
    END IF;
    RETURN NULL;
  END $function$


CREATE OR REPLACE FUNCTION ledger.change_holds(p_accounts integer[], p_debits bigint[], p_credits bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
  BEGIN
    PERFORM 1 FROM journal_head FOR UPDATE;
    UPDATE account_balance b SET pending_debit = b.pending_debit + d.debit, pending_credit = b.pending_credit + d.credit
    FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit) WHERE b.account_id = d.account_id;
    PERFORM assert_account_rules(p_accounts, p_debits, p_credits);
  END $function$


CREATE OR REPLACE FUNCTION ledger.close_batch(p_now timestamp with time zone, p_root bytea, p_entries integer, p_lines integer, p_accounts integer[], p_debits bigint[], p_credits bigint[], p_released_accounts integer[], p_released_debits bigint[], p_released_credits bigint[], OUT sequence bigint, OUT booked_at timestamp with time zone, OUT crossings jsonb)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
  DECLARE
    v_hash bytea;
  BEGIN
    UPDATE journal_head h
    SET sequence = h.sequence + 1,
        booked_at = greatest(h.booked_at, p_now),
        hash = sha256(h.hash || p_root || int8send(h.sequence + 1) || int8send((extract(epoch FROM greatest(h.booked_at, p_now)) * 1000)::bigint))
    RETURNING h.sequence, h.hash, h.booked_at INTO close_batch.sequence, v_hash, close_batch.booked_at;

    INSERT INTO journal_batch (sequence, id, booked_at, entry_count, line_count, root, hash)
    VALUES (close_batch.sequence, currval('journal_batch_id'), close_batch.booked_at, p_entries, p_lines, p_root, v_hash);

    IF cardinality(p_released_accounts) > 0 THEN
      PERFORM release_holds(p_released_accounts, p_released_debits, p_released_credits);
    END IF;

    WITH moved AS (
      UPDATE account_balance b SET debit_total = b.debit_total + d.debit, credit_total = b.credit_total + d.credit
      FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit)
      WHERE b.account_id = d.account_id
      RETURNING b.account_id, b.debit_total, b.credit_total
    )
    INSERT INTO balance_point (sequence, account_id, debit_total, credit_total)
    SELECT close_batch.sequence, m.account_id, m.debit_total, m.credit_total FROM moved m;

    PERFORM assert_account_rules(p_accounts, p_debits, p_credits);

    SELECT jsonb_agg(jsonb_build_object('monitorId', c.id, 'accountCode', c.code, 'threshold', c.threshold::text, 'balance', c.balance::text,
                                        'direction', CASE WHEN c.balance >= c.threshold THEN 'ABOVE' ELSE 'BELOW' END))
    INTO close_batch.crossings
    FROM (
      SELECT m.id, a.code, m.threshold,
             (b.debit_total - b.credit_total) * s.sign AS balance,
             (b.debit_total - b.credit_total - d.debit + d.credit) * s.sign AS balance_before
      FROM balance_monitor m
      JOIN unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit) USING (account_id)
      JOIN account_balance b USING (account_id)
      JOIN internal_account a ON a.id = m.account_id
      CROSS JOIN LATERAL (SELECT CASE a.normal_side WHEN 'DEBIT' THEN 1 ELSE -1 END AS sign) s
    ) c
    WHERE (c.balance >= c.threshold) <> (c.balance_before >= c.threshold);
  END $function$


CREATE OR REPLACE FUNCTION ledger.release_holds(p_accounts integer[], p_debits bigint[], p_credits bigint[])
 RETURNS void
 LANGUAGE sql
AS $function$
    UPDATE account_balance b SET pending_debit = b.pending_debit - d.debit, pending_credit = b.pending_credit - d.credit
    FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit) WHERE b.account_id = d.account_id;
  $function$

