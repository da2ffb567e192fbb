import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAutomaticAct2026112110005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What rules did by themselves, and why.
      CREATE TABLE automatic_act (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('SHIFT', 'INCREASE', 'INITIAL_MAPPING', 'DECREASE_PROPOSED', 'WARNING')),
        from_house text CHECK (from_house IN ('UNIONPAY', 'NETSUNION')),
        to_house text CHECK (to_house IN ('UNIONPAY', 'NETSUNION')),
        amount bigint NOT NULL CHECK (amount > 0),
        reason text NOT NULL,
        policy_version integer NOT NULL,
        -- The shift or the adjustment that it asked for.
        subject_id uuid,
        acted_on date NOT NULL,
        acted_at timestamptz NOT NULL,
        CHECK ((kind IN ('SHIFT', 'INCREASE', 'INITIAL_MAPPING')) = (subject_id IS NOT NULL))
      );
      CREATE INDEX automatic_act_by_date ON automatic_act (acted_on);
      -- A policy maps a house once when it comes into force.
      CREATE UNIQUE INDEX automatic_act_maps_once ON automatic_act (policy_version, to_house) WHERE kind = 'INITIAL_MAPPING';

      GRANT SELECT, INSERT ON automatic_act TO jinku_quotas;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
