import { z } from 'zod';
import { readVariables, type Environment } from '@jinku/service';

const variables = z.object({
  JINKU_LEDGER_EXPIRY_SWEEP_MS: z.coerce.number().int().min(100).max(600_000).default(5_000),
});

export interface LedgerConfig {
  /** How often pending entries are looked through for those whose time is over. */
  readonly expirySweepMs: number;
}

export const LEDGER_CONFIG = Symbol('jinku:ledger-config');

export function ledgerConfig(environment: Environment): LedgerConfig {
  return Object.freeze({ expirySweepMs: readVariables(variables, environment).JINKU_LEDGER_EXPIRY_SWEEP_MS });
}
