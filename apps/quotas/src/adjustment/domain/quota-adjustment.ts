import type { OutcomeClass } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { stateMachine } from '@jinku/errors';

export const AdjustmentState = {
  /** Asked for; no number yet. A decrease waits here until what is granted is covered by what stays, and counts as gone already. */
  PLANNED: 'PLANNED',
  /** Its serial number is committed and the call may have left. */
  INSTRUCTED: 'INSTRUCTED',
  /** The house took an increase: not available before a figure of the house shows it. */
  ACCEPTED: 'ACCEPTED',
  /** No definite answer; it is inquired about, never sent again. */
  UNKNOWN: 'UNKNOWN',
  /** The house changed the mapping. */
  SUCCEEDED: 'SUCCEEDED',
  /** Definitely not changed, and never will be under this number. */
  FAILED: 'FAILED',
  /** Taken back by a person before it left. */
  CANCELLED: 'CANCELLED',
} as const;
export type AdjustmentState = (typeof AdjustmentState)[keyof typeof AdjustmentState];

export type AdjustmentEvent = 'instruct' | 'accept' | 'succeed' | 'fail' | 'lose' | 'cancel';

export const adjustmentStates = stateMachine<AdjustmentState, AdjustmentEvent>('quota adjustment', {
  PLANNED: { instruct: 'INSTRUCTED', cancel: 'CANCELLED' },
  INSTRUCTED: { accept: 'ACCEPTED', succeed: 'SUCCEEDED', fail: 'FAILED', lose: 'UNKNOWN' },
  ACCEPTED: { succeed: 'SUCCEEDED', fail: 'FAILED' },
  UNKNOWN: { accept: 'ACCEPTED', succeed: 'SUCCEEDED', fail: 'FAILED' },
  SUCCEEDED: {},
  FAILED: {},
  CANCELLED: {},
});

export const AdjustmentDirection = { INCREASE: 'INCREASE', DECREASE: 'DECREASE' } as const;
export type AdjustmentDirection = (typeof AdjustmentDirection)[keyof typeof AdjustmentDirection];

/** One change of the quota mapped to a clearing house, by an amount in fen. */
export interface QuotaAdjustment {
  readonly id: string;
  readonly clearingHouse: ClearingHouse;
  readonly direction: AdjustmentDirection;
  readonly amount: bigint;
  readonly state: AdjustmentState;
  readonly serialNumber: string | null;
  readonly validUntil: Date | null;
  readonly notFoundAnswers: number;
}

/** Answers that agree, all given after the house may not take the number any more. */
export const NOT_FOUND_ANSWERS_NEEDED = 3;

export interface ToldOutcome {
  readonly source: 'ANSWER' | 'NOTICE' | 'INQUIRY';
  readonly outcome: OutcomeClass;
  /** The amount the house names, where it names one. */
  readonly amountMinor: bigint | null;
}

export interface AdjustmentDecision {
  readonly event: Exclude<AdjustmentEvent, 'instruct' | 'cancel'>;
  readonly notFoundAnswers: number;
}

/** What one word of the house means for an adjustment that has left. A word about another amount decides nothing. */
export function decideOn(adjustment: QuotaAdjustment, told: ToldOutcome, wallNow: number): AdjustmentDecision {
  const isOther = told.amountMinor !== null && told.amountMinor !== adjustment.amount;
  if (isOther) return { event: 'lose', notFoundAnswers: 0 };
  switch (told.outcome) {
    case 'SUCCEEDED':
      return { event: 'succeed', notFoundAnswers: 0 };
    case 'ACCEPTED':
      return { event: 'accept', notFoundAnswers: 0 };
    case 'FAILED':
    case 'REJECTED_FUNDS':
    case 'REJECTED_WINDOW':
    case 'REJECTED_RISK':
    case 'REJECTED_FORMAT':
    case 'REJECTED_SIGNATURE':
      return { event: 'fail', notFoundAnswers: 0 };
    case 'NOT_FOUND': {
      // Until the number's validity is over, the request may still be on its way.
      if (adjustment.validUntil === null || adjustment.validUntil.getTime() >= wallNow) return { event: 'lose', notFoundAnswers: 0 };
      const notFoundAnswers = adjustment.notFoundAnswers + 1;
      // A house that took it once and does not know it now has contradicted itself: that is for persons, not for counting.
      const isFailure = notFoundAnswers >= NOT_FOUND_ANSWERS_NEEDED && adjustment.state !== 'ACCEPTED';
      return { event: isFailure ? 'fail' : 'lose', notFoundAnswers };
    }
    case 'UNKNOWN':
    case 'REJECTED_DUPLICATE':
    case 'RETURNED':
      return { event: 'lose', notFoundAnswers: adjustment.notFoundAnswers };
  }
}
