import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLE = 'jinku_gateway';

export class CreateNoticeAndMessageDoor2026112110001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rail_notice (
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        notice_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('PAYOUT_RESULT', 'PAYOUT_RETURNED', 'QUOTA_ADJUSTED', 'QUOTA_CHANGED', 'RESERVE_MOVED', 'SESSION_RESULT')),
        serial_number text,
        body text NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (clearing_house, notice_id),
        CHECK (kind IN ('QUOTA_CHANGED', 'SESSION_RESULT') OR serial_number IS NOT NULL)
      );
      CREATE INDEX rail_notice_by_serial_number ON rail_notice (serial_number) WHERE serial_number IS NOT NULL;
      GRANT SELECT, INSERT ON rail_notice TO ${ROLE};

      CREATE TABLE quarantined_notice (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        clearing_house text NOT NULL CHECK (clearing_house IN ('UNIONPAY', 'NETSUNION')),
        fault text NOT NULL CHECK (fault IN ('BAD_SIGNATURE', 'UNPARSABLE_BODY', 'OTHER_CONTENT')),
        address text NOT NULL,
        body bytea NOT NULL,
        received_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON quarantined_notice TO ${ROLE};

      CREATE TABLE result_cursor (
        client_id text PRIMARY KEY,
        last_sequence bigint NOT NULL CHECK (last_sequence > 0)
      );
      GRANT SELECT, INSERT, UPDATE ON result_cursor TO ${ROLE};

      CREATE TABLE result_message (
        client_id text NOT NULL,
        sequence bigint NOT NULL CHECK (sequence > 0),
        message_id text NOT NULL,
        body text NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (client_id, sequence)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02);
      CREATE INDEX result_message_by_age ON result_message USING brin (received_at) WITH (pages_per_range = 16, autosummarize = on);
      GRANT SELECT, INSERT, DELETE ON result_message TO ${ROLE};
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
