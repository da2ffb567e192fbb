import { defineRefusals, RefusalKind, stateMachine } from '@jinku/errors';

/** Most persons who must agree beside the maker. */
export const STEPS_MAX = 3;

export const ApprovalState = {
  /** Waits for another person: for its first, or for the next of its steps. */
  PROPOSED: 'PROPOSED',
  /** As many other persons agreed as it needs, and what was proposed was carried out in the transaction of the last of them. */
  APPROVED: 'APPROVED',
  /** Another person refused, at whichever step. */
  REJECTED: 'REJECTED',
  /** The maker took it back. */
  WITHDRAWN: 'WITHDRAWN',
  /** Nobody decided in time. */
  EXPIRED: 'EXPIRED',
} as const;
export type ApprovalState = (typeof ApprovalState)[keyof typeof ApprovalState];

export type ApprovalEvent = 'approve' | 'reject' | 'withdraw' | 'expire';
export type PersonalEvent = Exclude<ApprovalEvent, 'expire'>;

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
  CHECKED_ALREADY: { kind: RefusalKind.FORBIDDEN, sentence: 'Each step needs another person: whoever has approved one does not decide on the next.' },
  ONLY_MAKER_WITHDRAWS: { kind: RefusalKind.FORBIDDEN, sentence: 'Only the person who proposed something can take it back.' },
  ALREADY_DECIDED: { kind: RefusalKind.CONFLICT, sentence: 'The proposal has been decided already.' },
  APPROVAL_EXPIRED: { kind: RefusalKind.CONFLICT, sentence: 'The proposal was not decided in time; propose it again.' },
});

/** Something one person proposed and others must decide. `payload` is what will be carried out. */
export interface Approval<P = unknown> {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly payload: P;
  readonly state: ApprovalState;
  readonly makerId: string;
  /** How many other persons must agree: one to three. */
  readonly stepsRequired: number;
  /** How many have agreed. */
  readonly stepsDone: number;
  /** Who decided last. */
  readonly checkerId: string | null;
  readonly reason: string;
  readonly note: string | null;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  /** When it ended; null while it is open. */
  readonly decidedAt: Date | null;
}

/** One decision of the history of a proposal. */
export interface RecordedDecision {
  readonly number: number;
  readonly event: ApprovalEvent;
  /** Absent when the time ran out. */
  readonly personId: string | null;
  readonly note: string | null;
  readonly decidedAt: Date;
}

export interface Decision {
  readonly personId: string;
  readonly note?: string;
  readonly at: Date;
}

/** Maker and checkers are told apart by person. `deciders` are those who decided before. Throws the refusal that applies; the caller then moves the row, guarded. */
export function checkDecision(approval: Approval, event: PersonalEvent, { decision, deciders }: { decision: Decision; deciders: readonly string[] }): void {
  if (!approvalStates.canMove(approval.state, event)) throw APPROVAL_REFUSALS.ALREADY_DECIDED({ detail: `The proposal is ${approval.state}.` });
  if (event === 'withdraw') {
    if (approval.makerId !== decision.personId) throw APPROVAL_REFUSALS.ONLY_MAKER_WITHDRAWS();
    return;
  }
  if (approval.makerId === decision.personId) throw APPROVAL_REFUSALS.MAKER_CANNOT_CHECK();
  if (deciders.includes(decision.personId)) throw APPROVAL_REFUSALS.CHECKED_ALREADY();
  if (approval.expiresAt <= decision.at) throw APPROVAL_REFUSALS.APPROVAL_EXPIRED();
}

/** The state after the event: an approval that is not the last one leaves the proposal open for the next person. */
export function stateAfter(approval: Pick<Approval, 'state' | 'stepsRequired' | 'stepsDone'>, event: ApprovalEvent): ApprovalState {
  const isLastStep = approval.stepsDone + 1 >= approval.stepsRequired;
  return event === 'approve' && !isLastStep ? approval.state : approvalStates.next(approval.state, event);
}
