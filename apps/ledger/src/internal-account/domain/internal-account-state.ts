import { stateMachine } from '@jinku/errors';
import type { InternalAccountState } from './internal-account.ts';

export type InternalAccountEvent = 'freeze' | 'unfreeze' | 'close';

export const internalAccountStates = stateMachine<InternalAccountState, InternalAccountEvent>('internal account', {
  OPEN: { freeze: 'FROZEN', close: 'CLOSED' },
  FROZEN: { unfreeze: 'OPEN', close: 'CLOSED' },
  CLOSED: {},
});
