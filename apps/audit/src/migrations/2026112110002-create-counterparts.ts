import { lightStatisticsSql } from '@jinku/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the other services told, kept to compare it with what banks and houses tell. */
export class CreateCounterparts2026112110002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row per attempt that came to an end, in the order in which it is compared with the house's bill.
      CREATE TABLE own_payout (
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        serial_number text COLLATE "C" NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        has_succeeded boolean NOT NULL,
        payout_id uuid NOT NULL,
        PRIMARY KEY (clearing_house, clearing_date, serial_number)
      ) WITH (autovacuum_analyze_scale_factor = 0.5);
      ${lightStatisticsSql(['own_payout'])}

      CREATE TABLE own_return (
        return_id text PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        serial_number text COLLATE "C" NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        payout_id uuid NOT NULL
      );
      CREATE INDEX own_return_by_date ON own_return (clearing_house, clearing_date, serial_number);

      CREATE TABLE own_receipts (
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        channel text NOT NULL,
        total bigint NOT NULL CHECK (total >= 0),
        counted_at timestamptz NOT NULL,
        PRIMARY KEY (clearing_house, clearing_date, channel)
      );

      CREATE TABLE clearing_session (
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        state text NOT NULL CHECK (state IN ('CLOSED', 'RESULT_RECEIVED', 'CONFIRMED', 'DISPUTED', 'SETTLED')),
        payouts bigint NOT NULL,
        returns bigint NOT NULL,
        receipts bigint NOT NULL,
        net bigint NOT NULL,
        settled_to text CHECK (settled_to IN ('CENTRAL_RESERVE', 'VIRTUAL')),
        advanced_at timestamptz NOT NULL,
        PRIMARY KEY (clearing_house, clearing_date)
      );

      CREATE TABLE transfer_movement (
        movement_id uuid PRIMARY KEY,
        order_id uuid NOT NULL,
        leg_number integer NOT NULL,
        effect text NOT NULL CHECK (effect IN ('SENT', 'ARRIVED', 'PAID_BY_HOUSE', 'CAME_BACK')),
        account_id uuid NOT NULL,
        clearing_house text,
        -- What the account gained; below zero for what left it.
        amount bigint NOT NULL CHECK (amount <> 0),
        serial_number text COLLATE "C" NOT NULL,
        value_date date NOT NULL,
        settled_at timestamptz NOT NULL
      );
      CREATE INDEX transfer_movement_by_account ON transfer_movement (account_id, value_date, serial_number);
      CREATE INDEX transfer_movement_by_house ON transfer_movement (clearing_house, value_date) WHERE clearing_house IS NOT NULL;

      -- What each client system says that it owed its clients at the end of a business date.
      CREATE TABLE client_obligations (
        business_date date NOT NULL,
        client_id text NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        total bigint NOT NULL CHECK (total >= 0),
        as_of timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (business_date, client_id)
      );

      -- Reports of it that are not their client's, or not what the contract says: kept, and never counted.
      CREATE TABLE quarantined_obligations (
        id uuid PRIMARY KEY,
        message_id text NOT NULL,
        client_id text NOT NULL,
        fault text NOT NULL CHECK (fault IN ('NO_CLIENT', 'UNKNOWN_CLIENT', 'NOT_SIGNED', 'BAD_SIGNATURE', 'UNDECODABLE', 'INVALID')),
        reason text NOT NULL,
        body text NOT NULL,
        received_at timestamptz NOT NULL
      );

      GRANT SELECT, INSERT ON own_payout, own_return, transfer_movement, quarantined_obligations TO jinku_audit;
      GRANT SELECT, INSERT, UPDATE ON own_receipts, clearing_session, client_obligations TO jinku_audit;

      -- A house's payout bill of one clearing date. Its lines count only once it was read to its end.
      CREATE TABLE payout_bill (
        id uuid PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        clearing_date date NOT NULL,
        state text NOT NULL CHECK (state IN ('RECEIVING', 'ACCEPTED', 'ABANDONED')),
        source text NOT NULL CHECK (source IN ('UPLOAD', 'RAIL')),
        file_id uuid REFERENCES original_file (id),
        line_count integer NOT NULL DEFAULT 0 CHECK (line_count >= 0),
        payout_total bigint NOT NULL DEFAULT 0 CHECK (payout_total >= 0),
        return_total bigint NOT NULL DEFAULT 0 CHECK (return_total >= 0),
        -- SHA-256 over all lines in their order.
        lines_sha256 bytea CHECK (length(lines_sha256) = 32),
        begun_at timestamptz NOT NULL,
        ended_at timestamptz,
        CHECK ((state = 'RECEIVING') = (ended_at IS NULL)),
        CHECK (state <> 'ACCEPTED' OR lines_sha256 IS NOT NULL)
      );
      CREATE UNIQUE INDEX payout_bill_accepted_once ON payout_bill (clearing_house, clearing_date) WHERE state = 'ACCEPTED';

      CREATE TABLE payout_bill_line (
        bill_id uuid NOT NULL REFERENCES payout_bill (id),
        line_number integer NOT NULL CHECK (line_number > 0),
        serial_number text COLLATE "C" NOT NULL,
        status text NOT NULL CHECK (status IN ('SUCCEEDED', 'RETURNED')),
        amount bigint NOT NULL CHECK (amount > 0),
        rail_reference text NOT NULL,
        executed_at timestamptz NOT NULL,
        PRIMARY KEY (bill_id, line_number)
      );
      CREATE INDEX payout_bill_line_in_order ON payout_bill_line (bill_id, status, serial_number, line_number);

      GRANT SELECT, INSERT, DELETE ON payout_bill_line TO jinku_audit;
      GRANT SELECT, INSERT ON payout_bill TO jinku_audit;
      GRANT UPDATE (state, line_count, payout_total, return_total, lines_sha256, ended_at) ON payout_bill TO jinku_audit;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
