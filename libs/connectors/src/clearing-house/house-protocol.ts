import type { BusinessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';

import type { Fields } from '../answer-fields.ts';
import type { OutcomeClass } from '../outcome-class.ts';
import type { PayoutInstruction, QuotaReading } from '../payout-rail.ts';
import type { QuotaAdjustmentInstruction } from '../quota-rail.ts';
import type { PayoutFileLine, RailSession } from '../session-rail.ts';

/** The fields of a signed answer about one payout or adjustment, checked by hand: this runs once per payout. */
export interface HouseAnswer {
  /** Null only in a refusal that names no instruction, such as of a signature or of an inquiry over the budget. */
  readonly serialNumber: string | null;
  /** Empty at a house whose code says everything. */
  readonly status: string;
  readonly code: string;
  readonly railReference: string | null;
  readonly clearingDate: BusinessDate | null;
  readonly amountMinor: bigint | null;
}

export type Classify = (status: string, code: string) => OutcomeClass;

/** One page of a payout bill. The head tells of the whole file. */
export interface PayoutFilePage {
  readonly lineCount: number;
  readonly payoutsMinor: bigint;
  readonly returnsMinor: bigint;
  readonly lines: readonly PayoutFileLine[];
  readonly next: string | null;
}

/** What two clearing houses say differently; how they are spoken to is the same. A parser answers null to what the protocol does not allow. */
export interface HouseProtocol {
  readonly clearingHouse: ClearingHouse;
  readonly paths: {
    readonly payouts: string;
    readonly quota: string;
    readonly adjustments: string;
    session(clearingDate: BusinessDate): string;
    payoutFile(clearingDate: BusinessDate, after: string | null): string;
  };
  /** The body as it is sent and as it is logged. */
  payoutBodies(instruction: PayoutInstruction): { readonly body: string; readonly masked: string };
  adjustmentBody(instruction: QuotaAdjustmentInstruction): string;
  parseAnswer(body: string): HouseAnswer | null;
  readonly outcomeOf: {
    readonly submit: Classify;
    readonly inquiry: Classify;
    readonly adjustment: Classify;
    readonly adjustmentInquiry: Classify;
  };
  parseQuota(fields: Fields): Pick<QuotaReading, 'mappedMinor' | 'availableMinor' | 'asOf'> | null;
  /** True for a signed answer that says that the house knows no session, or no bill, of the date. */
  isNotFound(fields: Fields): boolean;
  parseSession(fields: Fields): RailSession | null;
  parsePayoutFilePage(fields: Fields): PayoutFilePage | null;
}
