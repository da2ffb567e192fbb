import { rolePassword, type DatabaseAddress } from '@jinku/persistence';
import pg from 'pg';

/** Scopes advisory locks: appends to one topic, and changes of one group. */
const APPEND_LOCK = 0x6a6261;
const GROUP_LOCK = 0x6a6267;
const TRIM_LOCK = 0x6a6274;
const MIGRATION_LOCK = 0x6a62;

/**
 * The message log in PostgreSQL. Services may read its tables, and write only through its functions, which run as their owner: records are
 * append-only, offsets have no gaps and become visible in their order, and a consumer that was replaced cannot move an offset.
 */
export function busTablesSql(): string {
  return `
    CREATE SCHEMA IF NOT EXISTS bus;
    GRANT USAGE ON SCHEMA bus TO PUBLIC;

    CREATE TABLE IF NOT EXISTS bus.topic (
      topic_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL UNIQUE,
      partitions integer NOT NULL CHECK (partitions BETWEEN 1 AND 1024)
    );
    CREATE TABLE IF NOT EXISTS bus.topic_partition (
      topic_id integer NOT NULL REFERENCES bus.topic,
      partition integer NOT NULL CHECK (partition >= 0),
      first_offset bigint NOT NULL DEFAULT 0,
      next_offset bigint NOT NULL DEFAULT 0,
      PRIMARY KEY (topic_id, partition),
      CHECK (first_offset BETWEEN 0 AND next_offset)
    ) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
    CREATE TABLE IF NOT EXISTS bus.record (
      topic_id integer NOT NULL,
      partition integer NOT NULL,
      record_offset bigint NOT NULL,
      message_key text,
      headers text NOT NULL,
      value text STORAGE EXTERNAL NOT NULL,
      appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (topic_id, partition, record_offset)
    ) WITH (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);
    CREATE TABLE IF NOT EXISTS bus.group_member (
      group_name text NOT NULL,
      member text NOT NULL,
      topic_ids integer[] NOT NULL,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (group_name, member)
    ) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
    CREATE TABLE IF NOT EXISTS bus.group_partition (
      group_name text NOT NULL,
      topic_id integer NOT NULL,
      partition integer NOT NULL,
      committed_offset bigint NOT NULL,
      holder text,
      epoch bigint NOT NULL DEFAULT 0,
      expires_at timestamptz,
      PRIMARY KEY (group_name, topic_id, partition),
      FOREIGN KEY (topic_id, partition) REFERENCES bus.topic_partition
    ) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
    GRANT SELECT ON ALL TABLES IN SCHEMA bus TO PUBLIC;
    ${ENSURE_TOPICS}
    ${APPEND}
    ${CLAIM}
    ${COMMIT}
    ${RELEASE}
    ${TRIM}
  `;
}

/** Creates or renews the log's schema. Safe to run from several processes at once. */
export async function migrateBus(address: DatabaseAddress, admin: string): Promise<void> {
  const { host, port, database, secret } = address;
  const password = rolePassword({ host, port, database, secret }, admin);
  const client = new pg.Client({ host, port, database, user: admin, password, application_name: 'migrate_bus' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(busTablesSql());
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

const AS_OWNER = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp';

const ENSURE_TOPICS = `
    CREATE OR REPLACE FUNCTION bus.ensure_topics(names text[], partitions_each integer) RETURNS void LANGUAGE sql ${AS_OWNER} AS $$
      INSERT INTO bus.topic (name, partitions) SELECT n, partitions_each FROM unnest(names) n ORDER BY n ON CONFLICT DO NOTHING;
      INSERT INTO bus.topic_partition (topic_id, partition)
        SELECT topic_id, p FROM bus.topic, generate_series(0, partitions - 1) p WHERE name = ANY (names) ORDER BY topic_id, p
        ON CONFLICT DO NOTHING;
    $$;`;

/**
 * The lock is held to the commit, so a reader that sees an offset sees all below it. Texts come joined by a separator (see
 * record-text.ts).
 */
const APPEND = `
    CREATE OR REPLACE FUNCTION bus.append(
      topic_ids integer[], partitions integer[], keys text[], all_headers text, all_values text, separator text
    )
    RETURNS TABLE (nth bigint, record_offset bigint) LANGUAGE plpgsql ${AS_OWNER} AS $$
    #variable_conflict use_column
    BEGIN
      PERFORM pg_advisory_xact_lock(${APPEND_LOCK}, t.topic_id) FROM (SELECT DISTINCT u AS topic_id FROM unnest(topic_ids) u ORDER BY u) t;
      RETURN QUERY
      WITH given AS (
        SELECT g.*, row_number() OVER (PARTITION BY g.topic_id, g.partition ORDER BY g.nth) - 1 AS place
        FROM ROWS FROM (
          unnest(topic_ids), unnest(partitions), unnest(keys),
          string_to_table(all_headers, separator), string_to_table(all_values, separator)
        )
          WITH ORDINALITY AS g(topic_id, partition, message_key, headers, value, nth)
      ), grown AS (
        UPDATE bus.topic_partition p SET next_offset = p.next_offset + c.records
        FROM (SELECT g.topic_id, g.partition, count(*) AS records FROM given g GROUP BY g.topic_id, g.partition) c
        WHERE p.topic_id = c.topic_id AND p.partition = c.partition
        RETURNING p.topic_id, p.partition, p.next_offset - c.records AS base
      ), placed AS (
        SELECT g.*, grown.base + g.place AS at FROM given g JOIN grown ON grown.topic_id = g.topic_id AND grown.partition = g.partition
      ), inserted AS (
        INSERT INTO bus.record (topic_id, partition, record_offset, message_key, headers, value)
        SELECT p.topic_id, p.partition, p.at, p.message_key, p.headers, p.value FROM placed p ORDER BY p.nth
      )
      SELECT p.nth, p.at FROM placed p ORDER BY p.nth;
    END $$;`;

/**
 * Renews a member of a group and gives it its share: the live members that take a topic divide its partitions evenly. A partition changes
 * hands when its holder has released it or has not been heard of; its epoch grows, which fences the old holder out. Partitions that are
 * held but
 * no longer wanted are to be released.
 */
const CLAIM = `
    CREATE OR REPLACE FUNCTION bus.claim(of_group text, by_member text, of_topics integer[], lease_ms integer)
    RETURNS TABLE (topic_id integer, partition integer, epoch bigint, committed_offset bigint, wanted boolean)
    LANGUAGE plpgsql ${AS_OWNER} AS $$
    #variable_conflict use_column
    DECLARE
      moment timestamptz;
    BEGIN
      PERFORM pg_advisory_xact_lock(${GROUP_LOCK}, hashtext(of_group));
      moment := clock_timestamp();
      INSERT INTO bus.group_member AS m (group_name, member, topic_ids, expires_at)
        VALUES (of_group, by_member, of_topics, moment + lease_ms * interval '1 millisecond')
        ON CONFLICT (group_name, member) DO UPDATE SET topic_ids = excluded.topic_ids, expires_at = excluded.expires_at;
      DELETE FROM bus.group_member m WHERE m.group_name = of_group AND m.expires_at < moment;
      INSERT INTO bus.group_partition (group_name, topic_id, partition, committed_offset)
        SELECT of_group, p.topic_id, p.partition, p.first_offset FROM bus.topic_partition p
        WHERE p.topic_id = ANY (of_topics)
          AND NOT EXISTS (
            SELECT FROM bus.group_partition g WHERE g.group_name = of_group AND g.topic_id = p.topic_id AND g.partition = p.partition
          )
        ON CONFLICT DO NOTHING;
      RETURN QUERY
      WITH share AS (
        SELECT m.member, t.topic_id,
          row_number() OVER (PARTITION BY t.topic_id ORDER BY m.member) - 1 AS place, count(*) OVER (PARTITION BY t.topic_id) AS members
        FROM bus.group_member m, unnest(m.topic_ids) AS t(topic_id) WHERE m.group_name = of_group
      ), aim AS (
        SELECT g.*, s.member = by_member AS mine
        FROM bus.group_partition g JOIN share s ON s.topic_id = g.topic_id AND g.partition % s.members = s.place
        WHERE g.group_name = of_group AND g.topic_id = ANY (of_topics)
      ), held AS (
        UPDATE bus.group_partition g
        SET holder = by_member, epoch = g.epoch + (g.holder IS DISTINCT FROM by_member)::int,
          expires_at = moment + lease_ms * interval '1 millisecond'
        FROM aim a
        WHERE g.group_name = of_group AND g.topic_id = a.topic_id AND g.partition = a.partition
          AND (g.holder = by_member OR a.mine AND (g.holder IS NULL OR g.expires_at < moment))
        RETURNING g.topic_id, g.partition, g.epoch, g.committed_offset, a.mine
      )
      SELECT * FROM held ORDER BY 1, 2;
    END $$;`;

/** Moves offsets forward where the member still holds the partition in that epoch; answers which. */
const COMMIT = `
    CREATE OR REPLACE FUNCTION bus.commit(
      of_group text, by_member text, topic_ids integer[], partitions integer[], epochs bigint[], offsets bigint[]
    )
    RETURNS TABLE (topic_id integer, partition integer) LANGUAGE sql ${AS_OWNER} AS $$
      UPDATE bus.group_partition g SET committed_offset = greatest(g.committed_offset, c.reached)
      FROM unnest(topic_ids, partitions, epochs, offsets) AS c(topic_id, partition, epoch, reached)
      WHERE g.group_name = of_group AND g.topic_id = c.topic_id AND g.partition = c.partition AND g.holder = by_member AND g.epoch = c.epoch
      RETURNING g.topic_id, g.partition;
    $$;`;

/** Gives partitions back; with \`leaves\` the member goes altogether. */
const RELEASE = `
    CREATE OR REPLACE FUNCTION bus.release(of_group text, by_member text, topic_ids integer[], partitions integer[], leaves boolean)
    RETURNS void LANGUAGE plpgsql ${AS_OWNER} AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(${GROUP_LOCK}, hashtext(of_group));
      UPDATE bus.group_partition g SET holder = NULL, expires_at = NULL
        FROM unnest(topic_ids, partitions) AS r(topic_id, partition)
        WHERE g.group_name = of_group AND g.topic_id = r.topic_id AND g.partition = r.partition AND g.holder = by_member;
      IF leaves THEN DELETE FROM bus.group_member m WHERE m.group_name = of_group AND m.member = by_member; END IF;
    END $$;`;

/**
 * Deletes records older than the retention that every group of the topic has passed; answers how many, at most \`limit_each\` of a
 * partition.
 */
const TRIM = `
    CREATE OR REPLACE FUNCTION bus.trim(retention_ms bigint, limit_each integer) RETURNS bigint LANGUAGE plpgsql ${AS_OWNER} AS $$
    DECLARE
      deleted bigint;
    BEGIN
      IF NOT pg_try_advisory_xact_lock(${TRIM_LOCK}) THEN RETURN 0; END IF;
      WITH bound AS (
        SELECT p.topic_id, p.partition, p.first_offset, least(
          p.first_offset + limit_each,
          coalesce(
            (SELECT min(g.committed_offset) FROM bus.group_partition g WHERE g.topic_id = p.topic_id AND g.partition = p.partition),
            p.next_offset
          )
        ) AS passed
        FROM bus.topic_partition p WHERE p.next_offset > p.first_offset
      ), gone AS (
        DELETE FROM bus.record r USING bound b
        WHERE r.topic_id = b.topic_id AND r.partition = b.partition AND r.record_offset >= b.first_offset AND r.record_offset < b.passed
          AND r.appended_at < clock_timestamp() - retention_ms * interval '1 millisecond'
        RETURNING r.topic_id, r.partition, r.record_offset
      ), moved AS (
        UPDATE bus.topic_partition p SET first_offset = g.through + 1
        FROM (SELECT gone.topic_id, gone.partition, max(gone.record_offset) AS through FROM gone GROUP BY 1, 2) g
        WHERE p.topic_id = g.topic_id AND p.partition = g.partition
      )
      SELECT count(*) INTO deleted FROM gone;
      RETURN deleted;
    END $$;`;
