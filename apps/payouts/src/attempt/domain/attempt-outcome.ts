import type { AttemptConclusion } from '@jinku/contracts';
import type { AnswerDetail, OutcomeClass } from '@jinku/connectors';
import { unreachable } from '@jinku/errors';
import type { PayoutEvent } from '../../payout/domain/payout-state.ts';

/** Who or what told the outcome of an attempt. */
export const OutcomeSource = {
  /** The answer to the request itself. */
  ANSWER: 'ANSWER',
  INQUIRY: 'INQUIRY',
  /** The rail told by itself. */
  NOTICE: 'NOTICE',
  /** Two persons decided with evidence. */
  RESOLUTION: 'RESOLUTION',
  /** This process knows that it never sent the request and never will. */
  NOT_SENT: 'NOT_SENT',
} as const;
export type OutcomeSource = (typeof OutcomeSource)[keyof typeof OutcomeSource];

export type Decision =
  /** The attempt is over: its reservation ends, and the payout goes on by the event. */
  | { readonly kind: 'CONCLUDE'; readonly conclusion: AttemptConclusion; readonly event: PayoutEvent; readonly concludedBy: OutcomeSource }
  /** The outcome is open: the payout is UNKNOWN when `isLost`, else still on its way; the rail is asked later. */
  | { readonly kind: 'INQUIRE'; readonly isLost: boolean };

/** What follows from the answer to a submitted payout. Only a definite outcome concludes; everything else is inquired about, never sent again. */
export function decideOnAnswer(answer: { outcome: OutcomeClass; detail: AnswerDetail }): Decision {
  if (answer.detail === 'NOT_CONNECTED' || answer.detail === 'NOT_SIGNED') {
    return { kind: 'CONCLUDE', conclusion: 'FAILED', event: 'requeue', concludedBy: 'NOT_SENT' };
  }
  const concluded = (conclusion: AttemptConclusion, event: PayoutEvent): Decision => ({ kind: 'CONCLUDE', conclusion, event, concludedBy: 'ANSWER' });
  switch (answer.outcome) {
    case 'SUCCEEDED':
      return concluded('SUCCEEDED', 'succeed');
    case 'FAILED':
    case 'REJECTED_RISK':
      return concluded('FAILED', 'fail');
    case 'REJECTED_WINDOW':
    case 'REJECTED_FUNDS':
      return concluded('FAILED', 'requeue');
    case 'REJECTED_FORMAT':
    case 'REJECTED_SIGNATURE':
      return concluded('FAILED', 'setAside');
    case 'ACCEPTED':
      return { kind: 'INQUIRE', isLost: false };
    case 'UNKNOWN':
    case 'REJECTED_DUPLICATE':
    case 'NOT_FOUND':
    case 'RETURNED':
      return { kind: 'INQUIRE', isLost: true };
    default:
      return unreachable(answer.outcome);
  }
}

/** What follows from the answer to an inquiry or from a notice: a refusal of the inquiry says nothing about the payout. NOT_FOUND is judged by its own policy. */
export function decideOnWord(outcome: OutcomeClass, source: OutcomeSource): Decision {
  if (outcome === 'SUCCEEDED') return { kind: 'CONCLUDE', conclusion: 'SUCCEEDED', event: 'succeed', concludedBy: source };
  if (outcome === 'FAILED') return { kind: 'CONCLUDE', conclusion: 'FAILED', event: 'fail', concludedBy: source };
  return { kind: 'INQUIRE', isLost: outcome !== 'ACCEPTED' };
}

/** An answer that the rail was too busy, or not there, to give. */
export function isRailTrouble(answer: { outcome: OutcomeClass }): boolean {
  return answer.outcome === 'UNKNOWN' || answer.outcome === 'REJECTED_WINDOW' || answer.outcome === 'REJECTED_FUNDS';
}
