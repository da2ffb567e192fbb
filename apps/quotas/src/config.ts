import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';

const variables = z.object({
  JINKU_PAYOUT_SHARDS: z.coerce.number().int().min(1).max(64).default(2),
  JINKU_QUOTA_POLL_MS: z.coerce.number().int().min(100).max(600_000).default(5_000),
  JINKU_QUOTA_STALE_MS: z.coerce.number().int().min(1_000).default(30_000),
});

export interface QuotasConfig {
  /** How many payout shards there are; each has one grant per clearing house. */
  readonly payoutShards: number;
  /** How often the mapped quota is asked for when no notice comes. */
  readonly pollMs: number;
  /** An observation older than this is marked stale. */
  readonly staleAfterMs: number;
}

export const QUOTAS_CONFIG = Symbol('jinku:quotas-config');

export function quotasConfig(environment: Environment): QuotasConfig {
  const read = readVariables(variables, environment);
  return Object.freeze({ payoutShards: read.JINKU_PAYOUT_SHARDS, pollMs: read.JINKU_QUOTA_POLL_MS, staleAfterMs: read.JINKU_QUOTA_STALE_MS });
}

/** The clearing houses this installation is connected to. */
export const RAILS = Symbol('jinku:rails');
