import { AccountClass } from '@jinku/contracts';
import { parseAmount } from '@jinku/money';
import type { Capability } from '../../connector-type/domain/connector-type.ts';
import { AccountState, LinkState } from './account-state.ts';
import { ACCOUNT_REFUSALS } from './account-refusals.ts';
import type { RegistrationState } from './registration-state.ts';

export const ClientFundSubtype = { PREPAID_CARD: 'PREPAID_CARD', FUND_SALES: 'FUND_SALES', CROSS_BORDER: 'CROSS_BORDER' } as const;
export type ClientFundSubtype = (typeof ClientFundSubtype)[keyof typeof ClientFundSubtype];

/** Rule R7: retained client-fund accounts are a closed list. */
export const RETAINED_ACCOUNTS_MAX = 3;

export interface ConnectorBinding {
  readonly capability: Capability;
  readonly connectorType: string;
}

/** What may be changed by two persons while the account lives. Amounts are yuan as text, days are business dates. */
export interface AccountTerms {
  readonly name: string;
  readonly bank: string | null;
  readonly purpose: string | null;
  readonly validFrom: string;
  readonly validUntil: string | null;
  /** The deadline of a client-fund account in the closure programme; it is not on the list of retained accounts then. */
  readonly closeBy: string | null;
  readonly limitPerItem: string | null;
  readonly limitPerDay: string | null;
  readonly responsiblePerson: string;
  /** The connector type that serves the account; null while nothing is automatic. */
  readonly connectorType: string | null;
  /** Capabilities that another connector type serves, such as the other clearing house of the central reserve. */
  readonly secondaryConnectors: readonly ConnectorBinding[];
}

export interface Account extends AccountTerms {
  readonly id: string;
  readonly accountClass: AccountClass;
  readonly subtype: ClientFundSubtype | null;
  readonly owner: 'CLIENT' | 'OWN';
  readonly bankCode: string;
  readonly maskedNumber: string;
  /** The only own-fund account that reserve money may go to (备案). */
  readonly isFiled: boolean;
  readonly registrationState: RegistrationState;
  readonly fundingAccountRef: string | null;
  readonly state: AccountState;
  readonly linkState: LinkState;
  /** Counts what the ledger was asked; an answer to an earlier question is told from one to the last by it. */
  readonly linkVersion: number;
  readonly linkReason: string | null;
  readonly internalAccountCode: string | null;
  /** Counts the entries of its history. */
  readonly version: number;
}

export type AccountDraft = Pick<
  Account,
  'accountClass' | 'subtype' | 'owner' | 'isFiled' | 'validFrom' | 'validUntil' | 'closeBy' | 'limitPerItem' | 'limitPerDay'
>;

/** Money may be moved over it by our own order: it is active, and the ledger has confirmed all it was asked. */
export function isUsable(account: Pick<Account, 'state' | 'linkState'>): boolean {
  return account.state === AccountState.ACTIVE && account.linkState === LinkState.CONFIRMED;
}

/** On the closed list of rule R7: a client-fund account with a subtype that is not on its way out. */
export function isRetained(account: Pick<Account, 'subtype' | 'closeBy'>): boolean {
  return account.subtype !== null && account.closeBy === null;
}

/** What an account must respect by itself and among the others that are not closed: R1, R7, one central reserve, one filed own-fund account. */
export function checkRegistered(draft: AccountDraft, others: readonly AccountDraft[]): void {
  checkAlone(draft);
  const sameClass = others.filter((other) => other.accountClass === draft.accountClass);
  if (draft.accountClass === AccountClass.CENTRAL_RESERVE && sameClass.length > 0) throw ACCOUNT_REFUSALS.RESERVE_EXISTS();
  if (draft.isFiled && sameClass.some((other) => other.isFiled)) throw ACCOUNT_REFUSALS.FILED_EXISTS();
  if (!isRetained(draft)) return;
  const retained = sameClass.filter(isRetained);
  if (retained.some((other) => other.subtype === draft.subtype)) throw ACCOUNT_REFUSALS.SUBTYPE_EXISTS();
  if (retained.length >= RETAINED_ACCOUNTS_MAX) throw ACCOUNT_REFUSALS.TOO_MANY_RETAINED();
}

function checkAlone(draft: AccountDraft): void {
  if (draft.accountClass === AccountClass.CLIENT_FUND) checkClientFund(draft);
  else checkOther(draft);
  if (draft.isFiled && draft.accountClass !== AccountClass.OWN_FUND) {
    throw ACCOUNT_REFUSALS.FILED_MISPLACED({ violations: [{ field: 'isFiled', rule: 'is true for class OWN_FUND only' }] });
  }
  const ownerOfClass = ownerOf(draft.accountClass);
  if (ownerOfClass !== null && ownerOfClass !== draft.owner) {
    throw ACCOUNT_REFUSALS.OWNER_MISMATCH({ violations: [{ field: 'owner', rule: `is ${ownerOfClass} for class ${draft.accountClass}` }] });
  }
  if (draft.validUntil !== null && draft.validUntil < draft.validFrom) {
    throw ACCOUNT_REFUSALS.VALIDITY_REVERSED({ violations: [{ field: 'validUntil', rule: 'is not before validFrom' }] });
  }
  if (draft.limitPerItem !== null && draft.limitPerDay !== null && fen(draft.limitPerItem) > fen(draft.limitPerDay)) {
    throw ACCOUNT_REFUSALS.LIMITS_REVERSED({ violations: [{ field: 'limitPerItem', rule: 'is not above limitPerDay' }] });
  }
}

function checkClientFund({ subtype, closeBy, validUntil }: AccountDraft): void {
  if (closeBy !== null) return;
  if (subtype === null) {
    const violations = [{ field: 'closeBy', rule: 'is given for a client-fund account without a retained subtype' }];
    throw ACCOUNT_REFUSALS.NEITHER_RETAINED_NOR_ENDING({ violations });
  }
  if (validUntil === null) {
    const violations = [{ field: 'validUntil', rule: 'is given for a retained account: the list has validity dates' }];
    throw ACCOUNT_REFUSALS.NEITHER_RETAINED_NOR_ENDING({ violations });
  }
}

function checkOther({ subtype, closeBy }: AccountDraft): void {
  if (subtype !== null) throw ACCOUNT_REFUSALS.SUBTYPE_MISPLACED({ violations: [{ field: 'subtype', rule: 'is given for class CLIENT_FUND only' }] });
  if (closeBy !== null) throw ACCOUNT_REFUSALS.CLOSE_BY_MISPLACED({ violations: [{ field: 'closeBy', rule: 'is given for class CLIENT_FUND only' }] });
}

function ownerOf(accountClass: AccountClass): 'CLIENT' | 'OWN' | null {
  switch (accountClass) {
    case AccountClass.CENTRAL_RESERVE:
    case AccountClass.CLIENT_FUND:
      return 'CLIENT';
    case AccountClass.OWN_FUND:
      return 'OWN';
    case AccountClass.VIRTUAL:
    case AccountClass.CHANNEL:
      return null;
  }
}

/** The text has passed the door's schema or the table's constraint. */
function fen(text: string): bigint {
  return parseAmount(text) ?? 0n;
}
