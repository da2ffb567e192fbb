import type { CallLimits, RailAnswer } from './payout-rail.ts';

/** One transfer between accounts as told to a bank. The serial number is committed before the call. */
export interface TransferInstruction {
  readonly serialNumber: string;
  /** An account of the institution at this bank. */
  readonly fromAccount: string;
  readonly amountMinor: bigint;
  readonly payee: { readonly accountNumber: string; readonly accountName: string; readonly bankCode: string };
  readonly purpose: string;
  /** The institution's own reference, shown on both statements. */
  readonly reference: string;
  /** The bank never executes the instruction after this instant. */
  readonly validUntil: Date;
}

/** The port to a bank that moves money out of our accounts there. None of these ever rejects for what the wire or the bank does. */
export interface TransferRail {
  submitTransfer(instruction: TransferInstruction, limits: CallLimits): Promise<RailAnswer>;
  inquireTransfer(serialNumber: string, limits?: Partial<CallLimits>): Promise<RailAnswer>;
}
