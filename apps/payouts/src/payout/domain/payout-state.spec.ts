import { expect, test } from '@jest/globals';
import { PayoutState } from '@jinku/contracts';
import { IllegalTransition } from '@jinku/errors';
import { PayoutEvent, payoutStates, stateAfter } from './payout-state.ts';

const TAKEN: Readonly<Record<PayoutState, readonly PayoutEvent[]>> = {
  QUEUED: ['hold', 'cancel', 'expire', 'dispatch'],
  HELD: ['release', 'cancel'],
  DISPATCHED: ['lose', 'succeed', 'fail', 'requeue', 'setAside'],
  UNKNOWN: ['succeed', 'fail', 'requeue', 'setAside'],
  SUCCEEDED: [],
  FAILED: [],
  CANCELLED: [],
  EXPIRED: [],
};

for (const state of Object.values(PayoutState)) {
  for (const event of Object.values(PayoutEvent)) {
    const taken = TAKEN[state].includes(event);
    test(`${state} ${taken ? 'takes' : 'refuses'} ${event}`, () => {
      expect(payoutStates.canMove(state, event)).toBe(taken);
      if (taken) expect(payoutStates.next(state, event)).toBe(stateAfter(event));
      else expect(() => payoutStates.next(state, event)).toThrow(IllegalTransition);
    });
  }
}

test('a payout whose attempt is out can neither be cancelled nor dispatched again', () => {
  for (const state of [PayoutState.DISPATCHED, PayoutState.UNKNOWN]) {
    expect(payoutStates.canMove(state, 'cancel')).toBe(false);
    expect(payoutStates.canMove(state, 'dispatch')).toBe(false);
  }
});

test('every event leads to one state', () => {
  for (const event of Object.values(PayoutEvent)) {
    const targets = new Set(payoutStates.statesTaking(event).map((state) => payoutStates.next(state, event)));
    expect(targets.size).toBe(1);
  }
});
