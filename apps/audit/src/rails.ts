import { banksOf, centralBankRail, railsOf, type MovementRail, type SessionRail, type StatementRail } from '@jinku/connectors';
import type { Environment } from '@jinku/service';

/** Who is asked for what is audited. What is not connected is not asked, and the checks that need it do not run. */
export interface AuditRails {
  /** Banks, by the connector type that their accounts name. */
  readonly statements: ReadonlyMap<string, StatementRail>;
  /** The central bank. */
  readonly movements: MovementRail | null;
  /** Clearing houses that tell of their sessions. */
  readonly sessions: readonly SessionRail[];
}

export const AUDIT_RAILS = Symbol('jinku:audit-rails');

export function auditRails(environment: Environment, keysDir: string): AuditRails {
  return {
    statements: new Map(banksOf(environment, keysDir).map((bank) => [bank.connectorType, bank])),
    movements: centralBankRail(environment, keysDir),
    sessions: railsOf(environment, keysDir),
  };
}
