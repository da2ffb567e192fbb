import { stateMachine } from '@jinku/errors';

export const AccountState = {
  /** Asked for and not usable: waits for a second person, or for the ledger to confirm the link. */
  PENDING_OPEN: 'PENDING_OPEN',
  /** Usable: approved, and its internal account stands. */
  ACTIVE: 'ACTIVE',
  /** Nothing may leave or arrive by our own order. */
  FROZEN: 'FROZEN',
  /** On its way out: only the residual sweep may leave. */
  CLOSING: 'CLOSING',
  /** Closed for ever. */
  CLOSED: 'CLOSED',
} as const;
export type AccountState = (typeof AccountState)[keyof typeof AccountState];

export type AccountEvent = 'activate' | 'reject' | 'freeze' | 'unfreeze';

/** Closing is a saga of its own and comes with the transfers; until then no event leads there. */
export const accountStates = stateMachine<AccountState, AccountEvent>('account', {
  PENDING_OPEN: { activate: 'ACTIVE', reject: 'CLOSED' },
  ACTIVE: { freeze: 'FROZEN' },
  FROZEN: { unfreeze: 'ACTIVE' },
  CLOSING: {},
  CLOSED: {},
});

export const LinkState = {
  /** The ledger has not been asked: the opening is not approved yet. */
  NONE: 'NONE',
  /** The ledger was asked and has not answered. */
  REQUESTED: 'REQUESTED',
  /** The internal account stands. */
  CONFIRMED: 'CONFIRMED',
  /** The ledger refused, with a reason. */
  REFUSED: 'REFUSED',
  /** The internal account was closed with the account. */
  CLOSED: 'CLOSED',
} as const;
export type LinkState = (typeof LinkState)[keyof typeof LinkState];
