import { AccountClass } from '@jinku/contracts';
import type { AccountState, LinkState } from './account-state.ts';
import { ACCOUNT_REFUSALS } from './account-refusals.ts';

export const ClientFundSubtype = { PREPAID_CARD: 'PREPAID_CARD', FUND_SALES: 'FUND_SALES', CROSS_BORDER: 'CROSS_BORDER' } as const;
export type ClientFundSubtype = (typeof ClientFundSubtype)[keyof typeof ClientFundSubtype];

/** Rule R7: retained client-fund accounts are a closed list. */
export const RETAINED_ACCOUNTS_MAX = 3;

export interface Account {
  readonly id: string;
  readonly accountClass: AccountClass;
  readonly subtype: ClientFundSubtype | null;
  readonly owner: 'CLIENT' | 'OWN';
  readonly name: string;
  readonly bankCode: string;
  readonly maskedNumber: string;
  /** The only own-fund account that reserve money may go to (备案). */
  readonly isFiled: boolean;
  readonly state: AccountState;
  readonly linkState: LinkState;
  readonly internalAccountCode: string | null;
}

export type AccountDraft = Pick<Account, 'accountClass' | 'subtype' | 'owner' | 'isFiled'>;

/** What an opening must respect among the accounts that are not closed: rules R1 and R7, one central reserve, one filed own-fund account. */
export function checkOpening(draft: AccountDraft, others: readonly AccountDraft[]): void {
  const isClientFund = draft.accountClass === AccountClass.CLIENT_FUND;
  if (isClientFund !== (draft.subtype !== null)) {
    throw ACCOUNT_REFUSALS.SUBTYPE_MISPLACED({ violations: [{ field: 'subtype', rule: 'is given for class CLIENT_FUND, and only for it' }] });
  }
  if (draft.isFiled && draft.accountClass !== AccountClass.OWN_FUND) {
    throw ACCOUNT_REFUSALS.FILED_MISPLACED({ violations: [{ field: 'isFiled', rule: 'is true for class OWN_FUND only' }] });
  }
  const ownerOfClass = ownerOf(draft.accountClass);
  if (ownerOfClass !== null && ownerOfClass !== draft.owner) {
    throw ACCOUNT_REFUSALS.OWNER_MISMATCH({ violations: [{ field: 'owner', rule: `is ${ownerOfClass} for class ${draft.accountClass}` }] });
  }
  const sameClass = others.filter((other) => other.accountClass === draft.accountClass);
  if (draft.accountClass === AccountClass.CENTRAL_RESERVE && sameClass.length > 0) throw ACCOUNT_REFUSALS.RESERVE_EXISTS();
  if (draft.isFiled && sameClass.some((other) => other.isFiled)) throw ACCOUNT_REFUSALS.FILED_EXISTS();
  if (!isClientFund) return;
  if (sameClass.some((other) => other.subtype === draft.subtype)) throw ACCOUNT_REFUSALS.SUBTYPE_EXISTS();
  if (sameClass.length >= RETAINED_ACCOUNTS_MAX) throw ACCOUNT_REFUSALS.TOO_MANY_RETAINED();
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
