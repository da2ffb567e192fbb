import { flushCompileCache } from 'node:module';
import { migrateBus } from '@jinku/messaging';
import { migrateJobs } from '@jinku/jobs';
import { migrate } from '@jinku/persistence';
import { bootService } from './boot.ts';
import { platformConfig, type Environment } from './platform-config.ts';
import type { ServiceDefinition } from './service-definition.ts';

const EXIT_START_FAILED = 1;

/** The whole of a service's `main.ts`: boots, and stops in order at SIGTERM or SIGINT. */
export async function runServices(definitions: readonly ServiceDefinition[], environment: Environment): Promise<void> {
  const running: { stop(): Promise<void> }[] = [];
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    for (const service of running.toReversed()) await service.stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  // A promise that nobody waits for and that fails is a bug; the supervisor starts a process whose state is known again.
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`${JSON.stringify({ level: 60, msg: 'process-crashed', error: String((error as Error)?.stack ?? error) })}\n`);
    process.exit(EXIT_START_FAILED);
  });
  for (const definition of definitions) running.push(await bootService(definition, environment));
  // A process that is killed keeps nothing, so what was compiled is kept now; without NODE_COMPILE_CACHE this does nothing.
  flushCompileCache();
}

/** The whole of a service's `migrate.ts`. */
export async function migrateServices(definitions: readonly ServiceDefinition[], environment: Environment): Promise<void> {
  const config = platformConfig(environment);
  await migrateBus(config.database, config.databaseAdmin);
  if (config.jobs === 'on' && config.profile === 'embedded') await migrateJobs(config.database, config.databaseAdmin);
  for (const definition of definitions) {
    await migrate({ address: config.database, admin: config.databaseAdmin, name: definition.name, migrations: definition.migrations });
  }
}
