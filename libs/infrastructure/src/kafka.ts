import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from './managed-process.ts';
import { freePort, waitForPort } from './ports.ts';

const READY_WITHIN_MS = 60_000;
/** How Java ends when it is asked to and has written everything. */
const JAVA_TERMINATED = 143;
const JAVA_FLAGS = ['-Xms64m', '-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export function hasKafkaTools(): boolean {
  return spawnSync('java', ['-version']).status === 0 && spawnSync('mvn', ['-v'], { stdio: 'ignore' }).status === 0;
}

/**
 * Resolves Kafka's jars with Maven from `pom.xml` into a folder named by its content, and archives beside it the classes that a broker
 * loads; does nothing when they are there.
 */
export async function resolveKafka(pomFile: string, cacheFolder: string): Promise<string> {
  const version = createHash('sha256').update(readFileSync(pomFile)).digest('hex').slice(0, 12);
  const libs = join(cacheFolder, `kafka-${version}`);
  mkdirSync(cacheFolder, { recursive: true });
  if (!existsSync(libs)) copyJars(pomFile, libs);
  if (!existsSync(classArchiveOf(libs))) await archiveClasses(libs);
  return libs;
}

function copyJars(pomFile: string, libs: string): void {
  const partial = `${libs}.${process.pid}`;
  const run = spawnSync(
    'mvn',
    ['-q', '-B', '-f', pomFile, 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (run.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`Maven could not resolve Kafka:\n${run.stdout.toString().slice(-2_000)}${run.stderr.toString().slice(-2_000)}`);
  }
  if (existsSync(libs)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, libs);
}

/** The classes of a broker, loaded and verified: mapped at a start, they spare it a quarter of the time, and more on a busy machine. */
function classArchiveOf(libs: string): string {
  return `${libs}.jsa`;
}

/** Where Java cannot write the archive, or was killed while it did, an empty one says so, and brokers start without: a torn one kills them. */
async function archiveClasses(libs: string): Promise<void> {
  const folder = `${libs}.${process.pid}.broker`;
  const archive = join(folder, 'classes.jsa');
  const login = { username: 'archive', password: 'archive' };
  const ports = { port: await freePort(), controllerPort: await freePort() };
  try {
    const broker = await startKafka({ libs, folder, ...ports, logFile: join(folder, 'kafka.log'), login }, [`-XX:ArchiveClassesAtExit=${archive}`]);
    const { code } = await broker.stop();
    if (code === JAVA_TERMINATED && existsSync(archive)) renameSync(archive, classArchiveOf(libs));
    else if (!existsSync(classArchiveOf(libs))) writeFileSync(classArchiveOf(libs), '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface KafkaOptions {
  readonly libs: string;
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly logFile: string;
  /** The one user whom the broker lets in (SASL/SCRAM-SHA-512); everybody when not given. Counts when the storage is new. */
  readonly login?: { readonly username: string; readonly password: string };
}

/**
 * A cluster id as Kafka writes it: a UUID in 22 characters of base64url. Its first bit is cleared, for an id that begins
 * with a dash (one of 64) is taken for an option by Kafka's tools.
 */
export function clusterIdOf(uuid: string): string {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  bytes[0]! &= 0x7f;
  return bytes.toString('base64url');
}

/** Starts one KRaft node, formatting its storage first when new, and waits until it accepts connections. */
export async function startKafka(options: KafkaOptions, javaFlags = mappedClasses(options.libs)): Promise<ManagedProcess> {
  const { folder, libs, logFile, login } = options;
  mkdirSync(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(options));
  const log4j = join(folder, 'log4j2.properties');
  writeFileSync(log4j, 'rootLogger.level=warn\nrootLogger.appenderRef.c.ref=c\nappender.c.type=Console\nappender.c.name=c\nappender.c.layout.type=PatternLayout\nappender.c.layout.pattern=%d %p %c{1} %m%n\n');
  const java = (main: string, ...args: string[]): string[] => [...JAVA_FLAGS, ...javaFlags, `-Dlog4j2.configurationFile=${log4j}`, '-cp', `${libs}/*`, main, ...args];
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    const user = login === undefined ? [] : ['--add-scram', `SCRAM-SHA-512=[name=${login.username},password=${login.password}]`];
    const format = spawnSync('java', java('kafka.tools.StorageTool', 'format', '-t', clusterIdOf(randomUUID()), '-c', properties, ...user));
    if (format.status !== 0) throw new Error(`Kafka's storage could not be formatted:\n${format.stderr.toString().slice(-2_000)}`);
  }
  const child = ManagedProcess.start({ name: 'kafka', command: 'java', args: java('kafka.Kafka', properties), logFile });
  if (await waitForPort(options.port, { withinMs: READY_WITHIN_MS, hasFailed: () => child.hasExited })) return child;
  await child.stop();
  throw new Error(`Kafka did not come up on port ${options.port}; see ${logFile}`);
}

/** An archive that another Java wrote is passed over. */
function mappedClasses(libs: string): string[] {
  const archive = classArchiveOf(libs);
  return existsSync(archive) && statSync(archive).size > 0 ? [`-XX:SharedArchiveFile=${archive}`] : [];
}

function serverProperties({ folder, port, controllerPort, login }: KafkaOptions): string {
  const door = login === undefined ? 'PLAINTEXT' : 'SASL_PLAINTEXT';
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `${door}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${door}://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    ...(login === undefined ? {} : scramSettings(login)),
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A controller of one node has nobody to whom it must show that it lives.
    'metadata.max.idle.interval.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // A broker that was killed is let in again only when its session before is over.
    'broker.session.timeout.ms': 1_000,
    'broker.heartbeat.interval.ms': 250,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.flush.interval.messages': 1,
    'log.segment.bytes': 67_108_864,
    'log.retention.hours': 24,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function scramSettings({ username, password }: NonNullable<KafkaOptions['login']>): Record<string, string> {
  return {
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'security.inter.broker.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
  };
}
