import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePosition2026112110004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What accounts tells of its register: as much of it as collecting balances needs.
      CREATE TABLE position_account (
        account_id uuid PRIMARY KEY,
        version integer NOT NULL CHECK (version > 0),
        account_class text NOT NULL,
        owner text NOT NULL CHECK (owner IN ('CLIENT', 'OWN')),
        name text NOT NULL,
        account_number text NOT NULL,
        is_collected boolean NOT NULL,
        connector_type text
      );

      CREATE TABLE position (
        account_id uuid PRIMARY KEY REFERENCES position_account (account_id),
        balance bigint NOT NULL,
        source text NOT NULL CHECK (source IN ('NOTICE', 'QUERY', 'FILE', 'MANUAL')),
        as_of timestamptz NOT NULL,
        told_at timestamptz NOT NULL
      );

      CREATE TABLE position_observation (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES position_account (account_id),
        balance bigint NOT NULL,
        source text NOT NULL CHECK (source IN ('NOTICE', 'QUERY', 'FILE', 'MANUAL')),
        as_of timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX position_observation_by_account ON position_observation (account_id, id);

      -- Money that has left one of our accounts and not reached another: each effect of a leg once, signed.
      CREATE TABLE transit_movement (
        movement_id uuid PRIMARY KEY,
        order_id uuid NOT NULL,
        amount bigint NOT NULL,
        settled_at timestamptz NOT NULL
      );

      GRANT SELECT, INSERT, UPDATE ON position_account, position TO jinku_quotas;
      GRANT SELECT, INSERT ON position_observation, transit_movement TO jinku_quotas;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
