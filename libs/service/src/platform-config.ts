import { acceleratedClock, systemClock, type Clock } from '@jinku/calendar';
import type { KafkaSecurity } from '@jinku/messaging';
import { z } from 'zod';
import { databaseAddress, type DatabaseAddress } from '@jinku/persistence';

/** The settings were not usable; the message names each variable and the rule it breaks, never its value. */
export class ConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`);
    this.name = 'ConfigurationError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Each connection is a process of the server with three megabytes of its own; where all services share one thread, four each keep it busy. */
const POOL_MAX = { embedded: 4, cluster: 8 } as const;

const platformVariables = z.object({
  JINKU_PROFILE: z.enum(['embedded', 'cluster']).default('embedded'),
  JINKU_DATABASE_URL: z.url(),
  JINKU_DATABASE_ADMIN: z.string().min(1).default('postgres'),
  JINKU_DATABASE_SECRET: z.string().min(16),
  JINKU_DATABASE_PASSWORD: z.string().min(1).optional(),
  JINKU_DATABASE_POOL: z.coerce.number().int().min(2).max(100).optional(),
  JINKU_KAFKA_BROKERS: z.string().default('127.0.0.1:9092'),
  JINKU_KAFKA_TLS: z.enum(['on', 'off']).default('off'),
  JINKU_KAFKA_USERNAME: z.string().min(1).optional(),
  JINKU_KAFKA_PASSWORD: z.string().min(1).optional(),
  JINKU_REDIS_URL: z.url().default('redis://127.0.0.1:6379'),
  JINKU_JOBS: z.enum(['on', 'off']).default('on'),
  JINKU_KEYS_DIR: z.string().min(1),
  JINKU_BIND: z.string().default('127.0.0.1'),
  JINKU_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  JINKU_CLOCK_RATE: z.coerce.number().positive().max(10_000).default(1),
  JINKU_CLOCK_ANCHOR_BUSINESS: z.iso.datetime().optional(),
  JINKU_CLOCK_ANCHOR_WALL: z.coerce.number().int().positive().optional(),
});

/** What every service needs to know of the installation. */
export interface PlatformConfig {
  readonly profile: 'embedded' | 'cluster';
  readonly database: DatabaseAddress;
  readonly databaseAdmin: string;
  readonly databasePoolMax: number;
  readonly kafkaBrokers: readonly string[];
  readonly kafkaSecurity: KafkaSecurity;
  readonly redisUrl: string;
  readonly jobs: 'on' | 'off';
  readonly keysDir: string;
  readonly bind: string;
  readonly logLevel: string;
  readonly clock: Clock;
}

/** Parses a set of variables; throws ConfigurationError naming every one that is missing or breaks its rule. */
export function readVariables<S extends z.ZodType>(schema: S, environment: Environment): z.output<S> {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  return parsed.data;
}

export function platformConfig(environment: Environment): PlatformConfig {
  const read = readVariables(platformVariables, environment);
  return Object.freeze({
    profile: read.JINKU_PROFILE,
    database: databaseAddress(read.JINKU_DATABASE_URL, read.JINKU_DATABASE_SECRET, read.JINKU_DATABASE_PASSWORD),
    databaseAdmin: read.JINKU_DATABASE_ADMIN,
    databasePoolMax: read.JINKU_DATABASE_POOL ?? POOL_MAX[read.JINKU_PROFILE],
    kafkaBrokers: read.JINKU_KAFKA_BROKERS.split(','),
    kafkaSecurity: { isEncrypted: read.JINKU_KAFKA_TLS === 'on', login: kafkaLogin(read) },
    redisUrl: read.JINKU_REDIS_URL,
    jobs: read.JINKU_JOBS,
    keysDir: read.JINKU_KEYS_DIR,
    bind: read.JINKU_BIND,
    logLevel: read.JINKU_LOG_LEVEL,
    clock: clockOf(read),
  });
}

function kafkaLogin(read: z.output<typeof platformVariables>): KafkaSecurity['login'] {
  const { JINKU_KAFKA_USERNAME: username, JINKU_KAFKA_PASSWORD: password } = read;
  if (username === undefined && password === undefined) return null;
  if (username === undefined || password === undefined) throw new ConfigurationError(['JINKU_KAFKA_USERNAME and JINKU_KAFKA_PASSWORD are given together']);
  return { username, password };
}

/** The installation's business clock. Every process is given the same anchor, so all of them read the same time. */
function clockOf(read: z.output<typeof platformVariables>): Clock {
  const { JINKU_CLOCK_ANCHOR_BUSINESS: business, JINKU_CLOCK_ANCHOR_WALL: wall, JINKU_CLOCK_RATE: rate } = read;
  if (business === undefined && wall === undefined && rate === 1) return systemClock;
  if (business === undefined || wall === undefined) {
    throw new ConfigurationError(['JINKU_CLOCK_ANCHOR_BUSINESS and JINKU_CLOCK_ANCHOR_WALL are given together, and always with another rate than 1']);
  }
  return acceleratedClock({ anchorBusiness: new Date(business), anchorWall: wall, rate });
}
