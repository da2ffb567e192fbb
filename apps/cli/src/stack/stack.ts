import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assignPorts, checkoutHash, createDatabase, enableStatementStatistics, endProcesses, limitLog, PortClaims, stateFolder } from '@jinku/infrastructure';
import { CHECKOUT } from './checkout.ts';
import { httpUrl, stackVariables, type Variables } from './environment.ts';
import { isLeftOver, stackFolders, type StackFolders } from './folders.ts';
import { databaseSecret, makeKeys } from './keys.ts';
import { hasMigrations, kafkaPart, migrateApp, nodePart, postgresPart, redisPart, type PartContext } from './parts.ts';
import { PORT_NAMES, SERVICE_NAMES, SIMULATOR, TREASURY, type Ports, type Profile, type ServiceName } from './service-names.ts';
import { readState, releaseLock, supervisorOf, takeLock, writeState, type ListedPart } from './state-file.ts';
import { SupervisedProcess, type Part, type ProcessEvent } from './supervised-process.ts';

const LEFT_OVER_ENDS_WITHIN_MS = 10_000;
const LOGS_LIMITED_EVERY_MS = 10_000;
const READY_WITHIN_MS = 60_000;
const DOOR = 'gateway';
/** The treasury holds every service, and the simulator has a database of its own. */
const SEE_TO_THEIR_TABLES = [SIMULATOR, TREASURY] as const;

export type StackProcessName = ServiceName | typeof SIMULATOR | typeof TREASURY;

export interface StackOptions {
  readonly profile: Profile;
  /** Default: the one of the checkout, that `./jinku up` uses. */
  readonly stateDir?: string;
  /** Wins over everything else in the environment of every service and of the simulator. */
  readonly env?: Variables;
  /** The Node processes to start. Default: the simulator, and the treasury (embedded) or every service (cluster). */
  readonly services?: readonly StackProcessName[];
  /** Off only where losing the database at a power cut does not matter. Default: on. */
  readonly fsync?: boolean;
  readonly postgresSettings?: Readonly<Record<string, string>>;
  readonly tell?: (event: ProcessEvent) => void;
}

export class AlreadyRunning extends Error {
  constructor(readonly pid: number) {
    super(`Jinku already runs here, supervised by process ${pid}: \`./jinku status\` shows it, \`./jinku down\` stops it`);
    this.name = 'AlreadyRunning';
  }
}

/** Where `./jinku up` of this checkout keeps its state: another folder is another installation, with ports of its own. */
export function ownStateDir(): string {
  const named = process.env['JINKU_STATE_DIR'] ?? '';
  return named === '' ? join(stateFolder(CHECKOUT), 'stack') : resolve(CHECKOUT, named);
}

/** What a client of a stack needs to know of it. */
export type StackDoors = Pick<Stack, 'urls' | 'processes'>;

/** The stack that another process supervises in the folder, as it says itself; null when none runs there. */
export function runningStack(stateDir: string): StackDoors | null {
  const folders = stackFolders(stateDir);
  const state = readState(folders.stateFile);
  if (state === null || supervisorOf(folders.lockFile) === null) return null;
  return { urls: urlsOf(state.ports as Ports), processes: state.parts };
}

function urlsOf(ports: Ports): Readonly<Record<ServiceName | typeof SIMULATOR, string>> {
  return Object.fromEntries(([...SERVICE_NAMES, SIMULATOR] as const).map((name) => [name, httpUrl(ports[name])])) as ReturnType<typeof urlsOf>;
}

/** Compiled code of every stack of the checkout: what was killed is back in little more than half the time. */
function compileCache(): string {
  return join(stateFolder(CHECKOUT), 'compile-cache');
}

/** Starts everything in order and returns once all of it is ready; when a part does not start, stops what did and throws. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folders = stackFolders(options.stateDir ?? ownStateDir());
  const other = takeLock(folders.lockFile);
  if (other !== null) throw new AlreadyRunning(other.pid);
  const claims = new PortClaims();
  let stack: Stack | undefined;
  try {
    await endLeftOver(folders);
    const ports = await portsOf(folders, claims);
    const secret = databaseSecret(folders.secretFile);
    const variables = stackVariables(
      { profile: options.profile, ports, secret, keysDir: folders.keys },
      { user: process.env, overrides: { NODE_COMPILE_CACHE: compileCache(), ...options.env } },
    );
    makeKeys(folders.keys, [variables['JINKU_SIGNER'] ?? '']);
    const postgresSettings = { ...options.postgresSettings, ...(options.fsync === false ? { fsync: 'off', full_page_writes: 'off' } : {}) };
    stack = new Stack(options, { profile: options.profile, folders, ports, claims, secret, variables, postgresSettings });
    await stack.start();
    return stack;
  } catch (error) {
    await stack?.stop();
    claims.releaseAll();
    releaseLock(folders.lockFile);
    throw error;
  }
}

/** Ends what a start of this stack left running when its supervisor was killed; PostgreSQL sees to its own. */
export async function endLeftOver(folders: StackFolders): Promise<number> {
  return await endProcesses(({ commandLine }) => isLeftOver(folders, commandLine), { signal: 'SIGTERM', withinMs: LEFT_OVER_ENDS_WITHIN_MS });
}

export class Stack {
  readonly profile: Profile;
  readonly stateDir: string;
  readonly env: Variables;
  readonly keysDir: string;
  readonly databaseUrl: string;
  readonly databaseSecret: string;
  readonly urls: Readonly<Record<ServiceName | typeof SIMULATOR, string>>;
  readonly #context: PartContext;
  readonly #services: readonly StackProcessName[];
  readonly #tell: (event: ProcessEvent) => void;
  /** In the order of their start; parts of one group start together. */
  readonly #groups: SupervisedProcess[][] = [];
  #logTimer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: StackOptions, context: PartContext) {
    const { folders, ports, variables } = context;
    this.profile = options.profile;
    this.stateDir = folders.root;
    this.env = variables;
    this.keysDir = folders.keys;
    this.databaseUrl = variables['JINKU_DATABASE_URL'] ?? '';
    this.databaseSecret = context.secret;
    this.urls = urlsOf(ports);
    this.#context = context;
    this.#services = options.services ?? (options.profile === 'embedded' ? [SIMULATOR, TREASURY] : [SIMULATOR, ...SERVICE_NAMES]);
    this.#tell = options.tell ?? (() => undefined);
  }

  get processes(): readonly ListedPart[] {
    return this.#groups.flat().map(({ part, pid, state, restarts }) => ({ name: part.name, pid, state, url: part.url, logFile: part.logFile, restarts }));
  }

  async start(): Promise<void> {
    const { folders, ports, secret } = this.#context;
    mkdirSync(folders.root, { recursive: true });
    this.#logTimer = setInterval(() => this.#limitLogs(), LOGS_LIMITED_EVERY_MS).unref();
    const database = this.#startGroup([postgresPart(this.#context)]).then(async () => {
      await createDatabase({ port: ports.postgres, secret }, 'jinku');
      await enableStatementStatistics({ port: ports.postgres, secret }, 'jinku');
      await this.#migrate();
    });
    // To load the programs takes as long as to make a database: those that make their own tables wait for it by themselves.
    const early = this.#startNodes(SEE_TO_THEIR_TABLES);
    const buses = this.profile === 'cluster' ? [this.#startGroup([kafkaPart(this.#context), redisPart(this.#context)])] : [];
    await Promise.all([database, early, ...buses]);
    await this.#startNodes(SERVICE_NAMES.filter((name) => name !== DOOR));
    await this.#startNodes([DOOR]);
  }

  /** Sends a signal to one process; after SIGKILL waits until it is gone. The supervisor starts it again. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#named(name).kill(signal);
  }

  /** Waits until every process answers that it is ready; throws, naming those that do not. */
  async waitReady({ withinMs = READY_WITHIN_MS }: { withinMs?: number } = {}): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const all = this.#groups.flat();
      const ready = await Promise.all(all.map((process) => process.isReady()));
      if (ready.every(Boolean)) return;
      if (performance.now() > deadline) {
        const waiting = all.filter((_, index) => ready[index] !== true).map(({ part, state }) => `${part.name} (${state})`);
        throw new Error(`not ready after ${withinMs} ms: ${waiting.join(', ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Stops everything in the opposite order of its start. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    await this.#stopped;
  }

  async #stopInOrder(): Promise<void> {
    clearInterval(this.#logTimer);
    for (const group of this.#groups.toReversed()) await Promise.all(group.map((process) => process.stop()));
    this.#record();
    this.#context.claims.releaseAll();
    releaseLock(this.#context.folders.lockFile);
  }

  async #startGroup(parts: readonly Part[]): Promise<void> {
    const group = parts.map(
      (part) =>
        new SupervisedProcess(part, (event) => {
          this.#record();
          this.#tell(event);
        }),
    );
    // A group that came up while the stack was being stopped would outlive it.
    if (this.#stopped !== undefined) throw new Error('stopped while it was starting');
    this.#groups.push(group);
    const outcomes = await Promise.allSettled(group.map((process) => process.start()));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #startNodes(names: readonly StackProcessName[]): Promise<void> {
    await this.#startGroup(names.filter((name) => this.#services.includes(name)).map((name) => nodePart(name, this.#context)));
  }

  async #migrate(): Promise<void> {
    // One process that knows every service migrates them all; the start of seven would cost the time of seven.
    if (!this.#services.includes(TREASURY) && hasMigrations(TREASURY)) await migrateApp(TREASURY, this.#context);
  }

  #named(name: string): SupervisedProcess {
    const found = this.#groups.flat().find(({ part }) => part.name === name);
    if (found === undefined) throw new Error(`no process ${name}; there are ${this.processes.map((listed) => listed.name).join(', ')}`);
    return found;
  }

  #limitLogs(): void {
    for (const { logFile } of this.processes) limitLog(logFile);
  }

  #record(): void {
    writeState(this.#context.folders.stateFile, { profile: this.profile, ports: this.#context.ports, parts: this.processes });
  }
}

async function portsOf(folders: StackFolders, claims: PortClaims): Promise<Ports> {
  const recorded = readState(folders.stateFile)?.ports ?? {};
  return (await assignPorts(PORT_NAMES, { hash: checkoutHash(CHECKOUT), recorded, claims })) as Ports;
}
