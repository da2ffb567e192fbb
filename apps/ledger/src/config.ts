import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';

const variables = z.object({
  JINKU_LEDGER_EXPIRY_SWEEP_MS: z.coerce.number().int().min(100).max(600_000).default(5_000),
  JINKU_LEDGER_PROPOSAL_HOURS: z.coerce.number().int().min(1).max(720).default(72),
  JINKU_LEDGER_CHAIN_CHECK_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(30_000),
  JINKU_LEDGER_CHAIN_PASS_HOURS: z.coerce.number().int().min(1).max(720).default(24),
});

export interface LedgerConfig {
  /** How often pending entries and proposals are looked through for those whose time is over. */
  readonly expirySweepMs: number;
  /** How long a proposal waits for its second person. */
  readonly proposalLifetimeMs: number;
  /** How often the chain is verified on from where the last time ended. */
  readonly chainCheckMs: number;
  /** After how long a verification that has come to the head begins again at the first batch. */
  readonly chainPassMs: number;
}

export const LEDGER_CONFIG = Symbol('jinku:ledger-config');

const HOUR_MS = 3_600_000;

export function ledgerConfig(environment: Environment): LedgerConfig {
  const read = readVariables(variables, environment);
  return Object.freeze({
    expirySweepMs: read.JINKU_LEDGER_EXPIRY_SWEEP_MS,
    proposalLifetimeMs: read.JINKU_LEDGER_PROPOSAL_HOURS * HOUR_MS,
    chainCheckMs: read.JINKU_LEDGER_CHAIN_CHECK_MS,
    chainPassMs: read.JINKU_LEDGER_CHAIN_PASS_HOURS * HOUR_MS,
  });
}
