import { z } from 'zod';

/** How a house may err in the payout bill of a session; its books stay right, and the bill's head always agrees with its lines. */
export const BillFault = {
  /** An executed payout is left out. */
  LINE_MISSING: 'LINE_MISSING',
  /** An executed payout comes twice. */
  LINE_DOUBLED: 'LINE_DOUBLED',
  /** An executed payout is one yuan too high. */
  LINE_CHANGED: 'LINE_CHANGED',
  /** A payout that failed stands there as if it had been executed. */
  STATUS_CHANGED: 'STATUS_CHANGED',
} as const;
export type BillFault = (typeof BillFault)[keyof typeof BillFault];

/** A doubled line makes its page longer: more of them would not go into one answer. */
const BILL_FAULTS_MAX = 20;

/** Each entry errs over one line of each bill that it fits. What it leaves out fits everything; of several payouts that fit, the seed draws one. */
export const billFaultsSchema = z
  .array(
    z.strictObject({
      clearingDate: z.iso.date().optional(),
      payeeAccount: z.string().max(32).optional(),
      amount: z
        .string()
        .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
        .optional(),
      fault: z.enum(BillFault),
    }),
  )
  .max(BILL_FAULTS_MAX)
  .default([]);
