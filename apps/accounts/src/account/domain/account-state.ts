import { stateMachine } from '@jinku/errors';

export const AccountState = {
  /** Asked for and not usable: waits for a second person, or for the ledger to confirm the link. */
  PENDING_OPEN: 'PENDING_OPEN',
  /** Approved, and its internal account was confirmed. */
  ACTIVE: 'ACTIVE',
  /** Nothing may leave or arrive by our own order. */
  FROZEN: 'FROZEN',
  /** On its way out: only the residual sweep may leave. */
  CLOSING: 'CLOSING',
  /** Closed for ever. */
  CLOSED: 'CLOSED',
} as const;
export type AccountState = (typeof AccountState)[keyof typeof AccountState];

export type AccountEvent = 'activate' | 'reject' | 'freeze' | 'unfreeze' | 'start-closing' | 'reopen' | 'reopen-frozen' | 'close';

/** A refused closing goes back to where it started: `reopen` to ACTIVE, `reopen-frozen` to FROZEN. */
export const accountStates = stateMachine<AccountState, AccountEvent>('account', {
  PENDING_OPEN: { activate: 'ACTIVE', reject: 'CLOSED' },
  ACTIVE: { freeze: 'FROZEN', 'start-closing': 'CLOSING' },
  FROZEN: { unfreeze: 'ACTIVE', 'start-closing': 'CLOSING' },
  CLOSING: { reopen: 'ACTIVE', 'reopen-frozen': 'FROZEN', close: 'CLOSED' },
  CLOSED: {},
});

/** The states in which the fields of an account may be changed. */
export const CHANGEABLE_STATES: readonly AccountState[] = [AccountState.ACTIVE, AccountState.FROZEN];

export const LinkState = {
  /** The ledger has not been asked: the opening is not approved yet. */
  NONE: 'NONE',
  /** The ledger was asked for what the account is now, and has not answered. */
  REQUESTED: 'REQUESTED',
  /** The internal account stands as the register wants it. */
  CONFIRMED: 'CONFIRMED',
  /** The ledger refused, with a reason. */
  REFUSED: 'REFUSED',
  /** The internal account was closed with the account. */
  CLOSED: 'CLOSED',
} as const;
export type LinkState = (typeof LinkState)[keyof typeof LinkState];
