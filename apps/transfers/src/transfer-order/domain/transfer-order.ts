import type { PayeeCategory, TransferPurpose } from '@jinku/contracts';
import type { TransferPlan } from './plan-transfer.ts';
import type { TransferLegState } from './transfer-leg-state.ts';
import type { TransferOrderState } from './transfer-order-state.ts';

/** Money of the institution that is to move from one of its accounts to another; amounts are fen. */
export interface TransferOrder {
  readonly id: string;
  readonly state: TransferOrderState;
  readonly means: TransferPlan['means'];
  readonly purpose: TransferPurpose;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly payeeCategory: PayeeCategory | null;
  readonly rule: { readonly id: string; readonly version: number } | null;
  readonly requestedBy: string;
  readonly approvalId: string | null;
}

/** One step of an order over one rail. F1 and F3 have one. */
export interface TransferLeg {
  readonly orderId: string;
  readonly legNumber: number;
  readonly state: TransferLegState;
  readonly amountMinor: bigint;
}

/** What left, or may have left, under one serial number. */
export interface LegInstruction {
  readonly serialNumber: string;
  readonly orderId: string;
  readonly legNumber: number;
  readonly amountMinor: bigint;
  /** By business time. */
  readonly instructedAt: Date;
  readonly validUntil: Date;
  readonly inquiries: number;
  readonly notFoundAnswers: number;
  /** What it came to for good; null while it is asked about. */
  readonly conclusion: 'SETTLED' | 'CAME_BACK' | 'NOT_MOVED' | null;
}

/** Between two inquiries about one instruction, in wall time: often at first, for most answers are there at once, and for ever at the last step. */
const INQUIRY_LADDER_MS: readonly number[] = [500, 1_000, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

export function nextInquiryAfterMs(inquiries: number): number {
  return INQUIRY_LADDER_MS[Math.min(inquiries, INQUIRY_LADDER_MS.length - 1)] ?? 60_000;
}
