import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, ManagedProcess, resolveKafka, startKafka, startPostgres, startRedis, tailOf, waitForPort, type PortClaims } from '@jinku/infrastructure';
import { CHECKOUT } from './checkout.ts';
import { httpUrl, type Variables } from './environment.ts';
import { markerOf, type StackFolders } from './folders.ts';
import { SERVICE_NAMES, SIMULATOR, TREASURY, type Ports, type Profile } from './service-names.ts';
import type { Part } from './supervised-process.ts';

const READY_WITHIN_MS = 60_000;
/** At first a process may have to wait for a database that is only being made; that one has its own limits. */
const FIRST_READY_WITHIN_MS = 300_000;
const PROBE_EVERY_MS = 50;
const PROBE_TIMEOUT_MS = 2_000;
const TAIL_LINES = 15;
/**
 * The embedded profile shares its machine with whatever else its user runs: there a small young generation is worth more than the last bit of
 * throughput. It takes a third off what the idle treasury holds. In the cluster a batch outlives a small young generation: what is copied into
 * the old one is paid for twice.
 */
const NODE_FLAGS: Readonly<Record<Profile, readonly string[]>> = { embedded: ['--max-semi-space-size=4'], cluster: ['--max-semi-space-size=64'] };

export interface PartContext {
  readonly profile: Profile;
  readonly folders: StackFolders;
  readonly ports: Ports;
  readonly claims: PortClaims;
  readonly secret: string;
  readonly variables: Variables;
  readonly postgresSettings: Readonly<Record<string, string>>;
}

export function postgresPart({ folders, ports, secret, postgresSettings }: PartContext): Part {
  const logFile = folders.logFile('postgres');
  return {
    name: 'postgres',
    url: `postgres://127.0.0.1:${ports.postgres}/jinku`,
    logFile,
    start: async (spawned) => {
      const running = await startPostgres({ folder: folders.postgres, port: ports.postgres, secret, logFile, settings: postgresSettings });
      spawned(running.process);
      return running.process;
    },
    isReady: () => accepts(ports.postgres),
  };
}

export function kafkaPart({ folders, ports }: PartContext): Part {
  const logFile = folders.logFile('kafka');
  return {
    name: 'kafka',
    url: `127.0.0.1:${ports.kafka}`,
    logFile,
    start: async () => {
      const libs = await resolveKafka(join(CHECKOUT, 'deploy', 'kafka', 'pom.xml'), cacheFolder(CHECKOUT));
      return await startKafka({ libs, folder: folders.kafka, port: ports.kafka, controllerPort: ports['kafka-controller'], logFile });
    },
    isReady: () => accepts(ports.kafka),
  };
}

export function redisPart({ folders, ports }: PartContext): Part {
  const logFile = folders.logFile('redis');
  return {
    name: 'redis',
    url: `redis://127.0.0.1:${ports.redis}`,
    logFile,
    start: () => startRedis({ folder: folders.redis, port: ports.redis, logFile }),
    isReady: () => accepts(ports.redis),
  };
}

/** One Node process: a service, all services, or the simulator. Ready when every port it listens on says so. */
export function nodePart(name: string, { folders, ports, variables, profile }: PartContext): Part {
  const logFile = folders.logFile(name);
  const urls = listeningPorts(name, ports).map(httpUrl);
  let isFirst = true;
  return {
    name,
    url: urls.at(-1) ?? '',
    logFile,
    isReady: () => areReady(urls),
    start: async (spawned) => {
      const migrating: Variables = isFirst && name === TREASURY ? { JINKU_MIGRATE: '1' } : {};
      const withinMs = isFirst ? FIRST_READY_WITHIN_MS : READY_WITHIN_MS;
      const process = startNode({ name, script: scriptOf(name, 'main'), flags: NODE_FLAGS[profile], folders, variables: { ...variables, ...migrating } });
      spawned(process);
      const deadline = performance.now() + withinMs;
      while (!(await areReady(urls))) {
        if (process.hasExited) throw new Error(`${name} ended while it was starting; its log ends:\n${tailOf(logFile, TAIL_LINES).join('\n')}`);
        if (performance.now() > deadline) {
          await process.stop();
          throw new Error(`${name} was not ready within ${withinMs / 1_000} s; its log ends:\n${tailOf(logFile, TAIL_LINES).join('\n')}`);
        }
        await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
      }
      isFirst = false;
      return process;
    },
  };
}

/** Runs an app's migrations to their end. An app without any has no such file. */
export async function migrateApp(name: string, { folders, variables }: PartContext): Promise<void> {
  const script = scriptOf(name, 'migrate');
  const process = startNode({ name: 'migrate', script, flags: [], folders, variables });
  const { code } = await process.exited;
  if (code !== 0) throw new Error(`the migrations of ${name} failed:\n${tailOf(folders.logFile('migrate'), TAIL_LINES).join('\n')}`);
}

export function hasMigrations(name: string): boolean {
  return existsSync(scriptOf(name, 'migrate'));
}

function scriptOf(name: string, entry: 'main' | 'migrate'): string {
  return join(CHECKOUT, 'apps', name, 'dist', `${entry}.js`);
}

interface NodeStart extends Pick<PartContext, 'folders' | 'variables'> {
  readonly name: string;
  readonly script: string;
  readonly flags: readonly string[];
}

function startNode({ name, script, flags, folders, variables }: NodeStart): ManagedProcess {
  if (!existsSync(script)) throw new Error(`${script} is missing: build first (./jinku does)`);
  return ManagedProcess.start({
    name,
    command: process.execPath,
    args: [...flags, script, markerOf(folders)],
    env: { ...variables },
    cwd: CHECKOUT,
    logFile: folders.logFile(name),
  });
}

function listeningPorts(name: string, ports: Ports): number[] {
  if (name === TREASURY) return SERVICE_NAMES.map((service) => ports[service]);
  if (name === SIMULATOR) return [ports[SIMULATOR]];
  return SERVICE_NAMES.filter((service) => service === name).map((service) => ports[service]);
}

/** Asks the one that opens last first: while it is closed nobody else needs to be asked. */
async function areReady(urls: readonly string[]): Promise<boolean> {
  for (const url of urls.toReversed()) {
    if (!(await isReadyAt(url))) return false;
  }
  return true;
}

async function isReadyAt(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens yet, or it does not answer in time: not ready, whichever it is.
    return false;
  }
}

async function accepts(port: number): Promise<boolean> {
  return await waitForPort(port, { withinMs: 1, hasFailed: () => false });
}
