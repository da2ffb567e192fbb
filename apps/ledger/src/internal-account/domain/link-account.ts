import type { AccountOpenedV1, AccountStateChangedV1 } from '@jinku/contracts';
import { unreachable } from '@jinku/errors';
import type { InternalAccountEvent } from './internal-account-state.ts';

/** Under which parent the internal account of a registered account stands. */
export function parentCodeOf({ accountClass, owner }: Pick<AccountOpenedV1, 'accountClass' | 'owner'>): string {
  switch (accountClass) {
    case 'CENTRAL_RESERVE':
      return '1001';
    case 'CLIENT_FUND':
      return '1002';
    case 'OWN_FUND':
      return '1003';
    case 'VIRTUAL':
      return owner === 'CLIENT' ? '1004' : '1005';
    case 'CHANNEL':
      return '1006';
    default:
      return unreachable(accountClass);
  }
}

/** The last twelve digits of the id: its first ones are a time stamp that two accounts may share. */
export function internalAccountCodeOf(account: Pick<AccountOpenedV1, 'accountId' | 'accountClass' | 'owner'>): string {
  return `${parentCodeOf(account)}.${account.accountId.slice(-12)}`;
}

/**
 * What a change of the registered account's state asks of its internal account; null when nothing. CLOSING lets the residual leave, so it
 * unfreezes; the internal account itself is closed by a question of its own.
 */
export function eventOfStateChange({ to, from }: Pick<AccountStateChangedV1, 'from' | 'to'>): Exclude<InternalAccountEvent, 'close'> | null {
  if (to === 'FROZEN') return 'freeze';
  if (from === 'FROZEN') return 'unfreeze';
  return null;
}
