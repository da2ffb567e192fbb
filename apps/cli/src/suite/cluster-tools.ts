import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder, hasKafkaTools, hasRedis, resolveKafka } from '@jinku/infrastructure';
import { CHECKOUT } from '../stack/checkout.ts';

export interface ClusterTools {
  readonly missing: readonly ('kafka' | 'redis')[];
  /** One line for each part that is left out. */
  readonly reasons: readonly string[];
}

/** Brings what the cluster profile needs where the tools for it are there, and says what has to be left out. */
export async function prepareClusterTools({ mayInstall }: { mayInstall: boolean }): Promise<ClusterTools> {
  const missing: ('kafka' | 'redis')[] = [];
  const reasons: string[] = [];
  if (!hasRedis() && mayInstall) installRedis();
  if (!hasRedis()) {
    missing.push('redis');
    reasons.push('Left out: everything on Redis, because redis-server is missing (apt-get install redis-server).');
  }
  try {
    if (!hasKafkaTools()) throw new Error('Java 17 or Maven is missing (apt-get install openjdk-17-jre-headless maven)');
    await resolveKafka(join(CHECKOUT, 'deploy', 'kafka', 'pom.xml'), cacheFolder(CHECKOUT));
  } catch (error) {
    missing.push('kafka');
    reasons.push(`Left out: everything on Kafka, because ${(error as Error).message}.`);
  }
  return { missing, reasons };
}

function installRedis(): void {
  process.stdout.write('Installing redis-server (apt-get)…\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Debian starts a service after installing it; where that is done, ours still uses a port of its own.
  spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', env });
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'redis-server'], { stdio: ['ignore', 'ignore', 'inherit'], env });
}
