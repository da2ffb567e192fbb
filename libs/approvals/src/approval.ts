import { defineRefusals, RefusalKind, stateMachine } from '@jinku/errors';

export const ApprovalState = {
  /** Waits for a second person. */
  PROPOSED: 'PROPOSED',
  /** A second person agreed, and what was proposed was carried out in the same transaction. */
  APPROVED: 'APPROVED',
  /** A second person refused. */
  REJECTED: 'REJECTED',
  /** The maker took it back. */
  WITHDRAWN: 'WITHDRAWN',
  /** Nobody decided in time. */
  EXPIRED: 'EXPIRED',
} as const;
export type ApprovalState = (typeof ApprovalState)[keyof typeof ApprovalState];

export type ApprovalEvent = 'approve' | 'reject' | 'withdraw' | 'expire';

export const approvalStates = stateMachine<ApprovalState, ApprovalEvent>('approval', {
  PROPOSED: { approve: 'APPROVED', reject: 'REJECTED', withdraw: 'WITHDRAWN', expire: 'EXPIRED' },
  APPROVED: {},
  REJECTED: {},
  WITHDRAWN: {},
  EXPIRED: {},
});

export const APPROVAL_REFUSALS = defineRefusals({
  APPROVAL_NOT_FOUND: { kind: RefusalKind.NOT_FOUND, sentence: 'There is no proposal with this id.' },
  MAKER_CANNOT_CHECK: { kind: RefusalKind.FORBIDDEN, sentence: 'Whoever proposed something cannot decide on it, under whatever role or login.' },
  ONLY_MAKER_WITHDRAWS: { kind: RefusalKind.FORBIDDEN, sentence: 'Only the person who proposed something can take it back.' },
  ALREADY_DECIDED: { kind: RefusalKind.CONFLICT, sentence: 'The proposal has been decided already.' },
  APPROVAL_EXPIRED: { kind: RefusalKind.CONFLICT, sentence: 'The proposal was not decided in time; propose it again.' },
});

/** Something one person proposed and another must decide. `payload` is what will be carried out. */
export interface Approval<P = unknown> {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly payload: P;
  readonly state: ApprovalState;
  readonly makerId: string;
  readonly checkerId: string | null;
  readonly reason: string;
  readonly note: string | null;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
}

export interface Decision {
  readonly personId: string;
  readonly note?: string;
  readonly at: Date;
}

/** Maker and checker are told apart by person. Throws the refusal that applies; the caller then moves the row, guarded. */
export function checkDecision(approval: Approval, event: Exclude<ApprovalEvent, 'expire'>, decision: Decision): void {
  if (!approvalStates.canMove(approval.state, event)) throw APPROVAL_REFUSALS.ALREADY_DECIDED({ detail: `The proposal is ${approval.state}.` });
  if (event === 'withdraw') {
    if (approval.makerId !== decision.personId) throw APPROVAL_REFUSALS.ONLY_MAKER_WITHDRAWS();
    return;
  }
  if (approval.makerId === decision.personId) throw APPROVAL_REFUSALS.MAKER_CANNOT_CHECK();
  if (approval.expiresAt <= decision.at) throw APPROVAL_REFUSALS.APPROVAL_EXPIRED();
}
