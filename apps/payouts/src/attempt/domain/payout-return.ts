import type { AttemptConclusion, ClearingHouse } from '@jinku/contracts';

/** Where a return stands. */
export const ReturnState = {
  /** Told before our record knows that the payout succeeded; looked at again when it does. */
  WAITING: 'WAITING',
  /** Counts: the client, the ledger and the payout's total know it. */
  RECORDED: 'RECORDED',
  /** Does not fit what is on record; nothing follows from it, and a person looks at it. */
  QUARANTINED: 'QUARANTINED',
} as const;
export type ReturnState = (typeof ReturnState)[keyof typeof ReturnState];

/** Why a return is in quarantine. */
export const ReturnFault = {
  /** The notice does not say definitely that money came back, or names no amount above zero. */
  NOT_DEFINITE: 'NOT_DEFINITE',
  /** No attempt of ours has the serial number. */
  UNKNOWN_NUMBER: 'UNKNOWN_NUMBER',
  /** The attempt failed by our record: what never left cannot come back. */
  NOT_SUCCEEDED: 'NOT_SUCCEEDED',
  /** With what came back before it would be more than was paid. */
  ABOVE_AMOUNT: 'ABOVE_AMOUNT',
} as const;
export type ReturnFault = (typeof ReturnFault)[keyof typeof ReturnFault];

/** What a house told about money that came back. */
export interface ToldReturn {
  readonly noticeId: string;
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly isDefinite: boolean;
  readonly clearingDate: string | null;
  readonly railReference: string | null;
  readonly occurredAt: Date;
}

/** What is on record of the attempt that a return names. */
export interface ReturnStanding {
  readonly serialNumber: string;
  readonly payoutId: string;
  readonly house: ClearingHouse;
  readonly conclusion: AttemptConclusion | null;
  readonly amountMinor: bigint;
  readonly returnedMinor: bigint;
}

export interface DecidedReturn extends ToldReturn {
  readonly state: ReturnState;
  readonly fault: ReturnFault | null;
  readonly payoutId: string | null;
  readonly house: ClearingHouse | null;
  /** What has come back in all, this return included; null unless it is recorded. */
  readonly totalMinor: bigint | null;
}

/** Judges returns in the order they were told; those of one payout add up. A return that would go beyond the payout's amount is set aside as a whole. */
export function decideReturns(told: readonly ToldReturn[], standings: readonly ReturnStanding[]): DecidedReturn[] {
  const standingOf = new Map(standings.map((standing) => [standing.serialNumber, standing]));
  const totals = new Map(standings.map((standing) => [standing.serialNumber, standing.returnedMinor]));
  return told.map((one) => {
    const standing = standingOf.get(one.serialNumber);
    const payoutId = standing?.payoutId ?? null;
    const house = standing?.house ?? null;
    const quarantined = (fault: ReturnFault): DecidedReturn => ({ ...one, state: 'QUARANTINED', fault, payoutId, house, totalMinor: null });
    if (!one.isDefinite || one.amountMinor <= 0n) return quarantined('NOT_DEFINITE');
    if (standing === undefined) return quarantined('UNKNOWN_NUMBER');
    if (standing.conclusion === 'FAILED') return quarantined('NOT_SUCCEEDED');
    if (standing.conclusion === null) return { ...one, state: 'WAITING', fault: null, payoutId, house, totalMinor: null };
    const totalMinor = (totals.get(one.serialNumber) ?? 0n) + one.amountMinor;
    if (totalMinor > standing.amountMinor) return quarantined('ABOVE_AMOUNT');
    totals.set(one.serialNumber, totalMinor);
    return { ...one, state: 'RECORDED', fault: null, payoutId, house, totalMinor };
  });
}
