import { stateMachine } from '@jinku/errors';

export const StatementState = {
  /** Adds up, and follows on from the statement before: its entries count. */
  ACCEPTED: 'ACCEPTED',
  /** Does not add up, or does not fit its neighbours: kept whole, none of its entries count. */
  QUARANTINED: 'QUARANTINED',
  /** Was in quarantine when another file for the account and date was accepted. */
  REPLACED: 'REPLACED',
} as const;
export type StatementState = (typeof StatementState)[keyof typeof StatementState];

export const statementStates = stateMachine<StatementState, 'release' | 'replace'>('statement', {
  ACCEPTED: {},
  QUARANTINED: { release: 'ACCEPTED', replace: 'REPLACED' },
  REPLACED: {},
});
