import { setTimeout as wait } from 'node:timers/promises';
import { Queue, Worker, createPostgresBackend, withBackend, type ConnectionOptions } from 'bullmq';
import { roleOf, rolePassword, type DatabaseAddress } from '@jinku/persistence';
import { Redis } from 'ioredis';
import type { JobLog, RingBackend } from './doorbells.ts';

export const JOBS_SCHEMA = 'bullmq';
export const JOBS_SERVICE_NAME = 'bullmq';

/** A ring that cannot be put down within this time is given up: the sweep finds the work. */
const ADD_TIMEOUT_MS = 2_000;
/** A server that is gone must not hold up the stop. */
const STOP_TIMEOUT_MS = 3_000;
/** A server that is down says so on every try. */
const SAME_ERROR_EVERY_MS = 30_000;
const POSTGRES_CONNECTIONS_MAX = 2;
/** While a process starts it is busy, and its connections wait for it; whoever rings has a limit of their own. */
const POSTGRES_CONNECT_TIMEOUT_MS = 30_000;

interface RingQueue {
  add(name: string, data: object, options: { delay: number; removeOnComplete: boolean; removeOnFail: boolean }): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface RingWorker {
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface Parts {
  readonly queue: RingQueue;
  readonly openWorker: (onRing: (name: string) => Promise<void>) => RingWorker;
  readonly close: () => Promise<void>;
}

/** One BullMQ queue per service whose jobs are named like the bells; a job carries nothing. */
class BullmqBackend implements RingBackend {
  readonly #parts: Parts;
  readonly #log: JobLog;
  #worker: RingWorker | null = null;
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts, log: JobLog) {
    this.#parts = parts;
    this.#log = log;
    parts.queue.on('error', (error) => this.#say(error));
  }

  start(onRing: (name: string) => Promise<void>): Promise<void> {
    this.#worker = this.#parts.openWorker(onRing);
    this.#worker.on('error', (error) => this.#say(error));
    return Promise.resolve();
  }

  async add(name: string, delayMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the job queue did not take the ring in time')), ADD_TIMEOUT_MS);
    });
    try {
      await Promise.race([this.#parts.queue.add(name, {}, { delay: delayMs, removeOnComplete: true, removeOnFail: true }), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    const limit = new AbortController();
    const closed = Promise.allSettled([this.#worker?.close(true), this.#parts.queue.close()]);
    await Promise.race([closed, wait(STOP_TIMEOUT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
    await this.#parts.close();
  }

  #say(error: Error): void {
    if (performance.now() - this.#saidAtMs < SAME_ERROR_EVERY_MS) return;
    this.#saidAtMs = performance.now();
    this.#log.warn('job-queue-error', { error });
  }
}

export function postgresRings(service: string, address: DatabaseAddress, log: JobLog): RingBackend {
  const role = roleOf(JOBS_SERVICE_NAME);
  const connection = {
    host: address.host,
    port: address.port,
    database: address.database,
    user: role,
    password: rolePassword({ host: address.host, port: address.port, database: address.database, secret: address.secret }, role),
    application_name: `${role}_${service}`,
    schema: JOBS_SCHEMA,
    keepAlive: true,
    max: POSTGRES_CONNECTIONS_MAX,
    connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MS,
  };
  const onPostgres = withBackend(createPostgresBackend);
  const name = queueNameOf(service);
  return new BullmqBackend(
    {
      queue: new onPostgres.Queue(name, { connection }),
      openWorker: (onRing) => {
        const worker = new onPostgres.Worker(name, (job) => onRing(job.name), { connection, concurrency: 1, autorun: false });
        // BullMQ keeps a first connection that failed for good, and its loop asks that one again without a pause, so that nothing else in the process ever
        // runs: the loop begins once there is a connection. Without one the sweeps do the work, until the process is started again.
        worker.waitUntilReady().then(() => worker.run()).catch((error: unknown) => worker.emit('error', error as Error));
        return worker;
      },
      close: () => Promise.resolve(),
    },
    log,
  );
}

export function redisRings(service: string, redisUrl: string, log: JobLog): RingBackend {
  const name = queueNameOf(service);
  const commands = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, connectTimeout: ADD_TIMEOUT_MS });
  // A worker blocks on its connection and waits through outages, so its requests are retried for ever.
  const blocking = new Redis(redisUrl, { maxRetriesPerRequest: null });
  // The queue and the worker pass on what their connections say.
  for (const client of [commands, blocking]) client.on('error', () => undefined);
  return new BullmqBackend(
    {
      queue: new Queue(name, { connection: commands as unknown as ConnectionOptions }),
      openWorker: (onRing) => new Worker(name, (job) => onRing(job.name), { connection: blocking as unknown as ConnectionOptions, concurrency: 1 }),
      close: () => {
        commands.disconnect();
        blocking.disconnect();
        return Promise.resolve();
      },
    },
    log,
  );
}

function queueNameOf(service: string): string {
  return `doorbell-${service}`;
}
