import { Lease, type Database } from '@jinku/persistence';
import { BackOff, pause } from './back-off.ts';
import type { LogRecord, MessageLog, RecordPosition } from './message-log.ts';
import { errorFields, observeNothing, type MessagingLog, type Observe } from './observation.ts';
import { OutboxWatermark, type OutboxRead } from './outbox-watermark.ts';

const BATCH_MESSAGES_MAX = 500;
/** Below what Kafka takes by default in one batch of a partition. */
const RELAYED_BYTES_MAX = 900_000;
/** A record's share of a batch beside its body: headers, key, framing. */
const RECORD_OVERHEAD_BYTES = 600;
const LEASE_MS = 3_000;
const LEASE_RENEWAL_MS = 1_000;
const POLL_MS = 100;
/** A service that has nothing to tell is asked less and less often: what its own process commits rings the bell. */
const IDLE_POLL_MS = 400;
const SWEEP_EVERY_MS = 2_000;
/** Where so many messages went out together more are on their way: they wait for each other, for every reader handles few large batches with less work. */
const COMPANY_MESSAGES_MIN = 4;
const COMPANY_MS = 120;
const BACK_OFF = { firstMs: 50, maxMs: 2_000 };

export interface OutboxRelayOptions {
  readonly service: string;
  readonly database: Database;
  readonly messageLog: MessageLog;
  /** Names this process among the replicas of the service. */
  readonly holder: string;
  readonly log: MessagingLog;
  readonly observe?: Observe;
  /** Waits so long for company after the bell; 0 when not given. */
  readonly lingerMs?: number;
  /** How often to look without a bell; when not given 100 ms, and down to every 400 ms while there is nothing to tell. */
  readonly pollMs?: number;
}

interface OutboxRow {
  readonly sequence: bigint;
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly message_key: string;
  readonly headers: string;
  readonly body: string;
}

interface Claim extends OutboxRead {
  readonly rows: readonly OutboxRow[];
}

/**
 * Publishes a service's outbox: one relay per service under a lease, batch after batch in the order of insertion, and deletes what was
 * acknowledged. Two relays at once (a stopped process that comes back) may publish twice, which every reader expects; they cannot change
 * the order in which the messages of a key are first seen, because each publishes from the oldest row that is left.
 */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #lease: Lease;
  readonly #observe: Observe;
  readonly #stopping = new AbortController();
  #watermark = new OutboxWatermark();
  #leaseRenewedAt = -Infinity;
  #sweptAt = -Infinity;
  #rang = false;
  #pollMs = POLL_MS;
  #bell: () => void = () => undefined;
  #running: Promise<void> | null = null;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#lease = new Lease(options.database, { name: 'outbox-relay', holder: options.holder, durationMs: LEASE_MS });
    this.#observe = options.observe ?? observeNothing;
  }

  async start(): Promise<void> {
    this.#running ??= this.#run();
    await Promise.resolve();
  }

  /** The doorbell: a transaction of this process has committed messages. Another replica's are found by polling. */
  wake(): void {
    this.#rang = true;
    this.#bell();
  }

  /** Lets the batch in hand finish and gives the lease to the next replica. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#bell();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const backOff = new BackOff(BACK_OFF);
    while (!signal.aborted) {
      try {
        if (!(await this.#holdsLease())) await pause(LEASE_RENEWAL_MS / 2, signal);
        else await this.#turn(signal);
        backOff.reset();
      } catch (error) {
        // The database or the log is away: what was not acknowledged is still in the outbox, and is published again.
        this.#observe({ kind: 'RELAY_FAILED' });
        this.#options.log.warn('outbox-relay-failed', errorFields(error));
        await backOff.pause(signal);
      }
    }
    try {
      await this.#lease.release();
    } catch (error) {
      this.#options.log.warn('outbox-relay-lease-not-released', errorFields(error));
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const { messages, bytes } = await this.#publishBatch();
    const isFull = messages > BATCH_MESSAGES_MAX / 2 || bytes > RELAYED_BYTES_MAX / 2;
    if (messages === 0) await this.#waitForBell(signal);
    else if (messages >= COMPANY_MESSAGES_MIN && !isFull) await pause(Math.max(0, startedAt + COMPANY_MS - performance.now()), signal);
  }

  async #holdsLease(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#leaseRenewedAt < LEASE_RENEWAL_MS) return true;
    const { epoch } = this.#lease;
    const isHeld = await this.#lease.acquire();
    this.#leaseRenewedAt = isHeld ? now : -Infinity;
    // Whoever had the lease in between may have moved on from another place.
    if (this.#lease.epoch !== epoch) this.#watermark = new OutboxWatermark();
    return isHeld;
  }

  async #waitForBell(signal: AbortSignal): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#options.pollMs ?? this.#pollMs);
        this.#bell = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#bell = () => undefined;
      this.#pollMs = Math.min(2 * this.#pollMs, IDLE_POLL_MS);
    }
    if (this.#rang) await pause(this.#options.lingerMs ?? 0, signal);
    this.#rang = false;
  }

  /** Answers what it published. */
  async #publishBatch(): Promise<{ messages: number; bytes: number }> {
    const startedAt = performance.now();
    const claim = await this.#read();
    if (claim.rows.length === 0) {
      this.#watermark.settled(claim);
      return { messages: 0, bytes: 0 };
    }
    this.#pollMs = POLL_MS;
    const readAt = performance.now();
    const records = claim.rows.map(recordOf);
    const positions = await this.#options.messageLog.append(records);
    const appendedAt = performance.now();
    const transactionId = await this.#settle(claim.rows, positions);
    this.#watermark.settled(claim);
    this.#watermark.saw({ sequence: claim.rows.at(-1)!.sequence, transactionId });
    const relayed = { messages: records.length, bytes: claim.rows.reduce((sum, row) => sum + row.body.length, 0) };
    this.#observe({
      kind: 'BATCH_RELAYED',
      ...relayed,
      readMs: readAt - startedAt,
      appendMs: appendedAt - readAt,
      settleMs: performance.now() - appendedAt,
    });
    return relayed;
  }

  async #read(): Promise<Claim> {
    // The sweep finds nothing that the watermark would miss; it holds also against what nobody has thought of, such as rows put back by
    // hand.
    const isSweep = performance.now() - this.#sweptAt >= SWEEP_EVERY_MS;
    if (isSweep) this.#sweptAt = performance.now();
    const from = isSweep ? 0n : this.#watermark.sequence;
    const rows = await this.#options.database.query<OutboxRow & { horizon: string }>(
      `SELECT h.horizon, m.sequence, m.id, m.topic, m.type, m.message_key, m.headers, m.body
       FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon) h
       LEFT JOIN (
         SELECT n.*,
           sum(octet_length(n.body) + ${RECORD_OVERHEAD_BYTES}) OVER (ORDER BY n.sequence ROWS UNBOUNDED PRECEDING) AS bytes_through
         FROM (SELECT * FROM outbox_message WHERE sequence > $1 ORDER BY sequence LIMIT $2) n
       ) m ON m.bytes_through <= $3 OR m.bytes_through = octet_length(m.body) + ${RECORD_OVERHEAD_BYTES}
       ORDER BY m.sequence`,
      [from, BATCH_MESSAGES_MAX, RELAYED_BYTES_MAX],
    );
    const horizon = BigInt(rows[0]?.horizon ?? 0);
    const found = rows[0]?.sequence === null ? [] : rows;
    // A batch cut by its bytes looks like the end of the table, so any batch counts as cut.
    return { rows: found, horizon, readThrough: found.at(-1)?.sequence ?? null };
  }

  /**
   * Deletes what was acknowledged and keeps where it went. A row that another relay has deleted is not written down again, so each
   * message id
   * stands in exactly one batch. Returns the id of this transaction.
   */
  async #settle(rows: readonly OutboxRow[], positions: readonly RecordPosition[]): Promise<bigint> {
    const [settled] = await this.#options.database.query<{ transaction_id: string }>(
      `WITH acknowledged AS (
         SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::bigint[]) AS a(sequence, partition, record_offset)
       ), gone AS (
         DELETE FROM outbox_message WHERE sequence = ANY ($1::bigint[]) RETURNING sequence, id, topic, type
       ), kept AS (
         INSERT INTO outbox_batch (topic, type, message_count, message_ids, partitions, record_offsets)
         SELECT topic, type, count(*),
           array_agg(id ORDER BY sequence), array_agg(partition ORDER BY sequence), array_agg(record_offset ORDER BY sequence)
         FROM gone JOIN acknowledged USING (sequence) GROUP BY topic, type
       )
       SELECT pg_current_xact_id()::text AS transaction_id`,
      [rows.map((row) => row.sequence), positions.map((position) => position.partition), positions.map((position) => position.offset)],
    );
    return BigInt(settled!.transaction_id);
  }
}

function recordOf(row: OutboxRow): LogRecord {
  return { topic: row.topic, key: row.message_key, value: row.body, headers: JSON.parse(row.headers) as Record<string, string> };
}
