import { expect, test } from '@jest/globals';
import { AccountState, accountStates, type AccountEvent } from './account-state.ts';

const EVENTS: readonly AccountEvent[] = ['activate', 'reject', 'freeze', 'unfreeze'];

test('every state takes exactly the events of the life cycle', () => {
  const taken = Object.values(AccountState).flatMap((state) =>
    EVENTS.filter((event) => accountStates.canMove(state, event)).map((event) => `${state} ${event} ${accountStates.next(state, event)}`),
  );

  expect(taken).toEqual(['PENDING_OPEN activate ACTIVE', 'PENDING_OPEN reject CLOSED', 'ACTIVE freeze FROZEN', 'FROZEN unfreeze ACTIVE']);
});

test('a closed account takes no event', () => {
  for (const event of EVENTS) expect(() => accountStates.next('CLOSED', event)).toThrow('does not take event');
});
