import type { ClearingHouse } from '@jinku/contracts';

import type { CallLimits, QuotaReading, RailAnswer } from './payout-rail.ts';

/** One change of the mapped quota as told to a rail. The serial number is committed before the call. */
export interface QuotaAdjustmentInstruction {
  readonly serialNumber: string;
  readonly direction: 'INCREASE' | 'DECREASE';
  readonly amountMinor: bigint;
  /** The house never takes the instruction after this instant. */
  readonly validUntil: Date;
}

/** The port to a clearing house whose mapped quota is read and adjusted. None of these ever rejects for what the wire or the house does. */
export interface QuotaRail {
  readonly clearingHouse: ClearingHouse;
  readQuota(limits?: Partial<CallLimits>): Promise<QuotaReading>;
  adjustQuota(instruction: QuotaAdjustmentInstruction, limits: CallLimits): Promise<RailAnswer>;
  inquireQuotaAdjustment(serialNumber: string, limits?: Partial<CallLimits>): Promise<RailAnswer>;
}
