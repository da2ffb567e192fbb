import type { BusinessDate, Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { Verifier } from '@jinku/security';

import { houseKeysOf, isSignedNotice, type Headers, type HouseKeys } from './rail-signature.ts';

export type NoticeKind = 'PAYOUT_RESULT' | 'PAYOUT_RETURNED' | 'QUOTA_ADJUSTED' | 'QUOTA_CHANGED' | 'RESERVE_MOVED' | 'SESSION_RESULT';

/** What happened to the central reserve account, as the house that pushes its movements tells it. */
export interface ReserveMovement {
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly balanceAfterMinor: bigint;
  readonly payerReference: string | null;
  readonly purpose: string | null;
}

/**
 * A notice whose signature was verified. Its amount is the house's claim: compare it with the instruction's before believing the outcome.
 */
export interface RailNotice {
  readonly clearingHouse: ClearingHouse;
  readonly noticeId: string;
  readonly kind: NoticeKind;
  /** The instruction's; the movement's number for RESERVE_MOVED; null for QUOTA_CHANGED and SESSION_RESULT. */
  readonly serialNumber: string | null;
  /** Null for what is about no instruction. */
  readonly outcome: 'SUCCEEDED' | 'FAILED' | 'RETURNED' | 'UNKNOWN' | null;
  readonly code: string | null;
  /** Of the payout, the adjustment, the movement; the amount that came back; the mapped quota from now on; null for SESSION_RESULT. */
  readonly amountMinor: bigint | null;
  /** Never null for SESSION_RESULT: the session whose result can be read now. */
  readonly clearingDate: BusinessDate | null;
  readonly railReference: string | null;
  /** With RESERVE_MOVED only. */
  readonly reserve: ReserveMovement | null;
  readonly occurredAt: Date;
}

/** Why a notice was not taken. The door answers the house with an error, so that a true notice comes again. */
export type NoticeFault = 'BAD_SIGNATURE' | 'UNPARSABLE_BODY';

export type NoticeVerification =
  { readonly valid: true; readonly notice: RailNotice } | { readonly valid: false; readonly fault: NoticeFault };

export interface RailNoticesOptions {
  readonly houseVerifiers: readonly Verifier[];
  readonly clock: Clock;
  /** The path of our door as the house knows it: it is part of what is signed. */
  readonly path: string;
}

/** Verifies the notices of one house. A duplicate is valid: whoever stores notices knows their ids. */
export class RailNotices {
  readonly clearingHouse: ClearingHouse;
  readonly path: string;
  readonly #parse: (body: string) => RailNotice | null;
  readonly #houseKeys: HouseKeys;
  readonly #clock: Clock;

  constructor(
    { clearingHouse, parse }: { clearingHouse: ClearingHouse; parse: (body: string) => RailNotice | null },
    { houseVerifiers, clock, path }: RailNoticesOptions,
  ) {
    this.clearingHouse = clearingHouse;
    this.path = path;
    this.#parse = parse;
    this.#houseKeys = houseKeysOf(houseVerifiers);
    this.#clock = clock;
  }

  /** `rawBody` is what arrived, byte for byte; no field of it is read before its signature holds. */
  async verify(headers: Headers, rawBody: string | Buffer): Promise<NoticeVerification> {
    const body = typeof rawBody === 'string' ? rawBody : rawBody.toString('utf8');
    const signed = await isSignedNotice(this.#houseKeys, { method: 'POST', path: this.path, headers, body, nowMs: this.#clock.wallNow() });
    if (!signed) return { valid: false, fault: 'BAD_SIGNATURE' };
    const notice = this.#parse(body);
    return notice === null ? { valid: false, fault: 'UNPARSABLE_BODY' } : { valid: true, notice };
  }
}
