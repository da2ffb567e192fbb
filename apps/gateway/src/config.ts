import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';

/** The services behind the gateway. */
export const Upstream = { ACCOUNTS: 'accounts', AUDIT: 'audit', LEDGER: 'ledger', QUOTAS: 'quotas', PAYOUTS: 'payouts', TRANSFERS: 'transfers' } as const;
export type Upstream = (typeof Upstream)[keyof typeof Upstream];

const variables = z.object({
  JINKU_GATEWAY_PORT: z.coerce.number().int(),
  JINKU_GATEWAY_URL: z.url().optional(),
  JINKU_TOKEN_AUDIENCE: z.string().min(1).optional(),
  JINKU_ACCOUNTS_URL: z.url(),
  JINKU_AUDIT_URL: z.url(),
  JINKU_LEDGER_URL: z.url(),
  JINKU_QUOTAS_URL: z.url(),
  JINKU_PAYOUTS_URL: z.url(),
  JINKU_TRANSFERS_URL: z.url(),
  JINKU_UPSTREAM_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(15_000),
  JINKU_UPSTREAM_CONNECTIONS: z.coerce.number().int().min(1).max(1_024).default(64),
  JINKU_ACTOR_REQUESTS_PER_SECOND: z.coerce.number().positive().default(5_000),
  JINKU_ACTOR_REQUESTS_BURST: z.coerce.number().int().min(1).default(10_000),
  JINKU_LOGINS_PER_SECOND: z.coerce.number().positive().default(1),
  JINKU_LOGINS_BURST: z.coerce.number().int().min(1).default(20),
  JINKU_RESULTS_KEPT_HOURS: z.coerce.number().int().min(1).default(168),
});

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface GatewayConfig {
  /** What a client assertion must be meant for. */
  readonly tokenAudience: string;
  readonly upstreamUrls: Readonly<Record<Upstream, string>>;
  readonly upstreamTimeoutMs: number;
  readonly upstreamConnections: number;
  /** Of one person or client, over all doors. */
  readonly actorRate: Rate;
  /** Of one network address, for passwords and assertions. */
  readonly loginRate: Rate;
  /** How long a message of results can be read at the message door. */
  readonly resultsKeptMs: number;
}

export const GATEWAY_CONFIG = Symbol('jinku:gateway-config');

export const TOKEN_PATH = '/v1/auth/token';
/** Largest body of any door: a batch of 500 payouts is about half of it. */
export const BODY_BYTES_MAX = 1_048_576;
/** A file of payouts, with ten thousand rows. */
export const FILE_BYTES_MAX = 8 * 1_048_576;

const HOUR_MS = 3_600_000;

export function gatewayConfig(environment: Environment): GatewayConfig {
  const read = readVariables(variables, environment);
  const url = read.JINKU_GATEWAY_URL ?? `http://127.0.0.1:${read.JINKU_GATEWAY_PORT}`;
  return Object.freeze({
    tokenAudience: read.JINKU_TOKEN_AUDIENCE ?? `${url.replace(/\/$/, '')}${TOKEN_PATH}`,
    upstreamUrls: Object.freeze({
      accounts: read.JINKU_ACCOUNTS_URL,
      audit: read.JINKU_AUDIT_URL,
      ledger: read.JINKU_LEDGER_URL,
      quotas: read.JINKU_QUOTAS_URL,
      payouts: read.JINKU_PAYOUTS_URL,
      transfers: read.JINKU_TRANSFERS_URL,
    }),
    upstreamTimeoutMs: read.JINKU_UPSTREAM_TIMEOUT_MS,
    upstreamConnections: read.JINKU_UPSTREAM_CONNECTIONS,
    actorRate: Object.freeze({ perSecond: read.JINKU_ACTOR_REQUESTS_PER_SECOND, burst: read.JINKU_ACTOR_REQUESTS_BURST }),
    loginRate: Object.freeze({ perSecond: read.JINKU_LOGINS_PER_SECOND, burst: read.JINKU_LOGINS_BURST }),
    resultsKeptMs: read.JINKU_RESULTS_KEPT_HOURS * HOUR_MS,
  });
}
