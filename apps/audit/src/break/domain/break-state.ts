import { stateMachine } from '@jinku/errors';

export const BreakKind = {
  /** Both have it, on different dates. */
  TIMING: 'TIMING',
  OURS_ONLY: 'OURS_ONLY',
  THEIRS_ONLY: 'THEIRS_ONLY',
  AMOUNT: 'AMOUNT',
  /** They paid what we hold for failed. */
  STATUS: 'STATUS',
  DUPLICATE: 'DUPLICATE',
  RETURNED_PAYOUT: 'RETURNED_PAYOUT',
  UNKNOWN_INCOMING_CREDIT: 'UNKNOWN_INCOMING_CREDIT',
} as const;
export type BreakKind = (typeof BreakKind)[keyof typeof BreakKind];

export const BreakState = {
  /** A check found it; someone has to find out why. */
  ADDED: 'ADDED',
  /** A person has explained it, and another has to agree. */
  SUBMITTED: 'SUBMITTED',
  /** Explained, and agreed to by a second person. */
  REVIEWED: 'REVIEWED',
  /** A later run of the check did not find it any more. */
  CLEARED: 'CLEARED',
} as const;
export type BreakState = (typeof BreakState)[keyof typeof BreakState];

export type BreakEvent = 'submit' | 'approve' | 'reject' | 'clear';

export const breakStates = stateMachine<BreakState, BreakEvent>('break', {
  ADDED: { submit: 'SUBMITTED', clear: 'CLEARED' },
  SUBMITTED: { approve: 'REVIEWED', reject: 'ADDED', clear: 'CLEARED' },
  REVIEWED: {},
  CLEARED: {},
});
