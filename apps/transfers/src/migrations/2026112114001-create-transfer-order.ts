import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLE = 'jinku_transfers';

const ORDER_SQL = `
  CREATE TABLE transfer_order (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('PROPOSED', 'RUNNING', 'STOPPED', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
    means text NOT NULL CHECK (means IN ('BANK_TRANSFER', 'NETSUNION_PAYOUT')),
    purpose text NOT NULL CHECK (purpose IN ('SWEEP_UP', 'FUND_DOWN', 'FEE_INCOME_TRANSFER')),
    reference text NOT NULL CHECK (reference <> ''),
    amount bigint NOT NULL CHECK (amount > 0),
    payer_account_id uuid NOT NULL REFERENCES known_account (id),
    payee_account_id uuid NOT NULL REFERENCES known_account (id),
    payee_category text,
    rule_id uuid,
    rule_version integer,
    requested_by text NOT NULL,
    reason text NOT NULL,
    business_date date NOT NULL,
    requested_at timestamptz NOT NULL,
    approval_id uuid REFERENCES approval (id),
    stopped_because text,
    ended_at timestamptz,
    CHECK (payer_account_id <> payee_account_id),
    CHECK ((rule_id IS NULL) = (rule_version IS NULL)),
    -- R3: money that a clearing house pays out of the reserve has its payee's category on record.
    CHECK ((means = 'NETSUNION_PAYOUT') = (payee_category IS NOT NULL)),
    CHECK (state NOT IN ('PROPOSED', 'REJECTED', 'WITHDRAWN', 'EXPIRED') OR approval_id IS NOT NULL),
    CHECK ((state IN ('PROPOSED', 'RUNNING', 'STOPPED')) = (ended_at IS NULL)),
    CHECK (state <> 'STOPPED' OR stopped_because IS NOT NULL)
  );
  CREATE UNIQUE INDEX transfer_order_one_open_per_rule ON transfer_order (rule_id) WHERE rule_id IS NOT NULL AND state IN ('PROPOSED', 'RUNNING', 'STOPPED');
  CREATE INDEX transfer_order_by_rule ON transfer_order (rule_id, business_date) WHERE rule_id IS NOT NULL;
  CREATE INDEX transfer_order_by_state ON transfer_order (state, id);
  CREATE INDEX transfer_order_by_approval ON transfer_order (approval_id) WHERE approval_id IS NOT NULL;
  GRANT SELECT, INSERT ON transfer_order TO ${ROLE};
  -- What was ordered never changes.
  GRANT UPDATE (state, stopped_because, ended_at) ON transfer_order TO ${ROLE};

  CREATE TABLE transfer_order_event (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES transfer_order (id),
    state text NOT NULL,
    person_id text,
    reason text,
    recorded_at timestamptz NOT NULL
  );
  CREATE INDEX transfer_order_event_by_order ON transfer_order_event (order_id, sequence);
  GRANT SELECT, INSERT ON transfer_order_event TO ${ROLE};

  -- What an open order takes out of its payer's position, until an observation contains it.
  CREATE TABLE position_reservation (
    order_id uuid PRIMARY KEY REFERENCES transfer_order (id),
    account_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    reserved_at timestamptz NOT NULL,
    left_at timestamptz,
    released_at timestamptz
  );
  CREATE INDEX position_reservation_open ON position_reservation (account_id) WHERE released_at IS NULL;
  GRANT SELECT, INSERT ON position_reservation TO ${ROLE};
  GRANT UPDATE (left_at, released_at) ON position_reservation TO ${ROLE};
`;

const LEG_SQL = `
  CREATE TABLE transfer_leg (
    order_id uuid NOT NULL REFERENCES transfer_order (id),
    leg_number integer NOT NULL CHECK (leg_number > 0),
    state text NOT NULL CHECK (state IN ('PLANNED', 'INSTRUCTED', 'ACCEPTED', 'UNKNOWN', 'IN_TRANSIT', 'SETTLED', 'CAME_BACK', 'NOT_MOVED', 'CANCELLED')),
    amount bigint NOT NULL CHECK (amount > 0),
    planned_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, leg_number)
  );
  CREATE INDEX transfer_leg_planned ON transfer_leg (planned_at) WHERE state = 'PLANNED';
  GRANT SELECT, INSERT ON transfer_leg TO ${ROLE};
  GRANT UPDATE (state) ON transfer_leg TO ${ROLE};

  CREATE TABLE leg_instruction (
    serial_number text PRIMARY KEY,
    order_id uuid NOT NULL,
    leg_number integer NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    instructed_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    next_inquiry_at timestamptz,
    inquiries integer NOT NULL DEFAULT 0 CHECK (inquiries >= 0),
    not_found_answers integer NOT NULL DEFAULT 0 CHECK (not_found_answers >= 0),
    code text,
    rail_reference text,
    conclusion text CHECK (conclusion IN ('SETTLED', 'CAME_BACK', 'NOT_MOVED')),
    FOREIGN KEY (order_id, leg_number) REFERENCES transfer_leg (order_id, leg_number),
    CHECK ((conclusion IS NULL) = (next_inquiry_at IS NOT NULL))
  );
  -- The one rule above all: a leg has another instruction only when the last one definitely moved nothing.
  CREATE UNIQUE INDEX leg_instruction_one_open ON leg_instruction (order_id, leg_number) WHERE conclusion IS DISTINCT FROM 'NOT_MOVED';
  CREATE INDEX leg_instruction_due ON leg_instruction (next_inquiry_at) WHERE next_inquiry_at IS NOT NULL;
  GRANT SELECT, INSERT ON leg_instruction TO ${ROLE};
  GRANT UPDATE (next_inquiry_at, inquiries, not_found_answers, code, rail_reference, conclusion) ON leg_instruction TO ${ROLE};
  -- A conclusion stands: nothing frees a leg for another number afterwards.
  CREATE FUNCTION leg_instruction_keeps_its_conclusion() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.conclusion IS NOT NULL AND NEW.conclusion IS DISTINCT FROM OLD.conclusion THEN
      RAISE EXCEPTION 'the conclusion of an instruction stands' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER leg_instruction_keeps_its_conclusion BEFORE UPDATE ON leg_instruction
    FOR EACH ROW EXECUTE FUNCTION leg_instruction_keeps_its_conclusion();

  CREATE TABLE leg_event (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL,
    leg_number integer NOT NULL,
    serial_number text,
    state text NOT NULL,
    source text NOT NULL CHECK (source IN ('SERVICE', 'PERSON', 'ANSWER', 'NOTICE', 'INQUIRY')),
    outcome text,
    code text,
    recorded_at timestamptz NOT NULL,
    FOREIGN KEY (order_id, leg_number) REFERENCES transfer_leg (order_id, leg_number)
  );
  CREATE INDEX leg_event_by_order ON leg_event (order_id, sequence);
  GRANT SELECT, INSERT ON leg_event TO ${ROLE};

  -- What became definite about a leg's money: told once each.
  CREATE TABLE leg_movement (
    movement_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    leg_number integer NOT NULL,
    serial_number text NOT NULL REFERENCES leg_instruction (serial_number),
    effect text NOT NULL CHECK (effect IN ('SENT', 'ARRIVED', 'PAID_BY_HOUSE', 'CAME_BACK')),
    account_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    value_date date NOT NULL,
    settled_at timestamptz NOT NULL,
    UNIQUE (order_id, leg_number, effect)
  );
  GRANT SELECT, INSERT ON leg_movement TO ${ROLE};
`;

export class CreateTransferOrder2026112114001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ORDER_SQL);
    await runner.query(LEG_SQL);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
