import type { BusinessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';

import type { AnswerDetail, CallLimits } from './payout-rail.ts';

/** Where a clearing session of the house stands, by the house's own word. */
export const RailSessionState = {
  /** The house still books into it. */
  OPEN: 'OPEN',
  /** Cut: its result is final and waits for settlement. */
  CLOSED: 'CLOSED',
  /** Its net has moved the settlement target. */
  SETTLED: 'SETTLED',
} as const;
export type RailSessionState = (typeof RailSessionState)[keyof typeof RailSessionState];

/** What a house says about one of its clearing sessions, gross and net. Figures of an open one are of the moment. */
export interface RailSession {
  readonly clearingDate: BusinessDate;
  readonly state: RailSessionState;
  readonly payoutsMinor: bigint;
  readonly payoutCount: number;
  readonly returnsMinor: bigint;
  readonly receiptsMinor: bigint;
  /** Receipts + returns − payouts: signed. */
  readonly netMinor: bigint;
  readonly settledAt: Date | null;
}

export interface SessionReading {
  /** SUCCEEDED with a session; NOT_FOUND when the house knows none of this date; UNKNOWN otherwise. */
  readonly outcome: 'SUCCEEDED' | 'NOT_FOUND' | 'UNKNOWN';
  readonly session: RailSession | null;
  readonly detail: AnswerDetail;
}

/** One line of the payout bill: a payout that the session settles, or money of one that came back in it. */
export interface PayoutFileLine {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly railReference: string;
  readonly executedAt: Date;
  readonly status: 'SUCCEEDED' | 'RETURNED';
}

export interface PayoutFileReading {
  /** NOT_FOUND while the session is open, and when the house knows none of this date. */
  readonly outcome: 'SUCCEEDED' | 'NOT_FOUND' | 'UNKNOWN';
  /**
   * Read page by page while one goes through it, once. It throws `PayoutFileBroken` when a page cannot be had, or when the lines are not as many or not
   * as much as the file's head says: then nothing of the file counts.
   */
  readonly lines: AsyncIterable<PayoutFileLine> | null;
  readonly detail: AnswerDetail;
}

/** A payout bill that could not be read to its end, or whose end does not agree with its head. */
export class PayoutFileBroken extends Error {
  readonly detail: AnswerDetail | 'TOTALS_DISAGREE';

  constructor(detail: PayoutFileBroken['detail']) {
    super(`the payout file broke off: ${detail}`);
    this.name = 'PayoutFileBroken';
    this.detail = detail;
  }
}

/** The port to a clearing house whose sessions and payout bills are read. Neither ever rejects for what the wire or the house does. */
export interface SessionRail {
  readonly clearingHouse: ClearingHouse;
  readSession(clearingDate: BusinessDate, limits?: Partial<CallLimits>): Promise<SessionReading>;
  readPayoutFile(clearingDate: BusinessDate, limits?: Partial<CallLimits>): Promise<PayoutFileReading>;
}
