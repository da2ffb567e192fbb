import { ACCOUNT_REFUSALS } from './account-refusals.ts';
import { CHANGEABLE_STATES, accountStates, type AccountEvent } from './account-state.ts';
import type { Account, AccountTerms } from './account.ts';
import { registrationStates, type RegistrationEvent } from './registration-state.ts';

export type TermsChange = { readonly [F in keyof AccountTerms]?: AccountTerms[F] | undefined };

/** Fields that differ, as they were and as they are. */
export interface Difference {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** What differs between two stands of one account; its version says nothing by itself. */
export function differenceOf(before: Account, after: Account): Difference {
  const fields = (Object.keys(after) as (keyof Account)[]).filter((field) => field !== 'version' && !isSame(before[field], after[field]));
  const picked = (account: Account): Readonly<Record<string, unknown>> => Object.fromEntries(fields.map((field) => [field, account[field]]));
  return { before: picked(before), after: picked(after) };
}

/** The account with other terms. Refused when nothing would change, or in a state that is not to be changed. */
export function changedTerms(account: Account, change: TermsChange): Account {
  if (!CHANGEABLE_STATES.includes(account.state)) throw forbidden(account, 'a change');
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<AccountTerms>;
  const changed = { ...account, ...given };
  if (Object.keys(differenceOf(account, changed).after).length === 0) throw ACCOUNT_REFUSALS.NOTHING_CHANGES();
  return changed;
}

/** The checker approves a change from what the maker saw: when that is not there any more, the change is another one. */
export function checkUnchanged(account: Account, seen: Readonly<Record<string, unknown>>): void {
  const moved = Object.keys(seen).filter((field) => !isSame(account[field as keyof Account], seen[field]));
  if (moved.length > 0) throw ACCOUNT_REFUSALS.CHANGED_MEANWHILE({ violations: moved.map((field) => ({ field, rule: 'is what the proposal said it was' })) });
}

export function movedBy(account: Account, event: AccountEvent): Account {
  if (!accountStates.canMove(account.state, event)) throw forbidden(account, event);
  return { ...account, state: accountStates.next(account.state, event) };
}

export interface RegistrationStep {
  readonly event: RegistrationEvent;
  readonly fundingAccountRef?: string | undefined;
}

/** The account after one step of its registration at UnionPay. The reference comes with the confirmation and goes with the withdrawal. */
export function registeredBy(account: Account, { event, fundingAccountRef }: RegistrationStep): Account {
  if (account.accountClass !== 'CLIENT_FUND' && account.accountClass !== 'OWN_FUND') throw ACCOUNT_REFUSALS.REGISTRATION_MISPLACED();
  if ((event === 'confirm') !== (fundingAccountRef !== undefined)) {
    throw ACCOUNT_REFUSALS.REFERENCE_MISPLACED({ violations: [{ field: 'fundingAccountRef', rule: 'is given with event confirm, and only with it' }] });
  }
  const isOnItsWayOut = event === 'withdraw' || event === 'confirm-withdrawal' || event === 'refuse';
  const isAllowedNow = CHANGEABLE_STATES.includes(account.state) || (account.state === 'CLOSING' && isOnItsWayOut);
  if (!isAllowedNow) throw forbidden(account, `the event ${event} of its registration`);
  if (!registrationStates.canMove(account.registrationState, event)) {
    throw ACCOUNT_REFUSALS.REGISTRATION_FORBIDS({ detail: `A registration in state ${account.registrationState} does not take ${event}.` });
  }
  const registrationState = registrationStates.next(account.registrationState, event);
  const kept = registrationState === 'REGISTERED' || registrationState === 'WITHDRAWING' ? account.fundingAccountRef : null;
  return { ...account, registrationState, fundingAccountRef: fundingAccountRef ?? kept };
}

/** The account with one more question to the ledger on its way. */
export function askingLedger(account: Account): Account {
  return { ...account, linkState: 'REQUESTED', linkVersion: account.linkVersion + 1, linkReason: null };
}

/** Fields are texts, numbers and flags, but for the bindings, which are a list. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function forbidden(account: Account, act: string): Error {
  return ACCOUNT_REFUSALS.ACCOUNT_STATE_FORBIDS({ detail: `An account in state ${account.state} does not take ${act}.` });
}
