import { expect, test } from '@jest/globals';
import { ApprovalState, approvalStates, checkDecision, stateAfter, type Approval, type PersonalEvent } from './approval.ts';

const at = new Date('2026-11-21T02:00:00Z');
const anApproval = (given: Partial<Approval> = {}): Approval => ({
  id: '01993c1e-0000-7000-8000-000000000001',
  kind: 'accounts.open',
  subject: 'account',
  payload: {},
  state: 'PROPOSED',
  makerId: 'li-na',
  stepsRequired: 1,
  stepsDone: 0,
  checkerId: null,
  reason: 'new account',
  note: null,
  proposedAt: at,
  expiresAt: new Date('2026-11-22T02:00:00Z'),
  decidedAt: null,
  ...given,
});
const codeOf = (approval: Approval, event: PersonalEvent, personId: string, { when = at, deciders = [] as string[] } = {}): string => {
  try {
    checkDecision(approval, event, { decision: { personId, at: when }, deciders });
    return 'ACCEPTED';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('only a proposal takes events', () => {
  const taking = Object.values(ApprovalState).filter((state) => !approvalStates.isFinal(state));

  expect(taking).toEqual(['PROPOSED']);
});

test('the maker never approves or rejects, another person does', () => {
  expect([codeOf(anApproval(), 'approve', 'li-na'), codeOf(anApproval(), 'reject', 'li-na'), codeOf(anApproval(), 'approve', 'wang-wei')]).toEqual([
    'MAKER_CANNOT_CHECK',
    'MAKER_CANNOT_CHECK',
    'ACCEPTED',
  ]);
});

test('only the maker withdraws', () => {
  expect([codeOf(anApproval(), 'withdraw', 'li-na'), codeOf(anApproval(), 'withdraw', 'wang-wei')]).toEqual(['ACCEPTED', 'ONLY_MAKER_WITHDRAWS']);
});

test('a decided or late proposal is not decided again', () => {
  expect(codeOf(anApproval({ state: 'REJECTED' }), 'approve', 'wang-wei')).toBe('ALREADY_DECIDED');
  expect(codeOf(anApproval(), 'approve', 'wang-wei', { when: new Date('2026-11-22T02:00:00Z') })).toBe('APPROVAL_EXPIRED');
});

test('nobody decides on two steps of one proposal, but the maker may still take it back', () => {
  const halfWay = anApproval({ stepsRequired: 2, stepsDone: 1, checkerId: 'wang-wei' });
  const after = { deciders: ['wang-wei'] };

  expect(codeOf(halfWay, 'approve', 'wang-wei', after)).toBe('CHECKED_ALREADY');
  expect(codeOf(halfWay, 'reject', 'wang-wei', after)).toBe('CHECKED_ALREADY');
  expect(codeOf(halfWay, 'approve', 'zhao-min', after)).toBe('ACCEPTED');
  expect(codeOf(halfWay, 'withdraw', 'li-na', after)).toBe('ACCEPTED');
});

test('a proposal of three steps is approved by the third person, and rejected by any', () => {
  const states = [0, 1, 2].map((stepsDone) => stateAfter(anApproval({ stepsRequired: 3, stepsDone }), 'approve'));

  expect(states).toEqual(['PROPOSED', 'PROPOSED', 'APPROVED']);
  expect(stateAfter(anApproval({ stepsRequired: 3, stepsDone: 1 }), 'reject')).toBe('REJECTED');
});
