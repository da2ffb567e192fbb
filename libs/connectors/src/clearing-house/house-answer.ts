import { hash } from 'node:crypto';

import { formatAmount } from '@jinku/money';

import type { HttpAnswer } from '../http-exchange.ts';
import { maskedUnreadable } from '../masked-exchange.ts';
import type { OutcomeClass } from '../outcome-class.ts';
import type { AnswerDetail, RailAnswer } from '../payout-rail.ts';
import type { Exchanged } from '../signed-exchange.ts';
import type { Classify, HouseAnswer, HouseProtocol } from './house-protocol.ts';

export interface Question {
  readonly operation: 'SUBMIT' | 'INQUIRE' | 'ADJUST_QUOTA' | 'INQUIRE_QUOTA';
  readonly serialNumber: string;
  /** What the house's books must say, where we know it. */
  readonly amountMinor: bigint | null;
  readonly classify: Classify;
  readonly parseAnswer: HouseProtocol['parseAnswer'];
  readonly request: string;
}

/** What one exchange says about the instruction it was about. */
export function answerOf(exchanged: Exchanged, question: Question): RailAnswer {
  const { answer } = exchanged;
  const parsed = exchanged.fault === null ? question.parseAnswer(exchanged.body) : null;
  const fault = exchanged.fault ?? mismatchOf(parsed, question);
  const isDecided = fault === null && parsed !== null;
  const outcome = isDecided ? outcomeUnder(answer?.status ?? 0, question.classify(parsed.status, parsed.code)) : 'UNKNOWN';
  // One object, filled in place: spreading optional parts into it took as long as verifying the signature.
  const said: { -readonly [K in keyof RailAnswer]: RailAnswer[K] } = {
    outcome,
    code: parsed?.code ?? null,
    latencyMs: exchanged.latencyMs,
    requestDigest: exchanged.requestDigest,
    answerDigest: answer === null ? null : hash('sha256', answer.body, 'hex'),
    detail: fault ?? (outcome === 'UNKNOWN' ? 'UNMAPPED' : 'ANSWERED'),
    log: {
      operation: question.operation,
      httpStatus: answer?.status ?? null,
      request: question.request,
      answer: maskedAnswer(answer, parsed),
    },
  };
  if (!isDecided) return said;
  if (parsed.railReference !== null) said.railReference = parsed.railReference;
  if (parsed.clearingDate !== null) said.clearingDate = parsed.clearingDate;
  if (parsed.amountMinor !== null) said.amountMinor = parsed.amountMinor;
  return said;
}

/**
 * A final or accepted status comes with 200 only; refusals come with any status below 500. A server error decides nothing, whatever its
 * body says.
 */
function outcomeUnder(httpStatus: number, outcome: OutcomeClass): OutcomeClass {
  if (httpStatus === 200) return outcome;
  return httpStatus < 500 && outcome.startsWith('REJECTED_') ? outcome : 'UNKNOWN';
}

function mismatchOf(parsed: HouseAnswer | null, { serialNumber, amountMinor }: Question): AnswerDetail | null {
  if (parsed === null) return 'UNPARSABLE_BODY';
  if (parsed.serialNumber !== null && parsed.serialNumber !== serialNumber) return 'OTHER_SERIAL_NUMBER';
  return parsed.amountMinor !== null && amountMinor !== null && parsed.amountMinor !== amountMinor ? 'OTHER_AMOUNT' : null;
}

function maskedAnswer(answer: HttpAnswer | null, parsed: HouseAnswer | null): string {
  if (answer === null) return '';
  if (parsed === null) return maskedUnreadable(answer.body);
  const { serialNumber, status, code, railReference, clearingDate, amountMinor } = parsed;
  const amount = amountMinor === null ? null : formatAmount(amountMinor);
  return JSON.stringify({ serialNumber, status, code, railReference, clearingDate, amount });
}
