import type { OutcomeClass } from '@jinku/connectors';
import { LegEffect } from '@jinku/contracts';
import type { TransferPlan } from './plan-transfer.ts';
import { transferLegStates, type TransferLegEvent, type TransferLegState } from './transfer-leg-state.ts';

export interface SentLeg {
  readonly means: TransferPlan['means'];
  readonly state: TransferLegState;
  readonly amountMinor: bigint;
  readonly validUntil: Date;
  readonly notFoundAnswers: number;
}

export interface ToldOutcome {
  readonly source: 'ANSWER' | 'NOTICE' | 'INQUIRY';
  readonly outcome: OutcomeClass;
  /** The amount the rail names, where it names one. */
  readonly amountMinor: bigint | null;
}

export interface LegDecision {
  readonly event: Exclude<TransferLegEvent, 'instruct' | 'resume' | 'cancel'>;
  /** What became definite about its money, in order; each is told once. */
  readonly effects: readonly LegEffect[];
  readonly notFoundAnswers: number;
}

/** Answers that agree, all given after the rail may not execute the number any more. */
export const NOT_FOUND_ANSWERS_NEEDED = 3;

const NOTHING_DECIDED: LegDecision = { event: 'lose', effects: [], notFoundAnswers: 0 };

/** What one word of the rail means for a leg that was instructed. A word about another amount decides nothing. */
export function decideOnLeg(leg: SentLeg, told: ToldOutcome, wallNow: number): LegDecision {
  if (told.amountMinor !== null && told.amountMinor !== leg.amountMinor) return NOTHING_DECIDED;
  switch (told.outcome) {
    case 'SUCCEEDED':
      return succeeded(leg);
    case 'RETURNED':
      return returned(leg);
    case 'ACCEPTED':
      return { ...NOTHING_DECIDED, event: 'accept' };
    case 'FAILED':
    case 'REJECTED_FUNDS':
    case 'REJECTED_WINDOW':
    case 'REJECTED_RISK':
    case 'REJECTED_FORMAT':
    case 'REJECTED_SIGNATURE':
      return { ...NOTHING_DECIDED, event: 'fail' };
    case 'NOT_FOUND':
      return notFound(leg, wallNow);
    case 'UNKNOWN':
    case 'REJECTED_DUPLICATE':
      return { ...NOTHING_DECIDED, notFoundAnswers: leg.notFoundAnswers };
  }
}

/** The payee's side tells of the money under our number: so it has left, whatever the payer's bank has said until now. */
export function decideOnArrival({ state }: Pick<SentLeg, 'state'>): LegDecision {
  return { event: 'arrive', effects: withSent(state, LegEffect.ARRIVED), notFoundAnswers: 0 };
}

/** Whether a word says the opposite of what stands. */
export function contradicts(state: TransferLegState, { event }: Pick<LegDecision, 'event'>): boolean {
  const saysMoved = event === 'send' || event === 'arrive' || event === 'pay' || event === 'come-back';
  if (state === 'NOT_MOVED' || state === 'PLANNED' || state === 'CANCELLED') return saysMoved;
  if (state === 'IN_TRANSIT' || state === 'SETTLED') return event === 'fail' || (state === 'SETTLED' && event === 'come-back');
  return state === 'CAME_BACK' && (event === 'arrive' || event === 'fail');
}

function succeeded({ means }: SentLeg): LegDecision {
  if (means === 'NETSUNION_PAYOUT') return { event: 'pay', effects: [LegEffect.PAID_BY_HOUSE], notFoundAnswers: 0 };
  return { event: 'send', effects: [LegEffect.SENT], notFoundAnswers: 0 };
}

/** A house's payout that was returned was paid first; its return is a matter of its own. A bank's transfer that was returned is back with the payer. */
function returned(leg: SentLeg): LegDecision {
  if (leg.means === 'NETSUNION_PAYOUT') return succeeded(leg);
  return { event: 'come-back', effects: withSent(leg.state, LegEffect.CAME_BACK), notFoundAnswers: 0 };
}

function notFound(leg: SentLeg, wallNow: number): LegDecision {
  // Until the number's validity is over, the instruction may still be on its way.
  if (leg.validUntil.getTime() >= wallNow) return NOTHING_DECIDED;
  const notFoundAnswers = leg.notFoundAnswers + 1;
  // A rail that took it once and does not know it now has contradicted itself: that is for persons, not for counting.
  const wasTaken = leg.state === 'ACCEPTED' || leg.state === 'IN_TRANSIT';
  return { event: notFoundAnswers >= NOT_FOUND_ANSWERS_NEEDED && !wasTaken ? 'fail' : 'lose', effects: [], notFoundAnswers };
}

function withSent(state: TransferLegState, effect: LegEffect): LegEffect[] {
  return transferLegStates.canMove(state, 'send') ? [LegEffect.SENT, effect] : [effect];
}
