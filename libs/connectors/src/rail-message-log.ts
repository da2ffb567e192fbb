import { hash } from 'node:crypto';

import { lightStatisticsSql, type Queryable, type Tx } from '@jinku/persistence';
import { CHAIN_GENESIS, chainHash } from '@jinku/security';

import type { RailAnswer } from './payout-rail.ts';

/**
 * Tables `rail_message` and `rail_message_batch`: what was said to a rail and what it answered, masked, append-only. Every batch carries
 * the hash of the batch before it in its chain; `rail_message_chain` holds the last hash of each chain (one chain per writer, so that
 * writers don't queue).
 */
export function railMessageLogTablesSql(role: string): string {
  return `
    CREATE TABLE rail_message_chain (
      chain text PRIMARY KEY,
      batch_number bigint NOT NULL,
      hash bytea NOT NULL CHECK (octet_length(hash) = 32)
    );
    CREATE TABLE rail_message_batch (
      chain text NOT NULL,
      batch_number bigint NOT NULL CHECK (batch_number > 0),
      message_count integer NOT NULL CHECK (message_count > 0),
      content_digest bytea NOT NULL CHECK (octet_length(content_digest) = 32),
      hash bytea NOT NULL CHECK (octet_length(hash) = 32),
      PRIMARY KEY (chain, batch_number)
    );
    CREATE TABLE rail_message (
      chain text NOT NULL,
      batch_number bigint NOT NULL,
      position integer NOT NULL,
      connector text NOT NULL,
      operation text NOT NULL,
      serial_number text,
      occurred_at timestamptz NOT NULL,
      latency_ms integer NOT NULL CHECK (latency_ms >= 0),
      http_status integer,
      outcome text NOT NULL,
      code text,
      detail text NOT NULL,
      request_digest text,
      answer_digest text,
      request_masked text NOT NULL,
      answer_masked text NOT NULL,
      PRIMARY KEY (chain, batch_number, position)
    ) WITH (autovacuum_analyze_scale_factor = 0.5);
    CREATE INDEX rail_message_serial_number ON rail_message (serial_number);
    GRANT SELECT, INSERT ON rail_message, rail_message_batch TO ${role};
    GRANT SELECT, INSERT, UPDATE ON rail_message_chain TO ${role};
    ${lightStatisticsSql(['rail_message'])}
  `;
}

/** One exchange with a rail: the answer with its masked log, and when the call was made in business time. */
export interface RailMessage {
  readonly serialNumber: string | null;
  readonly occurredAt: Date;
  readonly answer: RailAnswer;
}

export type ChainVerdict =
  | { readonly intact: true; readonly batches: bigint }
  /** The first batch that does not hold: its rows were changed, or a batch before it is missing or was changed. */
  | { readonly intact: false; readonly batchNumber: bigint };

const APPEND_SQL = `
  WITH head AS (
    INSERT INTO rail_message_chain AS c (chain, batch_number, hash) VALUES ($1, 1, sha256($3::bytea || $2::bytea))
    ON CONFLICT (chain) DO UPDATE SET batch_number = c.batch_number + 1, hash = sha256(c.hash || $2::bytea)
    RETURNING batch_number, hash
  ), batch AS (
    INSERT INTO rail_message_batch (chain, batch_number, message_count, content_digest, hash)
    SELECT $1, batch_number, cardinality($5::text[]), $2::bytea, hash FROM head
  )
  INSERT INTO rail_message (chain, batch_number, connector, operation, serial_number, occurred_at, latency_ms, http_status,
    outcome, code, detail, request_digest, answer_digest, request_masked, answer_masked, position)
  SELECT $1, head.batch_number, $4, unnest($5::text[]), unnest($6::text[]), unnest($7::timestamptz[]), unnest($8::integer[]), unnest($9::integer[]),
    unnest($10::text[]), unnest($11::text[]), unnest($12::text[]), unnest($13::text[]), unnest($14::text[]), unnest($15::text[]), unnest($16::text[]),
    generate_series(1, cardinality($5::text[]))
  FROM head`;

/** The instruction log of one connector in one process. Call `append` last in the transaction: it locks the chain until the commit. */
export class RailMessageLog {
  readonly #chain: string;
  readonly #connector: string;

  /** `writer` names the process among its replicas. */
  constructor({ connector, writer }: { connector: string; writer: string }) {
    this.#connector = connector;
    this.#chain = `${connector}/${writer}`;
  }

  /** One statement for any number of messages. */
  async append(tx: Tx, messages: readonly RailMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const rows = messages.map((message) => columnsOf(message));
    const digest = contentDigest(rows.map((row) => contentOf(this.#connector, row)));
    const arrays = COLUMNS.map((_, column) => rows.map((row) => row[column] ?? null));
    await tx.execute(APPEND_SQL, [this.#chain, digest, CHAIN_GENESIS, this.#connector, ...arrays]);
  }
}

/** Reads a whole chain from the first batch and computes every hash again, a page of batches at a time. */
export async function verifyRailMessageChain(database: Queryable, chain: string): Promise<ChainVerdict> {
  let link: Buffer = CHAIN_GENESIS;
  let batchNumber = 0n;
  for (;;) {
    const batches = await database.query<{ batchNumber: bigint; digest: Buffer; hash: Buffer; contents: string[] | null }>(PAGE_SQL, [
      chain,
      batchNumber,
      BATCHES_A_PAGE,
    ]);
    for (const batch of batches) {
      link = chainHash(link, batch.digest);
      const isWhole = contentDigest(batch.contents ?? []).equals(batch.digest);
      if (batch.batchNumber !== batchNumber + 1n || !isWhole || !link.equals(batch.hash))
        return { intact: false, batchNumber: batchNumber + 1n };
      batchNumber = batch.batchNumber;
    }
    if (batches.length < BATCHES_A_PAGE) break;
  }
  const [head] = await database.query<{ batchNumber: bigint; hash: Buffer }>(
    'SELECT batch_number AS "batchNumber", hash FROM rail_message_chain WHERE chain = $1',
    [chain],
  );
  // Batches cut off at the end leave no gap; only the head tells.
  const endsAtHead = head === undefined ? batchNumber === 0n : head.batchNumber === batchNumber && link.equals(head.hash);
  return endsAtHead ? { intact: true, batches: batchNumber } : { intact: false, batchNumber: batchNumber + 1n };
}

const BATCHES_A_PAGE = 200;

/** Order of the columns in `APPEND_SQL` and in what is hashed. */
const COLUMNS = [
  'operation',
  'serial_number',
  'occurred_at',
  'latency_ms',
  'http_status',
  'outcome',
  'code',
  'detail',
  'request_digest',
  'answer_digest',
  'request_masked',
  'answer_masked',
] as const;

/** Epoch milliseconds stand for the instant in the hash: its text depends on the session's time zone. */
const CONTENT_SQL = COLUMNS.map((column) =>
  column === 'occurred_at' ? 'floor(extract(epoch FROM occurred_at) * 1000)::bigint::text' : `${column}::text`,
);

const PAGE_SQL = `
  SELECT b.batch_number AS "batchNumber", b.content_digest AS digest, b.hash,
    (SELECT array_agg(array_to_string(ARRAY[connector, ${CONTENT_SQL.join(', ')}], E'\\x1f', E'\\x1e') ORDER BY position)
     FROM rail_message m WHERE m.chain = b.chain AND m.batch_number = b.batch_number) AS contents
  FROM rail_message_batch b WHERE b.chain = $1 AND b.batch_number > $2 ORDER BY b.batch_number LIMIT $3`;

type Cell = string | number | Date | null;

function columnsOf({ serialNumber, occurredAt, answer }: RailMessage): readonly Cell[] {
  return [
    answer.log.operation,
    serialNumber,
    occurredAt,
    Math.round(answer.latencyMs),
    answer.log.httpStatus,
    answer.outcome,
    answer.code,
    answer.detail,
    answer.requestDigest,
    answer.answerDigest,
    answer.log.request,
    answer.log.answer,
  ];
}

function contentOf(connector: string, row: readonly Cell[]): string {
  const cells = row.map((cell) => (cell instanceof Date ? cell.getTime() : (cell ?? '\x1e')));
  return [connector, ...cells].join('\x1f');
}

function contentDigest(contents: readonly string[]): Buffer {
  // The length in front keeps two rows from reading as one.
  return hash('sha256', contents.map((content) => `${content.length}:${content}`).join(''), 'buffer');
}
