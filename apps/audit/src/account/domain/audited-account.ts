import type { AccountDescribedV1 } from '@jinku/contracts';

/** As much of the register as the audit works with. */
export type AuditedAccount = Pick<AccountDescribedV1, 'version' | 'accountClass' | 'owner' | 'name' | 'state' | 'accountNumber'> & {
  readonly id: string;
  /** Who keeps the account's statements; null where nobody does. */
  readonly connectorType: string | null;
};

/** Accounts whose movements a bank or the central bank tells day by day. Before it is opened an account has none, and after it was closed none any more. */
export function hasStatements({ accountClass, state }: Pick<AuditedAccount, 'accountClass' | 'state'>): boolean {
  const isKeptByBank = accountClass === 'CENTRAL_RESERVE' || accountClass === 'CLIENT_FUND' || accountClass === 'OWN_FUND';
  return isKeptByBank && state !== 'PENDING_OPEN' && state !== 'CLOSED';
}
