import type { BusinessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';

import type { OutcomeClass } from './outcome-class.ts';

/** One payout as told to a rail. The serial number is committed before the call. */
export interface PayoutInstruction {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly payee: { readonly accountNumber: string; readonly accountName: string; readonly bankCode: string };
  readonly purpose: string;
  readonly businessLine: string;
  readonly merchantId: string;
  /** The house never executes the instruction after this instant. */
  readonly validUntil: Date;
}

/** Why an answer decided nothing, or that it did. */
export const AnswerDetail = {
  /** A signed answer with a mapped code. */
  ANSWERED: 'ANSWERED',
  TIMEOUT: 'TIMEOUT',
  /** The connection was reset or closed before the whole answer was there. */
  CONNECTION_LOST: 'CONNECTION_LOST',
  /** No connection was free or could be opened in time; the request has not left and never will. */
  NOT_CONNECTED: 'NOT_CONNECTED',
  /** The caller's signal stopped the call. */
  ABORTED: 'ABORTED',
  /** Our own signature could not be made; the request has not left and never will. */
  NOT_SIGNED: 'NOT_SIGNED',
  BAD_SIGNATURE: 'BAD_SIGNATURE',
  EMPTY_BODY: 'EMPTY_BODY',
  UNPARSABLE_BODY: 'UNPARSABLE_BODY',
  BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  /** Signed, but about another serial number. */
  OTHER_SERIAL_NUMBER: 'OTHER_SERIAL_NUMBER',
  /** Signed, but the house's books hold another amount than the instruction. */
  OTHER_AMOUNT: 'OTHER_AMOUNT',
  /** Signed, but status, code and HTTP status do not fit together, or the code is not in the table. */
  UNMAPPED: 'UNMAPPED',
} as const;
export type AnswerDetail = (typeof AnswerDetail)[keyof typeof AnswerDetail];

export interface RailAnswer {
  readonly outcome: OutcomeClass;
  /** The rail's own code; null when no signed answer arrived. */
  readonly code: string | null;
  readonly railReference?: string;
  readonly clearingDate?: BusinessDate;
  /** The amount the rail names, where it names one. */
  readonly amountMinor?: bigint;
  readonly latencyMs: number;
  /** SHA-256 of the exact bytes, in hex; null when there were none. */
  readonly requestDigest: string | null;
  readonly answerDigest: string | null;
  readonly detail: AnswerDetail;
  /** What `RailMessageLog` keeps of the exchange; no account numbers, no names. */
  readonly log: { readonly operation: string; readonly httpStatus: number | null; readonly request: string; readonly answer: string };
}

export interface QuotaReading {
  /** SUCCEEDED with figures, or UNKNOWN without. */
  readonly outcome: 'SUCCEEDED' | 'UNKNOWN';
  readonly mappedMinor: bigint | null;
  readonly availableMinor: bigint | null;
  readonly asOf: Date | null;
  readonly detail: AnswerDetail;
}

export interface CallLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The port to a clearing house that pays out. None of these ever rejects for what the wire or the house does. */
export interface PayoutRail {
  readonly clearingHouse: ClearingHouse;
  submitPayout(instruction: PayoutInstruction, limits: CallLimits): Promise<RailAnswer>;
  inquirePayout(serialNumber: string, limits?: Partial<CallLimits>): Promise<RailAnswer>;
  readQuota(limits?: Partial<CallLimits>): Promise<QuotaReading>;
  close(): Promise<void>;
}
