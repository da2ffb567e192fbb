import type { DatabaseAddress } from '@jinku/persistence';
import { postgresRings, redisRings } from './bullmq-backend.ts';
import { Doorbells, type JobLog, type RingBackend } from './doorbells.ts';

export interface DoorbellOptions {
  readonly service: string;
  readonly profile: 'embedded' | 'cluster';
  /** `off`: sweeps alone. */
  readonly mode: 'on' | 'off';
  readonly database: DatabaseAddress;
  readonly redisUrl: string;
  readonly log: JobLog;
}

/** The one place that chooses what carries the rings: PostgreSQL on the embedded profile, Redis on the cluster, nothing with jobs off. */
export function createDoorbells(options: DoorbellOptions): Doorbells {
  return new Doorbells(backendOf(options), options.log);
}

function backendOf({ mode, profile, service, database, redisUrl, log }: DoorbellOptions): RingBackend | null {
  if (mode === 'off') return null;
  return profile === 'cluster' ? redisRings(service, redisUrl, log) : postgresRings(service, database, log);
}
