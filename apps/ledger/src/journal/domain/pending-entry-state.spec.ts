import { pendingEntryStates, type PendingEntryEvent, type PendingEntryState } from './pending-entry-state.ts';

const EVENTS: PendingEntryEvent[] = ['post', 'void', 'expire'];
const EXPECTED: Record<PendingEntryState, Partial<Record<PendingEntryEvent, PendingEntryState>>> = {
  PENDING: { post: 'POSTED', void: 'VOIDED', expire: 'EXPIRED' },
  POSTED: {},
  VOIDED: {},
  EXPIRED: {},
};

for (const state of Object.keys(EXPECTED) as PendingEntryState[]) {
  for (const event of EVENTS) {
    const to = EXPECTED[state][event];
    test(`${state} ${to === undefined ? 'does not take' : `goes to ${to} on`} ${event}`, () => {
      if (to === undefined) expect(() => pendingEntryStates.next(state, event)).toThrow('does not take event');
      else expect(pendingEntryStates.next(state, event)).toBe(to);
    });
  }
}
