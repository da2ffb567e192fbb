import { leaseTableSql } from '@jinku/persistence';

/**
 * The tables of messaging in one service's schema, created by its own migration; `role` is the service's login role. The outbox is a
 * small queue
 * that is written and deleted all day: vacuum must look at it by count, not by share of the table.
 */
export function messagingTablesSql(role: string): string {
  return `
    CREATE TABLE outbox_message (
      -- First, because defaults are evaluated in this order: a writer has its transaction id before it draws a sequence number (see
      -- OutboxWatermark).
      transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id uuid NOT NULL,
      topic text NOT NULL,
      type text NOT NULL,
      message_key text NOT NULL,
      headers text NOT NULL,
      body text NOT NULL
    ) WITH (
      autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0,
      toast.autovacuum_vacuum_threshold = 5000, toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_cost_delay = 0
    );
    -- Bodies live for milliseconds: compressing them would cost more than all the rest of the insert.
    ALTER TABLE outbox_message ALTER COLUMN body SET STORAGE EXTERNAL;
    GRANT SELECT, INSERT, DELETE ON outbox_message TO ${role};

    CREATE TABLE outbox_batch (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      acknowledged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      topic text NOT NULL,
      type text NOT NULL,
      message_count integer NOT NULL CHECK (message_count > 0),
      message_ids uuid[] NOT NULL CHECK (cardinality(message_ids) = message_count),
      partitions smallint[] NOT NULL CHECK (cardinality(partitions) = message_count),
      record_offsets bigint[] NOT NULL CHECK (cardinality(record_offsets) = message_count)
    );
    GRANT SELECT, INSERT ON outbox_batch TO ${role};

    CREATE TABLE inbox_message (
      consumer text NOT NULL,
      message_id uuid NOT NULL,
      handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (consumer, message_id)
    ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
    CREATE INDEX inbox_message_handled_at ON inbox_message USING brin (handled_at) WITH (pages_per_range = 16, autosummarize = on);
    GRANT SELECT, INSERT, DELETE ON inbox_message TO ${role};

    CREATE TABLE parked_message (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      consumer text NOT NULL,
      message_id uuid NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      record_offset bigint NOT NULL,
      message_key text NOT NULL,
      type text NOT NULL,
      headers text NOT NULL,
      body text NOT NULL,
      state text NOT NULL CHECK (state IN ('PARKED', 'BEHIND', 'DUE', 'REPLAYED', 'DISCARDED')),
      failure text,
      attempts integer NOT NULL CHECK (attempts >= 0),
      parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      decided_by text,
      decision_reason text,
      settled_at timestamptz,
      UNIQUE (consumer, message_id),
      CHECK ((state IN ('REPLAYED', 'DISCARDED')) = (settled_at IS NOT NULL)),
      CHECK (state NOT IN ('DUE', 'DISCARDED') OR (decided_by IS NOT NULL AND decision_reason IS NOT NULL))
    );
    CREATE INDEX parked_message_unsettled ON parked_message (consumer, message_key, id) WHERE state IN ('PARKED', 'BEHIND', 'DUE');
    GRANT SELECT, INSERT ON parked_message TO ${role};
    GRANT UPDATE (state, failure, attempts, decided_by, decision_reason, settled_at) ON parked_message TO ${role};

    CREATE TABLE message_consumer (
      consumer text NOT NULL,
      topic text NOT NULL,
      types text[] NOT NULL,
      subscribed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (consumer, topic)
    );
    GRANT SELECT, INSERT, UPDATE ON message_consumer TO ${role};

    -- The relay's lease stands in the service's table of leases.
    ${leaseTableSql(role)}
  `;
}
