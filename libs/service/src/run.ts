import { flushCompileCache } from 'node:module';
import { migrateBus } from '@jinku/messaging';
import { migrateJobs } from '@jinku/jobs';
import { awaitDatabase, migrate } from '@jinku/persistence';
import { bootService, type RunningService } from './boot.ts';
import { platformConfig, type Environment } from './platform-config.ts';
import type { ServiceDefinition } from './service-definition.ts';

const EXIT_START_FAILED = 1;
/** Longer than a database is ever made on a machine that is busy with something else. */
const DATABASE_WITHIN_MS = 300_000;

/**
 * The whole of a service's `main.ts`: boots, and stops in order at SIGTERM or SIGINT. Of several services the last is the door to the outside: it opens
 * when all others, who boot side by side, are there, and is the first to close.
 */
export async function runServices(definitions: readonly ServiceDefinition[], environment: Environment): Promise<void> {
  const running = new Map<ServiceDefinition, RunningService>();
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    for (const definition of definitions.toReversed()) await running.get(definition)?.stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  // A promise that nobody waits for and that fails is a bug; the supervisor starts a process whose state is known again.
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`${JSON.stringify({ level: 60, msg: 'process-crashed', error: String((error as Error)?.stack ?? error) })}\n`);
    process.exit(EXIT_START_FAILED);
  });
  const boot = async (definition: ServiceDefinition): Promise<void> => void running.set(definition, await bootService(definition, environment));
  await Promise.all(definitions.slice(0, -1).map(boot));
  await Promise.all(definitions.slice(-1).map(boot));
  // A process that is killed keeps nothing, so what was compiled is kept now; without NODE_COMPILE_CACHE this does nothing.
  flushCompileCache();
}

/**
 * The whole of a service's `migrate.ts`. Waits for a database that is on its way up. Schemas are independent of one another, so they are made side by
 * side; when one fails, this throws, and what the others have under way is undone with their process.
 */
export async function migrateServices(definitions: readonly ServiceDefinition[], environment: Environment): Promise<void> {
  const { database: address, databaseAdmin: admin, jobs, profile } = platformConfig(environment);
  await awaitDatabase(address, { role: admin, withinMs: DATABASE_WITHIN_MS });
  await Promise.all([
    migrateBus(address, admin),
    ...(jobs === 'on' && profile === 'embedded' ? [migrateJobs(address, admin)] : []),
    ...definitions.map(({ name, migrations }) => migrate({ address, admin, name, migrations })),
  ]);
}
