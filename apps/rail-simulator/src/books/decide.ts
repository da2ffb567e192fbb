import { hash, randomUUID } from 'node:crypto';

import { preventsExecution, tellsLater, type Fault } from '../faults/fault.ts';
import { referenceInitialOf, type Place } from '../house/house.ts';
import { REFUSALS, type Code } from '../netsunion/codes.ts';
import type { PayoutRequest } from '../netsunion/payout-request.ts';

/** A serial number's row: it is written once and never changes. */
export interface InstructionRow {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'REFUSED';
  readonly code: Code;
  readonly railReference: string;
  readonly clearingDate: string;
  readonly concludedAt: Date;
  /** Wall time from which the house tells the result; null: at once. */
  readonly toldFrom: Date | null;
}

export interface NoticeRow {
  readonly noticeId: string;
  readonly kind: 'PAYOUT_RESULT' | 'PAYOUT_RETURNED' | 'QUOTA_ADJUSTED' | 'QUOTA_CHANGED' | 'RESERVE_MOVED' | 'SESSION_RESULT';
  readonly serialNumber: string | null;
  readonly status: string | null;
  readonly code: string | null;
  readonly amountMinor: bigint | null;
  readonly clearingDate: string | null;
  readonly railReference: string | null;
  readonly occurredAt: Date;
  readonly isForged: boolean;
  readonly takesWanted: number;
  readonly dueAt: Date;
  /** What happened to the central reserve, as it is told; null for every other kind. */
  readonly detail: object | null;
}

/** What became of one request. */
export type Conclusion =
  | { readonly kind: 'CONCLUDED'; readonly row: InstructionRow; readonly fault: Fault | null }
  | { readonly kind: 'DUPLICATE' }
  /** Not executed, and the number is not taken. */
  | { readonly kind: 'FORGOTTEN'; readonly fault: Fault }
  /** To be executed after the fault's delay. */
  | { readonly kind: 'DEFERRED'; readonly fault: Fault };

export interface Circumstances {
  readonly place: Place;
  readonly now: Date;
  readonly wallNow: number;
  readonly clearingDate: string;
  readonly availableMinor: bigint;
}

/** Decides one request whose number is new. Pure: the quota it may use is given, the quota it uses is the amount of a SUCCEEDED row. */
export function decide(
  request: PayoutRequest,
  fault: Fault | null,
  circumstances: Circumstances,
): Exclude<Conclusion, { kind: 'DUPLICATE' }> {
  if (fault !== null && preventsExecution(fault.kind)) return { kind: 'FORGOTTEN', fault };
  const code = codeOf(request, fault, circumstances);
  const { place, now, wallNow, clearingDate } = circumstances;
  const isRefused = (REFUSALS as readonly string[]).includes(code);
  const row: InstructionRow = {
    serialNumber: request.serialNumber,
    amountMinor: request.amountMinor,
    status: code === '0000' ? 'SUCCEEDED' : isRefused ? 'REFUSED' : 'FAILED',
    code,
    railReference: railReferenceOf(place, request.serialNumber),
    clearingDate,
    concludedAt: now,
    toldFrom: fault !== null && tellsLater(fault.kind) && !isRefused ? new Date(wallNow + fault.delayMs) : null,
  };
  return { kind: 'CONCLUDED', row, fault };
}

function codeOf(request: PayoutRequest, fault: Fault | null, { wallNow, availableMinor }: Circumstances): Code {
  if (request.validUntilMs <= wallNow) return '0302';
  if (fault?.kind === 'RISK_REFUSAL') return '0401';
  if (request.amountMinor > availableMinor) return '0301';
  return fault?.code !== null && fault?.code !== undefined && (fault.kind === 'BUSINESS_FAILURE' || tellsLater(fault.kind))
    ? fault.code
    : '0000';
}

/** The notices of one concluded payout: none, unless it was answered `ACCEPTED`. */
export function noticesOf({ row, fault }: { row: InstructionRow; fault: Fault | null }): readonly NoticeRow[] {
  if (fault === null || row.toldFrom === null || fault.kind === 'LOST_NOTICE') return [];
  const honest: NoticeRow = {
    noticeId: randomUUID(),
    kind: 'PAYOUT_RESULT',
    serialNumber: row.serialNumber,
    status: row.status,
    code: row.code,
    amountMinor: fault.kind === 'WRONG_AMOUNT_NOTICE' ? row.amountMinor + ONE_YUAN : row.amountMinor,
    clearingDate: row.status === 'SUCCEEDED' ? row.clearingDate : null,
    railReference: row.railReference,
    occurredAt: row.concludedAt,
    isForged: false,
    takesWanted: fault.kind === 'DUPLICATE_NOTICE' ? 2 : 1,
    dueAt: row.toldFrom,
    detail: null,
  };
  if (fault.kind !== 'FORGED_NOTICE') return [honest];
  const lie: NoticeRow = { ...honest, noticeId: randomUUID(), status: 'FAILED', code: '0101', clearingDate: null, isForged: true };
  return [lie, { ...honest, dueAt: new Date(honest.dueAt.getTime() + fault.delayMs) }];
}

const ONE_YUAN = 100n;

/** The house's own number: it follows from the serial number, so that nothing has to be kept to make it. */
export function railReferenceOf({ clearingHouse, institution }: Place, serialNumber: string): string {
  return `${referenceInitialOf(clearingHouse)}${hash('sha256', `${institution}\n${serialNumber}`, 'hex').slice(0, 24).toUpperCase()}`;
}
