import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSessionAndCollection2026112110003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE clearing_session (
        id uuid PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        state text NOT NULL CHECK (state IN ('OPEN', 'CLOSED', 'RESULT_RECEIVED', 'CONFIRMED', 'DISPUTED', 'SETTLED')),
        result_payouts bigint CHECK (result_payouts >= 0),
        result_returns bigint CHECK (result_returns >= 0),
        result_receipts bigint CHECK (result_receipts >= 0),
        -- Looks at a result that our own counts did not agree with, one after the other.
        disagreements integer NOT NULL DEFAULT 0 CHECK (disagreements >= 0),
        house_settled_at timestamptz,
        is_reflected boolean NOT NULL DEFAULT false,
        -- By how much the settlement target moved beyond the net.
        settlement_difference bigint,
        opened_at timestamptz NOT NULL,
        UNIQUE (clearing_house, clearing_date),
        CHECK ((state IN ('OPEN', 'CLOSED')) = (result_payouts IS NULL)),
        CHECK ((result_payouts IS NULL) = (result_returns IS NULL) AND (result_payouts IS NULL) = (result_receipts IS NULL)),
        CHECK (NOT is_reflected OR house_settled_at IS NOT NULL),
        CHECK (state <> 'SETTLED' OR house_settled_at IS NOT NULL)
      );
      CREATE INDEX clearing_session_open ON clearing_session (clearing_house, clearing_date) WHERE state <> 'SETTLED';

      CREATE TABLE clearing_session_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES clearing_session (id),
        state text NOT NULL,
        payouts bigint NOT NULL,
        returns bigint NOT NULL,
        receipts bigint NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX clearing_session_event_by_session ON clearing_session_event (session_id, sequence);

      -- What payout shards told of each clearing date, in totals since the grant began.
      CREATE TABLE grant_date_total (
        grant_id uuid NOT NULL REFERENCES quota_grant (id),
        clearing_house text NOT NULL,
        clearing_date date NOT NULL,
        consumed_total bigint NOT NULL CHECK (consumed_total >= 0),
        payout_count bigint NOT NULL CHECK (payout_count >= 0),
        PRIMARY KEY (grant_id, clearing_date)
      );
      CREATE INDEX grant_date_total_by_session ON grant_date_total (clearing_house, clearing_date);

      -- Fund-downs that a house paid, and payouts that came back: each once.
      CREATE TABLE session_item (
        kind text NOT NULL CHECK (kind IN ('FUND_DOWN', 'RETURN')),
        reference text NOT NULL,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (kind, reference)
      );
      CREATE INDEX session_item_by_session ON session_item (clearing_house, clearing_date);

      CREATE TABLE collection_total (
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        channel text NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        count_total bigint NOT NULL CHECK (count_total >= 0),
        amount_total bigint NOT NULL CHECK (amount_total >= 0),
        is_final boolean NOT NULL,
        as_of timestamptz NOT NULL,
        counted_at timestamptz NOT NULL,
        PRIMARY KEY (clearing_house, clearing_date, channel)
      );

      -- Messages about collections that were not believed; nothing of them counts.
      CREATE TABLE quarantined_collection (
        id uuid PRIMARY KEY,
        message_id text NOT NULL,
        client_id text NOT NULL,
        fault text NOT NULL CHECK (fault IN ('NO_CLIENT', 'UNKNOWN_CLIENT', 'NOT_SIGNED', 'BAD_SIGNATURE', 'UNDECODABLE', 'INVALID', 'FAR_DATE', 'TOTAL_FELL', 'AFTER_FINAL')),
        reason text NOT NULL,
        body text NOT NULL,
        received_at timestamptz NOT NULL
      );

      GRANT SELECT, INSERT, UPDATE ON clearing_session, grant_date_total, collection_total TO jinku_quotas;
      GRANT SELECT, INSERT ON clearing_session_event, session_item, quarantined_collection TO jinku_quotas;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
