import type { NoticeRow } from '../books/decide.ts';
import type { AdjustmentRequest } from '../netsunion/adjustment-request.ts';
import type { Code, PayoutStatus } from '../netsunion/codes.ts';
import type { PayoutRequest } from '../netsunion/payout-request.ts';
import type { BillPage } from '../sessions/payout-bill.ts';
import type { Session } from '../sessions/session-books.ts';

/** What a house says about one instruction, before it puts it into its own words. */
export interface Said {
  readonly serialNumber: string;
  readonly status: PayoutStatus;
  readonly code: Code;
  /** Instead of the code's own message. */
  readonly detail?: string;
  readonly amountMinor?: bigint;
  readonly railReference?: string;
  readonly clearingDate?: string;
  readonly completedAt?: Date;
}

/** An HTTP status and the exact text that is signed. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Violation {
  readonly violation: string;
  /** What could be read, for the answer; empty when nothing could. */
  readonly serialNumber: string;
}

export type Parsed<T> = { readonly request: T } | Violation;

/** The words of one house: docs/rails has a page for each. What they mean is the same at both. */
export interface Dialect {
  readonly basePath: string;
  readonly paths: { readonly payouts: string; readonly adjustments: string; readonly quota: string; readonly sessions: string };
  parsePayout(body: string): Parsed<PayoutRequest>;
  parseAdjustment(body: string): Parsed<AdjustmentRequest>;
  /** The serial number of a body that is not to be believed yet: only to name the request in its refusal. */
  serialNumberIn(body: string): string;
  /** `YYYY-MM-DD` of a date as it stands in a path; null when it is none. */
  dateIn(text: string): string | null;
  say(said: Said): Answer;
  sayQuota(figures: { readonly mappedMinor: bigint; readonly availableMinor: bigint; readonly asOf: Date }): string;
  saySession(session: Session): string;
  sayBillPage(page: BillPage): string;
  sayNotice(notice: NoticeRow): string;
}
