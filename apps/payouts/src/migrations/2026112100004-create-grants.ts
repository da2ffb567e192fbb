import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateGrants2026112100004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE quota_grant (
        grant_id uuid PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        shard smallint NOT NULL CHECK (shard >= 0),
        epoch bigint NOT NULL CHECK (epoch > 0),
        granted_total bigint NOT NULL CHECK (granted_total >= 0),
        consumed_total bigint NOT NULL DEFAULT 0 CHECK (consumed_total >= 0),
        reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        movement_sequence bigint NOT NULL DEFAULT 0,
        UNIQUE (clearing_house, shard),
        -- A recall below what was used already leaves granted_total at what was used, so this holds always.
        CONSTRAINT quota_grant_covers_use CHECK (consumed_total + reserved <= granted_total)
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

      -- Append-only: every change of a grant with the figures after it. The sequence has no gaps.
      CREATE TABLE grant_movement (
        grant_id uuid NOT NULL REFERENCES quota_grant,
        sequence bigint NOT NULL CHECK (sequence > 0),
        kind text NOT NULL CHECK (kind IN ('SET', 'RESERVED', 'CONCLUDED')),
        reserved_change bigint NOT NULL,
        consumed_change bigint NOT NULL CHECK (consumed_change >= 0),
        payout_count integer NOT NULL CHECK (payout_count >= 0),
        epoch bigint NOT NULL,
        granted_after bigint NOT NULL,
        consumed_after bigint NOT NULL,
        reserved_after bigint NOT NULL CHECK (reserved_after >= 0),
        moved_at timestamptz NOT NULL,
        PRIMARY KEY (grant_id, sequence),
        CHECK (consumed_after + reserved_after <= granted_after)
      );

      -- Where the consumed quota stands among the house's clearing dates: one row a grant and date, grown once a batch.
      CREATE TABLE grant_date_total (
        grant_id uuid NOT NULL REFERENCES quota_grant,
        clearing_date date NOT NULL,
        consumed_total bigint NOT NULL CHECK (consumed_total >= 0),
        payout_count bigint NOT NULL CHECK (payout_count >= 0),
        PRIMARY KEY (grant_id, clearing_date)
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
      GRANT SELECT, INSERT, UPDATE ON quota_grant, grant_date_total TO jinku_payouts;
      GRANT SELECT, INSERT ON grant_movement TO jinku_payouts;
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
