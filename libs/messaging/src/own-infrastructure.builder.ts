import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  cacheFolder,
  createDatabase,
  freePort,
  hasKafkaTools,
  POSTGRES_ADMIN,
  resolveKafka,
  startKafka,
  startPostgres,
  type ManagedProcess,
} from '@jinku/infrastructure';
import { leaveOut } from '@jinku/testing';
import { Database, migrate, type DatabaseAddress } from '@jinku/persistence';
import { KafkaMessageLog } from './kafka/kafka-message-log.ts';
import type { KafkaSecurity } from './kafka/kafka-security.ts';
import type { MessageLog } from './message-log.ts';
import { ORDERS, ORDERS_MIGRATIONS, silentLog } from './orders-service.builder.ts';
import { migrateBus } from './postgres/bus-tables.ts';
import { PostgresMessageLog } from './postgres/postgres-message-log.ts';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
const STATEMENT_TIMEOUT_MS = 30_000;
/** Short, so that the specs need not wait for a member that is gone; the slow consumer is slower still. */
const MEMBER_LOST_MS = 2_000;
export const KAFKA_LOGIN = { username: 'jinku', password: 'known-to-the-broker' };

/** A database server of one spec's own, because it is killed. */
export class OwnPostgres {
  readonly address: DatabaseAddress;
  readonly #folder: string;
  #server: { process: ManagedProcess };

  private constructor(address: DatabaseAddress, folder: string, server: { process: ManagedProcess }) {
    this.address = address;
    this.#folder = folder;
    this.#server = server;
  }

  static async start(): Promise<OwnPostgres> {
    const folder = scratchFolder('postgres');
    const address = { host: '127.0.0.1', port: await freePort(), database: 'jinku', secret: 'a secret of the specs' };
    const server = await startPostgres({ folder, port: address.port, secret: address.secret, logFile: join(folder, 'postgres.log') });
    const own = new OwnPostgres(address, folder, server);
    try {
      await createDatabase(address, address.database);
      await migrateBus(address, POSTGRES_ADMIN);
      await migrate({ address, admin: POSTGRES_ADMIN, name: ORDERS, migrations: ORDERS_MIGRATIONS });
      return own;
    } catch (error) {
      await own.stop();
      throw error;
    }
  }

  /** A pool of its own, as each process has one. */
  async open(): Promise<Database> {
    return await Database.open({ address: this.address, name: ORDERS, poolMax: 12, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  }

  async killAndRestart(): Promise<void> {
    this.#server.process.kill('SIGKILL');
    await this.#server.process.exited;
    const { port, secret } = this.address;
    this.#server = await startPostgres({ folder: this.#folder, port, secret, logFile: join(this.#folder, 'postgres.log') });
  }

  async stop(): Promise<void> {
    await this.#server.process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What the contract suite asks of a log. */
export interface LogUnderTest {
  /** A client of its own, as each process has one. */
  connect(database: Database): MessageLog;
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export function postgresLog(postgres: OwnPostgres): LogUnderTest {
  return {
    connect: (database) => new PostgresMessageLog({ database, log: silentLog, leaseMs: MEMBER_LOST_MS }),
    killAndRestart: () => postgres.killAndRestart(),
    stop: () => Promise.resolve(),
  };
}

/**
 * Kafka's programs, for a broker of one spec's own, because it is killed; null when this machine cannot have them, which the run then
 * says.
 */
export async function kafkaLibs(): Promise<string | null> {
  if (hasKafkaTools()) return await resolveKafka(join(CHECKOUT, 'deploy/kafka/pom.xml'), cacheFolder(CHECKOUT));
  leaveOut('the message log on Kafka needs java and mvn (apt-get install default-jre-headless maven)');
  return null;
}

/** A broker that lets in whom it knows. */
export async function kafkaLog(libs: string): Promise<LogUnderTest & { connectAs(login: KafkaSecurity['login']): MessageLog }> {
  const folder = scratchFolder('kafka');
  const options = { libs, folder, port: await freePort(), controllerPort: await freePort(), logFile: join(folder, 'kafka.log'), login: KAFKA_LOGIN };
  const connectAs = (login: KafkaSecurity['login']): MessageLog =>
    new KafkaMessageLog({
      brokers: [`127.0.0.1:${options.port}`],
      clientId: 'orders',
      log: silentLog,
      sessionTimeoutMs: MEMBER_LOST_MS,
      security: { isEncrypted: false, login },
    });
  let broker = await startKafka(options);
  return {
    connectAs,
    connect: () => connectAs(KAFKA_LOGIN),
    killAndRestart: async () => {
      broker.kill('SIGKILL');
      await broker.exited;
      broker = await startKafka(options);
    },
    stop: async () => {
      broker.kill('SIGKILL');
      await broker.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `jinku-messaging-${name}-`));
  // PostgreSQL may run as another user, who has to enter it.
  chmodSync(folder, 0o755);
  return folder;
}
