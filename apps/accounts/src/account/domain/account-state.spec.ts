import { expect, test } from '@jest/globals';
import { AccountState, accountStates, type AccountEvent } from './account-state.ts';
import { REGISTRATION_EVENTS, RegistrationState, registrationStates } from './registration-state.ts';

const EVENTS: readonly AccountEvent[] = ['activate', 'reject', 'freeze', 'unfreeze', 'start-closing', 'reopen', 'reopen-frozen', 'close'];

test('every state takes exactly the events of the life cycle', () => {
  const taken = Object.values(AccountState).flatMap((state) =>
    EVENTS.filter((event) => accountStates.canMove(state, event)).map((event) => `${state} ${event} ${accountStates.next(state, event)}`),
  );

  expect(taken).toEqual([
    'PENDING_OPEN activate ACTIVE',
    'PENDING_OPEN reject CLOSED',
    'ACTIVE freeze FROZEN',
    'ACTIVE start-closing CLOSING',
    'FROZEN unfreeze ACTIVE',
    'FROZEN start-closing CLOSING',
    'CLOSING reopen ACTIVE',
    'CLOSING reopen-frozen FROZEN',
    'CLOSING close CLOSED',
  ]);
});

test('a closed account takes no event', () => {
  for (const event of EVENTS) expect(() => accountStates.next('CLOSED', event)).toThrow('does not take event');
});

test('every state of a registration takes exactly the events of its life cycle', () => {
  const taken = Object.values(RegistrationState).flatMap((state) =>
    REGISTRATION_EVENTS.filter((event) => registrationStates.canMove(state, event)).map((event) => `${state} ${event} ${registrationStates.next(state, event)}`),
  );

  expect(taken).toEqual([
    'NONE request REQUESTED',
    'REQUESTED confirm REGISTERED',
    'REQUESTED refuse WITHDRAWN',
    'REGISTERED withdraw WITHDRAWING',
    'WITHDRAWING confirm-withdrawal WITHDRAWN',
    'WITHDRAWN request REQUESTED',
  ]);
});
