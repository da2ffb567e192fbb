import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';

const variables = z.object({
  JINKU_LEDGER_URL: z.url().optional(),
  JINKU_AUDIT_COLLECT_MS: z.coerce.number().int().min(100).max(3_600_000).default(10_000),
  JINKU_AUDIT_CHECK_MS: z.coerce.number().int().min(100).max(3_600_000).default(10_000),
  JINKU_AUDIT_DAYS_BACK: z.coerce.number().int().min(1).max(31).default(3),
  JINKU_AUDIT_PROPOSAL_HOURS: z.coerce.number().int().min(1).max(720).default(72),
  JINKU_AUDIT_CALL_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(5_000),
});

export interface AuditConfig {
  /** Where the books are asked; without it the checks that need them do not run. */
  readonly ledgerUrl: string | null;
  /** How often statements, movements and bills that are still missing are asked for. */
  readonly collectMs: number;
  /** How often the checks of the last days are run again. */
  readonly checkMs: number;
  /** How many business dates back collection and checks look by themselves. */
  readonly daysBack: number;
  /** How long a submitted break or a proposed rule waits for its second person. */
  readonly proposalLifetimeMs: number;
  readonly callTimeoutMs: number;
}

export const AUDIT_CONFIG = Symbol('jinku:audit-config');

/** Public keys of client systems by client id. */
export const CLIENT_KEYS = Symbol('jinku:client-keys');

const HOUR_MS = 3_600_000;

export function auditConfig(environment: Environment): AuditConfig {
  const read = readVariables(variables, environment);
  return Object.freeze({
    ledgerUrl: read.JINKU_LEDGER_URL ?? null,
    collectMs: read.JINKU_AUDIT_COLLECT_MS,
    checkMs: read.JINKU_AUDIT_CHECK_MS,
    daysBack: read.JINKU_AUDIT_DAYS_BACK,
    proposalLifetimeMs: read.JINKU_AUDIT_PROPOSAL_HOURS * HOUR_MS,
    callTimeoutMs: read.JINKU_AUDIT_CALL_TIMEOUT_MS,
  });
}
