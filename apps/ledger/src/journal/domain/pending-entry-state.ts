import { stateMachine } from '@jinku/errors';

export const PendingEntryState = {
  /** Its amounts are held against the accounts' rules; nothing is posted. */
  PENDING: 'PENDING',
  /** It became a journal entry. */
  POSTED: 'POSTED',
  /** It was given up. */
  VOIDED: 'VOIDED',
  /** Its time passed. */
  EXPIRED: 'EXPIRED',
} as const;
export type PendingEntryState = (typeof PendingEntryState)[keyof typeof PendingEntryState];
export type PendingEntryEvent = 'post' | 'void' | 'expire';

export const pendingEntryStates = stateMachine<PendingEntryState, PendingEntryEvent>('pending entry', {
  PENDING: { post: 'POSTED', void: 'VOIDED', expire: 'EXPIRED' },
  POSTED: {},
  VOIDED: {},
  EXPIRED: {},
});
