import { expect, test } from '@jest/globals';
import { ApprovalState, approvalStates, checkDecision, type Approval, type ApprovalEvent } from './approval.ts';

const at = new Date('2026-11-21T02:00:00Z');
const anApproval = (given: Partial<Approval> = {}): Approval => ({
  id: '01993c1e-0000-7000-8000-000000000001',
  kind: 'accounts.open',
  subject: 'account',
  payload: {},
  state: 'PROPOSED',
  makerId: 'li-na',
  checkerId: null,
  reason: 'new account',
  note: null,
  proposedAt: at,
  expiresAt: new Date('2026-11-22T02:00:00Z'),
  ...given,
});
const codeOf = (approval: Approval, event: Exclude<ApprovalEvent, 'expire'>, personId: string, when = at): string => {
  try {
    checkDecision(approval, event, { personId, at: when });
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
  expect(codeOf(anApproval(), 'approve', 'wang-wei', new Date('2026-11-22T02:00:00Z'))).toBe('APPROVAL_EXPIRED');
});
