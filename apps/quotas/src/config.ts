import { invariant } from '@jinku/errors';
import { amountText, parseAmount } from '@jinku/money';
import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';

const variables = z.object({
  JINKU_PAYOUT_SHARDS: z.coerce.number().int().min(1).max(64).default(2),
  JINKU_QUOTA_POLL_MS: z.coerce.number().int().min(100).max(600_000).default(5_000),
  JINKU_POSITION_POLL_MS: z.coerce.number().int().min(100).max(600_000).default(2_000),
  JINKU_QUOTA_STALE_MS: z.coerce.number().int().min(1_000).default(30_000),
  JINKU_QUOTA_FIGURE_TOLERANCE: amountText.default('0.00'),
  JINKU_QUOTA_FIGURE_AGE_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(120_000),
  JINKU_QUOTA_ADJUST_POLL_MS: z.coerce.number().int().min(50).max(60_000).default(1_000),
  JINKU_QUOTA_ADJUST_VALIDITY_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
  JINKU_QUOTA_CALL_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(3_000),
  JINKU_PAYOUT_INSTITUTION: z.string().regex(/^[A-Z0-9]{8}$/).default('JINKU001'),
});

export interface QuotasConfig {
  /** How many payout shards there are; each has one grant per clearing house. */
  readonly payoutShards: number;
  /** How often the mapped quota is asked for when no notice comes. */
  readonly pollMs: number;
  /** How often the balance of each account is asked for. */
  readonly positionPollMs: number;
  /** An observation older than this is marked stale. */
  readonly staleAfterMs: number;
  /** Up to so much a house's figure may differ from our book, in fen. */
  readonly figureTolerance: bigint;
  /** A difference that stood for so long is no matter of time any more. */
  readonly figureAgeMs: number;
  /** How often adjustments are looked at that nobody rang for. */
  readonly adjustmentPollMs: number;
  /** How long after the commit of its serial number the house may take an adjustment. */
  readonly adjustmentValidityMs: number;
  readonly callTimeoutMs: number;
  /** The institution's id in serial numbers. */
  readonly institution: string;
}

export const QUOTAS_CONFIG = Symbol('jinku:quotas-config');

export function quotasConfig(environment: Environment): QuotasConfig {
  const read = readVariables(variables, environment);
  const figureTolerance = parseAmount(read.JINKU_QUOTA_FIGURE_TOLERANCE);
  invariant(figureTolerance !== null, 'the schema has checked the amount');
  return Object.freeze({
    payoutShards: read.JINKU_PAYOUT_SHARDS,
    pollMs: read.JINKU_QUOTA_POLL_MS,
    positionPollMs: read.JINKU_POSITION_POLL_MS,
    staleAfterMs: read.JINKU_QUOTA_STALE_MS,
    figureTolerance,
    figureAgeMs: read.JINKU_QUOTA_FIGURE_AGE_MS,
    adjustmentPollMs: read.JINKU_QUOTA_ADJUST_POLL_MS,
    adjustmentValidityMs: read.JINKU_QUOTA_ADJUST_VALIDITY_MS,
    callTimeoutMs: read.JINKU_QUOTA_CALL_TIMEOUT_MS,
    institution: read.JINKU_PAYOUT_INSTITUTION,
  });
}

/** The clearing houses this installation is connected to. */
export const RAILS = Symbol('jinku:rails');

/** Those of them that tell of their clearing sessions. */
export const SESSION_RAILS = Symbol('jinku:session-rails');

/** Public keys of client systems by client id. */
export const CLIENT_KEYS = Symbol('jinku:client-keys');

/** Who tells balances, by connector type: banks and the central bank. */
export const BALANCE_RAILS = Symbol('jinku:balance-rails');
