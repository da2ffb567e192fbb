import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';
import type { BreakerPolicy } from './route/domain/breaker.ts';
import type { TroublePolicy } from './route/domain/trouble-window.ts';

const milliseconds = z.coerce.number().int().min(0);
const percent = z.coerce.number().int().min(1).max(100);

/** A second payout of one amount to one payee is no mistake a day later. */
export const DUPLICATE_WINDOW_MAX_MS = 86_400_000;

const variables = z.object({
  JINKU_PAYOUT_SHARDS: z.coerce.number().int().min(1).max(64).default(2),
  JINKU_PAYOUT_VALIDITY_MS: milliseconds.min(1_000).max(3_600_000).default(60_000),
  JINKU_PAYOUT_QUIET_MS: milliseconds.default(5_000),
  JINKU_PAYOUT_NOT_FOUND_ANSWERS: z.coerce.number().int().min(2).max(20).default(3),
  JINKU_PAYOUT_NOT_FOUND_SPACING_MS: milliseconds.min(10).default(1_000),
  JINKU_PAYOUT_CALL_TIMEOUT_MS: milliseconds.min(50).max(60_000).default(3_000),
  JINKU_PAYOUT_CONCURRENCY: z.coerce.number().int().min(1).max(1_024).default(256),
  JINKU_PAYOUT_LATENCY_TARGET_MS: milliseconds.min(1).default(250),
  JINKU_PAYOUT_LINGER_MS: milliseconds.max(1_000).default(25),
  JINKU_PAYOUT_LEASE_MS: milliseconds.min(500).default(5_000),
  JINKU_PAYOUT_INQUIRIES_PER_SECOND: z.coerce.number().int().min(1).max(10_000).default(200),
  JINKU_PAYOUT_INSTITUTION: z.string().regex(/^[A-Z0-9]{8}$/).default('JINKU001'),
  JINKU_PAYOUT_UNSIGNED_CLIENTS: z.string().default(''),
  JINKU_PAYOUT_DUPLICATE_WINDOW_MS: milliseconds.max(DUPLICATE_WINDOW_MAX_MS).default(0),
  JINKU_PAYOUT_BREAKER_WINDOW_MS: milliseconds.min(1_000).max(600_000).default(30_000),
  JINKU_PAYOUT_BREAKER_UNKNOWN_MIN: z.coerce.number().int().min(1).default(5),
  JINKU_PAYOUT_BREAKER_UNKNOWN_PERCENT: percent.default(20),
  JINKU_PAYOUT_BREAKER_TECHNICAL_MIN: z.coerce.number().int().min(1).default(20),
  JINKU_PAYOUT_BREAKER_TECHNICAL_PERCENT: percent.default(50),
  JINKU_PAYOUT_BREAKER_BACK_OFF_MS: milliseconds.min(100).default(2_000),
  JINKU_PAYOUT_BREAKER_BACK_OFF_MAX_MS: milliseconds.min(100).default(300_000),
});

export interface PayoutsConfig {
  /** How many shards the queue has in the whole installation; a merchant's payouts stay in one shard. Changing it needs an empty queue. */
  readonly shards: number;
  /** How long after the commit of its serial number the house may execute an instruction. */
  readonly validityMs: number;
  /** How long after the validity has passed NOT_FOUND begins to count. */
  readonly quietMs: number;
  /** How many agreeing NOT_FOUND answers, after the quiet time, stand for "not executed". */
  readonly notFoundAnswers: number;
  readonly notFoundSpacingMs: number;
  readonly callTimeoutMs: number;
  /** Most requests in flight to each rail, over all shards of this process. */
  readonly concurrencyMax: number;
  readonly latencyTargetMs: number;
  /** How long claims and results wait for company when the load is low. */
  readonly lingerMs: number;
  readonly leaseMs: number;
  readonly inquiriesPerSecond: number;
  /** The institution's id in serial numbers. */
  readonly institution: string;
  /** Clients whose messages may come without a signature; all others' must carry one. */
  readonly unsignedClients: ReadonlySet<string>;
  /** Within so long a second payout of one amount to one payee is held; 0 for never. Business lines and merchants may have another. */
  readonly duplicateWindowMs: number;
  /** When a route counts as broken, and how long it is left alone. */
  readonly breaker: TroublePolicy & BreakerPolicy;
}

export const PAYOUTS_CONFIG = Symbol('jinku:payouts-config');
/** Tells this service's serial numbers from those of other services that send to the same house. */
export const SERIAL_NUMBER_ISSUER = 0;

export function payoutsConfig(environment: Environment): PayoutsConfig {
  const read = readVariables(variables, environment);
  return Object.freeze({
    shards: read.JINKU_PAYOUT_SHARDS,
    validityMs: read.JINKU_PAYOUT_VALIDITY_MS,
    quietMs: read.JINKU_PAYOUT_QUIET_MS,
    notFoundAnswers: read.JINKU_PAYOUT_NOT_FOUND_ANSWERS,
    notFoundSpacingMs: read.JINKU_PAYOUT_NOT_FOUND_SPACING_MS,
    callTimeoutMs: read.JINKU_PAYOUT_CALL_TIMEOUT_MS,
    concurrencyMax: read.JINKU_PAYOUT_CONCURRENCY,
    latencyTargetMs: read.JINKU_PAYOUT_LATENCY_TARGET_MS,
    lingerMs: read.JINKU_PAYOUT_LINGER_MS,
    leaseMs: read.JINKU_PAYOUT_LEASE_MS,
    inquiriesPerSecond: read.JINKU_PAYOUT_INQUIRIES_PER_SECOND,
    institution: read.JINKU_PAYOUT_INSTITUTION,
    unsignedClients: new Set(
      read.JINKU_PAYOUT_UNSIGNED_CLIENTS.split(',')
        .map((client) => client.trim())
        .filter((client) => client !== ''),
    ),
    duplicateWindowMs: read.JINKU_PAYOUT_DUPLICATE_WINDOW_MS,
    breaker: {
      windowMs: read.JINKU_PAYOUT_BREAKER_WINDOW_MS,
      unknownMin: read.JINKU_PAYOUT_BREAKER_UNKNOWN_MIN,
      unknownPercent: read.JINKU_PAYOUT_BREAKER_UNKNOWN_PERCENT,
      technicalMin: read.JINKU_PAYOUT_BREAKER_TECHNICAL_MIN,
      technicalPercent: read.JINKU_PAYOUT_BREAKER_TECHNICAL_PERCENT,
      firstBackOffMs: read.JINKU_PAYOUT_BREAKER_BACK_OFF_MS,
      longestBackOffMs: read.JINKU_PAYOUT_BREAKER_BACK_OFF_MAX_MS,
    },
  });
}

/** The clearing houses this service pays through: the first is primary where a business line names none. */
export const PAYOUT_RAILS = Symbol('jinku:payout-rails');
export const PAYEE_CIPHER = Symbol('jinku:payee-cipher');
/** Public keys of client systems by client id. */
export const CLIENT_KEYS = Symbol('jinku:client-keys');
