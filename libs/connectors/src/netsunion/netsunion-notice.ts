import { isBusinessDate, type BusinessDate, type Clock } from '@jinku/calendar';
import { parseAmount } from '@jinku/money';
import type { Verifier } from '@jinku/security';

import { isText, optionalText, parseObject } from './netsunion-answer.ts';
import { outcomeOfAdjustmentInquiry, outcomeOfInquiry } from './netsunion-codes.ts';
import { houseKeysOf, isSignedNotice, type Headers, type HouseKeys } from './netsunion-signature.ts';

export type NoticeKind = 'PAYOUT_RESULT' | 'PAYOUT_RETURNED' | 'QUOTA_ADJUSTED' | 'QUOTA_CHANGED';

/**
 * A notice whose signature was verified. Its amount is the house's claim: compare it with the instruction's before believing the outcome.
 */
export interface RailNotice {
  readonly noticeId: string;
  readonly kind: NoticeKind;
  /** The instruction's; null for QUOTA_CHANGED. */
  readonly serialNumber: string | null;
  /** Null for QUOTA_CHANGED. */
  readonly outcome: 'SUCCEEDED' | 'FAILED' | 'RETURNED' | 'UNKNOWN' | null;
  readonly code: string | null;
  /** Of the payout or the adjustment; the amount that came back; the mapped quota from now on. */
  readonly amountMinor: bigint | null;
  readonly clearingDate: BusinessDate | null;
  readonly railReference: string | null;
  readonly occurredAt: Date;
}

/** Why a notice was not taken. The door answers the house with an error, so that a true notice comes again. */
export type NoticeFault = 'BAD_SIGNATURE' | 'UNPARSABLE_BODY';

export type NoticeVerification =
  { readonly valid: true; readonly notice: RailNotice } | { readonly valid: false; readonly fault: NoticeFault };

export interface NetsUnionNoticesOptions {
  readonly houseVerifiers: readonly Verifier[];
  readonly clock: Clock;
  /** The path of our door as the house knows it: it is part of what is signed. */
  readonly path: string;
}

/** Verifies NetsUnion's notices. A duplicate is valid: whoever stores notices knows their ids. */
export class NetsUnionNotices {
  readonly #houseKeys: HouseKeys;
  readonly #clock: Clock;
  readonly #path: string;

  constructor({ houseVerifiers, clock, path }: NetsUnionNoticesOptions) {
    this.#houseKeys = houseKeysOf(houseVerifiers);
    this.#clock = clock;
    this.#path = path;
  }

  /** `rawBody` is what arrived, byte for byte; no field of it is read before its signature holds. */
  async verify(headers: Headers, rawBody: string | Buffer): Promise<NoticeVerification> {
    const body = typeof rawBody === 'string' ? rawBody : rawBody.toString('utf8');
    const signed = await isSignedNotice(this.#houseKeys, { method: 'POST', path: this.#path, headers, body, nowMs: this.#clock.wallNow() });
    if (!signed) return { valid: false, fault: 'BAD_SIGNATURE' };
    const notice = parseNotice(body);
    return notice === null ? { valid: false, fault: 'UNPARSABLE_BODY' } : { valid: true, notice };
  }
}

export function parseNotice(body: string): RailNotice | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  const { noticeId, kind } = fields;
  const [serialNumber, status, code, amount, clearingDate, railReference] = [
    'serialNumber',
    'status',
    'code',
    'amount',
    'clearingDate',
    'railReference',
  ].map((name) => optionalText(fields[name]));
  if (!isText(noticeId) || !isNoticeKind(kind)) return null;
  if (serialNumber === undefined || status === undefined || code === undefined) return null;
  if (amount === undefined || clearingDate === undefined || railReference === undefined) return null;
  if (clearingDate !== null && !isBusinessDate(clearingDate)) return null;
  const amountMinor = amount === null ? null : parseAmount(amount);
  if (amount !== null && amountMinor === null) return null;
  const occurredAt = new Date(fields['occurredAt'] as string | number);
  if (Number.isNaN(occurredAt.getTime())) return null;
  if (kind !== 'QUOTA_CHANGED' && (serialNumber === null || amountMinor === null)) return null;
  const outcome = outcomeOfNotice(kind, { status: status ?? '', code: code ?? '' });
  return { noticeId, kind, serialNumber, outcome, code, amountMinor, clearingDate, railReference, occurredAt };
}

function isNoticeKind(kind: unknown): kind is NoticeKind {
  return kind === 'PAYOUT_RESULT' || kind === 'PAYOUT_RETURNED' || kind === 'QUOTA_ADJUSTED' || kind === 'QUOTA_CHANGED';
}

function outcomeOfNotice(kind: NoticeKind, { status, code }: { status: string; code: string }): RailNotice['outcome'] {
  if (kind === 'QUOTA_CHANGED') return null;
  if (kind === 'PAYOUT_RETURNED') return status === 'RETURNED' && code === '0000' ? 'RETURNED' : 'UNKNOWN';
  const outcome = kind === 'QUOTA_ADJUSTED' ? outcomeOfAdjustmentInquiry(status, code) : outcomeOfInquiry(status, code);
  return outcome === 'SUCCEEDED' || outcome === 'FAILED' ? outcome : 'UNKNOWN';
}
