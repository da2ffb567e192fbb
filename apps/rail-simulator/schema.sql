-- Schema rails, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE bank_account (
  account_number text NOT NULL,
  bank text NOT NULL,
  account_name text NOT NULL,
  overdraft_minor bigint NOT NULL,
  opening_minor bigint NOT NULL,
  balance_minor bigint NOT NULL,
  earliest_date date NOT NULL,
  CONSTRAINT bank_account_pkey PRIMARY KEY (account_number),
  CONSTRAINT bank_account_bank_account_number_key UNIQUE (bank, account_number),
  CONSTRAINT bank_account_bank_check CHECK ((bank = ANY (ARRAY['alpha'::text, 'beta'::text]))),
  CONSTRAINT bank_account_never_overdrawn CHECK ((balance_minor >= (- overdraft_minor))),
  CONSTRAINT bank_account_opening_minor_check CHECK ((opening_minor >= 0)),
  CONSTRAINT bank_account_overdraft_minor_check CHECK ((overdraft_minor >= 0))
);
GRANT INSERT, SELECT, UPDATE ON bank_account TO jinku_rails;

CREATE TABLE bank_entry (
  entry_number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank text NOT NULL,
  account_number text NOT NULL,
  direction text NOT NULL,
  amount_minor bigint NOT NULL,
  balance_after_minor bigint NOT NULL,
  kind text NOT NULL,
  counterparty_account text,
  counterparty_name text,
  end_to_end text,
  reference text,
  purpose text,
  business_date date NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  CONSTRAINT bank_entry_pkey PRIMARY KEY (entry_number),
  CONSTRAINT bank_entry_bank_account_number_fkey FOREIGN KEY (bank, account_number) REFERENCES rails.bank_account(bank, account_number),
  CONSTRAINT bank_entry_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT bank_entry_direction_check CHECK ((direction = ANY (ARRAY['CREDIT'::text, 'DEBIT'::text]))),
  CONSTRAINT bank_entry_kind_check CHECK ((kind = ANY (ARRAY['TRANSFER'::text, 'RETURN'::text, 'CREDIT'::text, 'INTEREST'::text, 'CHARGE'::text])))
);
CREATE INDEX bank_entry_by_date ON rails.bank_entry USING btree (account_number, business_date, entry_number);
GRANT INSERT, SELECT ON bank_entry TO jinku_rails;

CREATE TABLE bank_plan (
  name text NOT NULL,
  plan jsonb NOT NULL,
  CONSTRAINT bank_plan_pkey PRIMARY KEY (name),
  CONSTRAINT bank_plan_name_check CHECK ((name = ANY (ARRAY['FAULTS'::text, 'HVPS'::text])))
);
GRANT INSERT, SELECT, UPDATE ON bank_plan TO jinku_rails;

CREATE TABLE bank_transfer (
  bank text NOT NULL,
  serial_number text NOT NULL,
  from_account text NOT NULL,
  amount_minor bigint NOT NULL,
  payee_account text NOT NULL,
  payee_name text NOT NULL,
  payee_bank_code text NOT NULL,
  purpose text NOT NULL,
  reference text NOT NULL,
  status text NOT NULL,
  code text NOT NULL,
  bank_reference text NOT NULL,
  concluded_at timestamp with time zone NOT NULL,
  told_from timestamp with time zone NOT NULL,
  fault text,
  CONSTRAINT bank_transfer_pkey PRIMARY KEY (bank, serial_number),
  CONSTRAINT bank_transfer_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT bank_transfer_check CHECK (((status = 'SUCCEEDED'::text) = (code = '0000'::text))),
  CONSTRAINT bank_transfer_status_check CHECK ((status = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text, 'REFUSED'::text])))
);
GRANT INSERT, SELECT ON bank_transfer TO jinku_rails;

CREATE TABLE clearing_session (
  clearing_house text NOT NULL,
  institution_id text NOT NULL,
  clearing_date date NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  payouts_minor bigint,
  payout_count integer,
  returns_minor bigint,
  receipts_minor bigint,
  counted_minor bigint NOT NULL DEFAULT 0,
  settled_at timestamp with time zone,
  CONSTRAINT clearing_session_pkey PRIMARY KEY (clearing_house, institution_id, clearing_date),
  CONSTRAINT clearing_session_check CHECK ((num_nulls(closed_at, payouts_minor, payout_count, returns_minor, receipts_minor) = ANY (ARRAY[0, 5]))),
  CONSTRAINT clearing_session_check1 CHECK (((settled_at IS NULL) OR ((closed_at IS NOT NULL) AND (counted_minor = 0)))),
  CONSTRAINT clearing_session_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['NETSUNION'::text, 'UNIONPAY'::text]))),
  CONSTRAINT clearing_session_counted_minor_check CHECK ((counted_minor >= 0))
);
GRANT INSERT, SELECT, UPDATE ON clearing_session TO jinku_rails;

CREATE TABLE collection (
  collection_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  clearing_house text NOT NULL,
  institution_id text NOT NULL,
  channel text NOT NULL,
  clearing_date date NOT NULL,
  item_count integer NOT NULL,
  amount_minor bigint NOT NULL,
  booked_at timestamp with time zone NOT NULL,
  CONSTRAINT collection_pkey PRIMARY KEY (collection_id),
  CONSTRAINT collection_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT collection_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['NETSUNION'::text, 'UNIONPAY'::text]))),
  CONSTRAINT collection_item_count_check CHECK ((item_count > 0))
);
CREATE INDEX collection_by_session ON rails.collection USING btree (clearing_house, clearing_date);
GRANT INSERT, SELECT ON collection TO jinku_rails;

CREATE VIEW executed_payout AS
 SELECT serial_number,
    institution_id,
    amount_minor,
    payee_account,
    payee_name,
    bank_code,
    purpose,
    business_line,
    merchant_id,
    rail_reference,
    clearing_date,
    concluded_at AS executed_at,
    fault,
    clearing_house
   FROM rails.payout_instruction
  WHERE (status = 'SUCCEEDED'::text);
GRANT SELECT ON executed_payout TO jinku_rails;

CREATE TABLE fault_plan (
  clearing_house text NOT NULL,
  plan jsonb NOT NULL,
  CONSTRAINT fault_plan_pkey PRIMARY KEY (clearing_house)
);
GRANT INSERT, SELECT, UPDATE ON fault_plan TO jinku_rails;

CREATE TABLE forgotten_request (
  forgotten_request_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  clearing_house text NOT NULL,
  serial_number text NOT NULL,
  payee_account text NOT NULL,
  amount_minor bigint NOT NULL,
  fault text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT forgotten_request_pkey PRIMARY KEY (forgotten_request_id)
);
GRANT INSERT, SELECT ON forgotten_request TO jinku_rails;

CREATE TABLE forgotten_transfer (
  forgotten_transfer_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank text NOT NULL,
  from_account text NOT NULL,
  payee_account text NOT NULL,
  amount_minor bigint NOT NULL,
  fault text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT forgotten_transfer_pkey PRIMARY KEY (forgotten_transfer_id)
);
GRANT INSERT, SELECT ON forgotten_transfer TO jinku_rails;

CREATE TABLE notice (
  notice_id uuid NOT NULL,
  clearing_house text NOT NULL DEFAULT 'NETSUNION'::text,
  kind text NOT NULL,
  serial_number text,
  status text,
  code text,
  amount_minor bigint,
  clearing_date date,
  rail_reference text,
  occurred_at timestamp with time zone NOT NULL,
  is_forged boolean NOT NULL DEFAULT false,
  takes_wanted integer NOT NULL DEFAULT 1,
  takes integer NOT NULL DEFAULT 0,
  deliveries integer NOT NULL DEFAULT 0,
  last_http_status integer,
  due_at timestamp with time zone NOT NULL,
  is_done boolean NOT NULL DEFAULT false,
  detail jsonb,
  CONSTRAINT notice_pkey PRIMARY KEY (notice_id),
  CONSTRAINT notice_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['NETSUNION'::text, 'UNIONPAY'::text]))),
  CONSTRAINT notice_kind_check CHECK ((kind = ANY (ARRAY['PAYOUT_RESULT'::text, 'PAYOUT_RETURNED'::text, 'QUOTA_ADJUSTED'::text, 'QUOTA_CHANGED'::text, 'RESERVE_MOVED'::text, 'SESSION_RESULT'::text]))),
  CONSTRAINT notice_takes_wanted_check CHECK ((takes_wanted > 0))
);
CREATE INDEX notice_open ON rails.notice USING btree (clearing_house, due_at) WHERE (NOT is_done);
GRANT INSERT, SELECT, UPDATE ON notice TO jinku_rails;

CREATE TABLE payment_in_flight (
  payment_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  to_account text,
  amount_minor bigint NOT NULL,
  payer_account text,
  payer_name text,
  payer_bank_code text,
  end_to_end text,
  reference text,
  purpose text,
  bank text,
  serial_number text,
  due_at timestamp with time zone NOT NULL,
  arrived_at timestamp with time zone,
  CONSTRAINT payment_in_flight_pkey PRIMARY KEY (payment_id),
  CONSTRAINT payment_in_flight_bank_serial_number_fkey FOREIGN KEY (bank, serial_number) REFERENCES rails.bank_transfer(bank, serial_number),
  CONSTRAINT payment_in_flight_to_account_fkey FOREIGN KEY (to_account) REFERENCES rails.bank_account(account_number),
  CONSTRAINT payment_in_flight_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT payment_in_flight_check CHECK (((kind = 'ARRIVAL'::text) OR ((to_account IS NOT NULL) AND (serial_number IS NOT NULL)))),
  CONSTRAINT payment_in_flight_kind_check CHECK ((kind = ANY (ARRAY['ARRIVAL'::text, 'RETURN'::text])))
);
CREATE INDEX payment_in_flight_due ON rails.payment_in_flight USING btree (due_at) WHERE (arrived_at IS NULL);
CREATE INDEX payment_in_flight_of_transfer ON rails.payment_in_flight USING btree (bank, serial_number);
GRANT INSERT, SELECT, UPDATE (arrived_at) ON payment_in_flight TO jinku_rails;

CREATE TABLE payout_instruction (
  serial_number text NOT NULL,
  institution_id text NOT NULL,
  amount_minor bigint NOT NULL,
  payee_account text NOT NULL,
  payee_name text NOT NULL,
  bank_code text NOT NULL,
  purpose text NOT NULL,
  business_line text NOT NULL,
  merchant_id text NOT NULL,
  status text NOT NULL,
  code text NOT NULL,
  rail_reference text NOT NULL,
  clearing_date date NOT NULL,
  concluded_at timestamp with time zone NOT NULL,
  told_from timestamp with time zone,
  fault text,
  clearing_house text NOT NULL DEFAULT 'NETSUNION'::text,
  CONSTRAINT payout_instruction_pkey PRIMARY KEY (serial_number, clearing_house),
  CONSTRAINT payout_instruction_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT payout_instruction_check CHECK (((status = 'SUCCEEDED'::text) = (code = '0000'::text))),
  CONSTRAINT payout_instruction_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['NETSUNION'::text, 'UNIONPAY'::text]))),
  CONSTRAINT payout_instruction_status_check CHECK ((status = ANY (ARRAY['SUCCEEDED'::text, 'FAILED'::text, 'REFUSED'::text])))
) WITH (autovacuum_analyze_scale_factor=0.5);
GRANT INSERT, SELECT ON payout_instruction TO jinku_rails;

CREATE TABLE payout_return (
  return_id uuid NOT NULL,
  serial_number text NOT NULL,
  clearing_house text NOT NULL,
  amount_minor bigint NOT NULL,
  clearing_date date NOT NULL,
  returned_at timestamp with time zone NOT NULL,
  CONSTRAINT payout_return_pkey PRIMARY KEY (return_id),
  CONSTRAINT payout_return_serial_number_clearing_house_fkey FOREIGN KEY (serial_number, clearing_house) REFERENCES rails.payout_instruction(serial_number, clearing_house),
  CONSTRAINT payout_return_amount_minor_check CHECK ((amount_minor > 0))
);
GRANT INSERT, SELECT ON payout_return TO jinku_rails;

CREATE TABLE quota (
  clearing_house text NOT NULL,
  institution_id text NOT NULL,
  mapped_minor bigint NOT NULL,
  consumed_minor bigint NOT NULL DEFAULT 0,
  receipts_minor bigint NOT NULL DEFAULT 0,
  changed_at timestamp with time zone NOT NULL,
  consumed_since timestamp with time zone NOT NULL,
  CONSTRAINT quota_pkey PRIMARY KEY (clearing_house, institution_id),
  CONSTRAINT quota_clearing_house_check CHECK ((clearing_house = ANY (ARRAY['NETSUNION'::text, 'UNIONPAY'::text]))),
  CONSTRAINT quota_consumed_minor_check CHECK ((consumed_minor >= 0)),
  CONSTRAINT quota_mapped_minor_check CHECK ((mapped_minor >= 0)),
  CONSTRAINT quota_never_overdrawn CHECK ((consumed_minor <= (mapped_minor + receipts_minor))),
  CONSTRAINT quota_receipts_minor_check CHECK ((receipts_minor >= 0))
) WITH (fillfactor=50);
GRANT INSERT, SELECT, UPDATE ON quota TO jinku_rails;

CREATE TABLE quota_adjustment (
  serial_number text NOT NULL,
  clearing_house text NOT NULL,
  institution_id text NOT NULL,
  direction text NOT NULL,
  amount_minor bigint NOT NULL,
  status text NOT NULL,
  code text NOT NULL,
  rail_reference text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone,
  concluded_at timestamp with time zone,
  fault text,
  CONSTRAINT quota_adjustment_pkey PRIMARY KEY (serial_number, clearing_house),
  CONSTRAINT quota_adjustment_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT quota_adjustment_check CHECK (((status = 'ACCEPTED'::text) = (concluded_at IS NULL))),
  CONSTRAINT quota_adjustment_check1 CHECK (((status <> 'ACCEPTED'::text) OR ((direction = 'INCREASE'::text) AND (due_at IS NOT NULL)))),
  CONSTRAINT quota_adjustment_direction_check CHECK ((direction = ANY (ARRAY['INCREASE'::text, 'DECREASE'::text]))),
  CONSTRAINT quota_adjustment_status_check CHECK ((status = ANY (ARRAY['ACCEPTED'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'REFUSED'::text])))
);
CREATE INDEX quota_adjustment_due ON rails.quota_adjustment USING btree (due_at) WHERE (status = 'ACCEPTED'::text);
GRANT INSERT, SELECT, UPDATE (status, code, concluded_at) ON quota_adjustment TO jinku_rails;

CREATE TABLE reserve_account (
  is_only boolean NOT NULL DEFAULT true,
  institution_id text NOT NULL,
  account_number text NOT NULL,
  account_name text NOT NULL,
  bank_code text NOT NULL,
  opening_minor bigint NOT NULL,
  balance_minor bigint NOT NULL,
  earliest_date date NOT NULL,
  CONSTRAINT reserve_account_pkey PRIMARY KEY (is_only),
  CONSTRAINT reserve_account_is_only_check CHECK (is_only),
  CONSTRAINT reserve_account_never_overdrawn CHECK ((balance_minor >= 0)),
  CONSTRAINT reserve_account_opening_minor_check CHECK ((opening_minor >= 0))
);
GRANT INSERT, SELECT, UPDATE ON reserve_account TO jinku_rails;

CREATE TABLE reserve_movement (
  movement_number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  direction text NOT NULL,
  amount_minor bigint NOT NULL,
  balance_after_minor bigint NOT NULL,
  counterparty text,
  payer_reference text,
  purpose text,
  business_date date NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  told_at timestamp with time zone,
  CONSTRAINT reserve_movement_pkey PRIMARY KEY (movement_number),
  CONSTRAINT reserve_movement_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT reserve_movement_balance_after_minor_check CHECK ((balance_after_minor >= 0)),
  CONSTRAINT reserve_movement_direction_check CHECK ((direction = ANY (ARRAY['CREDIT'::text, 'DEBIT'::text])))
);
CREATE INDEX reserve_movement_by_date ON rails.reserve_movement USING btree (business_date, movement_number);
GRANT INSERT, SELECT ON reserve_movement TO jinku_rails;

-- Schema settlement, written from the migrated database by its schema spec. Do not edit: run the spec with JINKU_UPDATE=1.

CREATE TABLE acknowledged_request (
  request_id text NOT NULL,
  payout_id uuid,
  how text NOT NULL,
  acknowledged_at timestamp with time zone NOT NULL,
  CONSTRAINT acknowledged_request_pkey PRIMARY KEY (request_id)
);
GRANT INSERT, SELECT, UPDATE ON acknowledged_request TO jinku_rails;
