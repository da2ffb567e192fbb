import { messagingTablesSql } from '@jinku/messaging';
import { platformTablesSql } from '@jinku/service';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateQuotaAndGrant2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(messagingTablesSql('jinku_quotas'));
    await runner.query(platformTablesSql('jinku_quotas'));
    await runner.query(`
      CREATE TABLE quota (
        clearing_house text PRIMARY KEY CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        mapped bigint NOT NULL CHECK (mapped >= 0),
        -- What our own adjustments and the moves booked against the buffer make of it.
        mapped_explained bigint NOT NULL,
        receipts_counted bigint NOT NULL DEFAULT 0 CHECK (receipts_counted >= 0),
        reflected_total bigint NOT NULL DEFAULT 0 CHECK (reflected_total >= 0),
        rail_available bigint NOT NULL,
        source text NOT NULL CHECK (source IN ('NOTICE', 'QUERY', 'FILE', 'MANUAL')),
        as_of timestamptz NOT NULL
      );

      -- A reading that waits to be judged, and by how much the last judged one was not explained (I2), since when by wall time.
      CREATE TABLE quota_figure (
        clearing_house text PRIMARY KEY REFERENCES quota (clearing_house),
        read_at timestamptz,
        rail_available bigint,
        usable bigint,
        consumed bigint,
        difference bigint NOT NULL DEFAULT 0,
        differs_since timestamptz,
        CHECK (num_nulls(read_at, rail_available, usable, consumed) IN (0, 4)),
        CHECK ((difference = 0) = (differs_since IS NULL))
      );

      CREATE TABLE quota_observation (
        id uuid PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        mapped bigint NOT NULL CHECK (mapped >= 0),
        rail_available bigint NOT NULL,
        source text NOT NULL CHECK (source IN ('NOTICE', 'QUERY', 'FILE', 'MANUAL')),
        as_of timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX quota_observation_by_house ON quota_observation (clearing_house, as_of);

      CREATE TABLE quota_grant (
        id uuid PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        holder text NOT NULL CHECK (holder IN ('PAYOUTS', 'TRANSFERS')),
        shard integer NOT NULL CHECK (shard >= 0),
        epoch integer NOT NULL DEFAULT 0 CHECK (epoch >= 0),
        granted_total bigint NOT NULL DEFAULT 0 CHECK (granted_total >= 0),
        accepted_epoch integer NOT NULL DEFAULT 0 CHECK (accepted_epoch BETWEEN 0 AND epoch),
        accepted_total bigint NOT NULL DEFAULT 0 CHECK (accepted_total >= 0),
        consumed_total bigint NOT NULL DEFAULT 0 CHECK (consumed_total >= 0),
        reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        need bigint NOT NULL DEFAULT 0 CHECK (need >= 0),
        reported_at timestamptz,
        UNIQUE (clearing_house, holder, shard),
        CHECK (holder = 'PAYOUTS' OR shard = 0),
        CHECK (consumed_total + reserved <= accepted_total)
      );

      CREATE TABLE grant_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        grant_id uuid NOT NULL REFERENCES quota_grant (id),
        epoch integer NOT NULL CHECK (epoch > 0),
        granted_total bigint NOT NULL CHECK (granted_total >= 0),
        set_at timestamptz NOT NULL,
        UNIQUE (grant_id, epoch)
      );

      GRANT SELECT, INSERT, UPDATE ON quota, quota_figure, quota_grant TO jinku_quotas;
      GRANT SELECT, INSERT ON quota_observation, grant_event TO jinku_quotas;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
