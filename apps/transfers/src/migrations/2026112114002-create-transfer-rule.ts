import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLE = 'jinku_transfers';

export class CreateTransferRule2026112114002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The version in force of each rule.
      CREATE TABLE transfer_rule (
        id uuid PRIMARY KEY,
        version integer NOT NULL CHECK (version > 0),
        payer_account_id uuid NOT NULL,
        trigger_kind text NOT NULL CHECK (trigger_kind IN ('SCHEDULE', 'THRESHOLD')),
        content jsonb NOT NULL,
        maker_id text NOT NULL,
        next_due_at timestamptz,
        -- What the last judgement said, so that a refusal that stands is recorded once.
        last_code text,
        CHECK (trigger_kind = 'SCHEDULE' OR next_due_at IS NULL)
      );
      CREATE INDEX transfer_rule_by_payer ON transfer_rule (payer_account_id) WHERE trigger_kind = 'THRESHOLD';
      CREATE INDEX transfer_rule_due ON transfer_rule (next_due_at) WHERE trigger_kind = 'SCHEDULE';
      GRANT SELECT, INSERT, UPDATE ON transfer_rule TO ${ROLE};

      CREATE TABLE transfer_rule_version (
        rule_id uuid NOT NULL REFERENCES transfer_rule (id),
        version integer NOT NULL CHECK (version > 0),
        content jsonb NOT NULL,
        approval_id uuid NOT NULL UNIQUE REFERENCES approval (id),
        maker_id text NOT NULL,
        checker_id text NOT NULL CHECK (checker_id <> maker_id),
        reason text NOT NULL,
        in_force_at timestamptz NOT NULL,
        PRIMARY KEY (rule_id, version)
      );
      GRANT SELECT, INSERT ON transfer_rule_version TO ${ROLE};

      -- Each judgement that ordered, was refused, or missed its time.
      CREATE TABLE transfer_rule_run (
        id uuid PRIMARY KEY,
        rule_id uuid NOT NULL REFERENCES transfer_rule (id),
        rule_version integer NOT NULL,
        due_at timestamptz,
        observation_id uuid,
        projected bigint,
        decision text NOT NULL CHECK (decision IN ('ORDERED', 'NOT_ORDERED', 'MISSED')),
        code text,
        order_id uuid REFERENCES transfer_order (id),
        run_at timestamptz NOT NULL,
        UNIQUE (rule_id, due_at),
        CHECK ((decision = 'ORDERED') = (order_id IS NOT NULL)),
        CHECK ((decision = 'NOT_ORDERED') = (code IS NOT NULL))
      );
      CREATE INDEX transfer_rule_run_by_rule ON transfer_rule_run (rule_id, id);
      GRANT SELECT, INSERT ON transfer_rule_run TO ${ROLE};

      ALTER TABLE transfer_order ADD FOREIGN KEY (rule_id, rule_version) REFERENCES transfer_rule_version (rule_id, version);
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
