import { internalAccountStates, type InternalAccountEvent } from './internal-account-state.ts';
import { balanceOf, type InternalAccountState } from './internal-account.ts';
import { eventOfStateChange, internalAccountCodeOf, parentCodeOf } from './link-account.ts';

const TABLE: Record<InternalAccountState, Partial<Record<InternalAccountEvent, InternalAccountState>>> = {
  OPEN: { freeze: 'FROZEN', close: 'CLOSED' },
  FROZEN: { unfreeze: 'OPEN', close: 'CLOSED' },
  CLOSED: {},
};

test('an internal account moves by its table and by nothing else', () => {
  for (const state of Object.keys(TABLE) as InternalAccountState[]) {
    for (const event of ['freeze', 'unfreeze', 'close'] as const) {
      expect(internalAccountStates.canMove(state, event) ? internalAccountStates.next(state, event) : undefined).toBe(TABLE[state][event]);
    }
  }
});

test('a balance is positive on the normal side', () => {
  expect(balanceOf({ normalSide: 'DEBIT' }, { debit: 5n, credit: 2n })).toBe(3n);
  expect(balanceOf({ normalSide: 'CREDIT' }, { debit: 5n, credit: 2n })).toBe(-3n);
});

test('each class of account stands under its own parent, virtual accounts by owner', () => {
  expect(parentCodeOf({ accountClass: 'CENTRAL_RESERVE', owner: 'CLIENT' })).toBe('1001');
  expect(parentCodeOf({ accountClass: 'CLIENT_FUND', owner: 'CLIENT' })).toBe('1002');
  expect(parentCodeOf({ accountClass: 'OWN_FUND', owner: 'OWN' })).toBe('1003');
  expect(parentCodeOf({ accountClass: 'VIRTUAL', owner: 'CLIENT' })).toBe('1004');
  expect(parentCodeOf({ accountClass: 'VIRTUAL', owner: 'OWN' })).toBe('1005');
  expect(parentCodeOf({ accountClass: 'CHANNEL', owner: 'CLIENT' })).toBe('1006');
});

test('two accounts opened in one minute have different codes', () => {
  const code = (accountId: string): string => internalAccountCodeOf({ accountId, accountClass: 'OWN_FUND', owner: 'OWN' });
  expect(code('01993c1e-0000-7000-8000-0000000000c1')).not.toBe(code('01993c1e-0000-7000-8000-0000000000c2'));
});

test('an internal account follows freezes, and is open while the residual of a closing may leave', () => {
  expect(eventOfStateChange({ from: 'ACTIVE', to: 'CLOSING' })).toBeNull();
  expect(eventOfStateChange({ from: 'FROZEN', to: 'CLOSING' })).toBe('unfreeze');
  expect(eventOfStateChange({ from: 'CLOSING', to: 'FROZEN' })).toBe('freeze');
  expect(eventOfStateChange({ from: 'CLOSING', to: 'CLOSED' })).toBeNull();
  expect(eventOfStateChange({ from: 'ACTIVE', to: 'FROZEN' })).toBe('freeze');
  expect(eventOfStateChange({ from: 'FROZEN', to: 'ACTIVE' })).toBe('unfreeze');
  expect(eventOfStateChange({ from: 'PENDING_OPEN', to: 'ACTIVE' })).toBeNull();
});
