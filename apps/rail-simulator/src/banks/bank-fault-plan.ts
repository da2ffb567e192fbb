import { z } from 'zod';

import { BUSINESS_FAILURES, type BusinessFailure } from '../netsunion/codes.ts';

/** How a bank may misbehave over one transfer. */
export const TransferFaultKind = {
  /** Never executed; the connection is held without an answer. */
  TIMEOUT_BEFORE_EXECUTION: 'TIMEOUT_BEFORE_EXECUTION',
  /** Executed; the connection is held without an answer. */
  TIMEOUT_AFTER_EXECUTION: 'TIMEOUT_AFTER_EXECUTION',
  /** Never executed; the connection is reset. */
  RESET_BEFORE_EXECUTION: 'RESET_BEFORE_EXECUTION',
  /** Executed; the connection is reset. */
  RESET_AFTER_EXECUTION: 'RESET_AFTER_EXECUTION',
  /** Never executed; a signed `9999`. */
  SYSTEM_BUSY: 'SYSTEM_BUSY',
  /** Executed; the answer is true but its signature is a stranger's. */
  WRONG_SIGNATURE: 'WRONG_SIGNATURE',
  /** Taken, and then definitely failed with `code`: nothing is debited. */
  BUSINESS_FAILURE: 'BUSINESS_FAILURE',
  /** Refused by risk control. */
  RISK_REFUSAL: 'RISK_REFUSAL',
  /** Executed; inquiries say `PROCESSING` for `delayMs` of wall time. */
  LATE_RESULT: 'LATE_RESULT',
  /** Debited and sent on; the money comes back after `delayMs` of business time. */
  DEBITED_AND_RETURNED: 'DEBITED_AND_RETURNED',
  /** Debited and sent on; it arrives after `delayMs` of business time. */
  LATE_ARRIVAL: 'LATE_ARRIVAL',
  /** Debited and sent on; it arrives without the serial number. */
  ARRIVAL_WITHOUT_REFERENCE: 'ARRIVAL_WITHOUT_REFERENCE',
} as const;
export type TransferFaultKind = (typeof TransferFaultKind)[keyof typeof TransferFaultKind];

/** How a bank may misbehave over one statement file; its books stay right. */
export const StatementFault = {
  /** The first entry is left out; the totals still count it. */
  LINE_MISSING: 'LINE_MISSING',
  /** The first entry comes twice. */
  LINE_DOUBLED: 'LINE_DOUBLED',
  /** The first entry's amount is one yuan too high. */
  LINE_CHANGED: 'LINE_CHANGED',
  /** The credit total is one yuan too high. */
  TOTALS_WRONG: 'TOTALS_WRONG',
  /** The file is in the other bank's encoding. */
  WRONG_ENCODING: 'WRONG_ENCODING',
  /** The file breaks off after two thirds of its bytes. */
  TRUNCATED: 'TRUNCATED',
  /** The file of the date before, once more. */
  FILE_REPEATED: 'FILE_REPEATED',
  /** There is no file yet. */
  NOT_READY: 'NOT_READY',
} as const;
export type StatementFault = (typeof StatementFault)[keyof typeof StatementFault];

const bankSchema = z.enum(['alpha', 'beta']);

/** What `PUT /admin/banks/faults` holds. In each list the first entry that fits decides; what it leaves out fits everything. */
export const bankFaultPlanSchema = z.strictObject({
  transfers: z
    .array(
      z.strictObject({
        bank: bankSchema.optional(),
        fromAccount: z.string().max(32).optional(),
        payeeAccount: z.string().max(32).optional(),
        amount: z
          .string()
          .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
          .optional(),
        /** 1 for the first transfer of this bank, payer, payee and amount. */
        occurrence: z.int().min(1).optional(),
        /** Null: this transfer goes well. */
        fault: z.enum(TransferFaultKind).nullable(),
        delayMs: z.int().min(0).max(86_400_000).optional(),
        code: z.enum(BUSINESS_FAILURES).optional(),
      }),
    )
    .max(10_000)
    .default([]),
  statements: z
    .array(
      z.strictObject({
        bank: bankSchema.optional(),
        accountNumber: z.string().max(32).optional(),
        businessDate: z.iso.date().optional(),
        fault: z.enum(StatementFault).nullable(),
      }),
    )
    .max(10_000)
    .default([]),
});
export type BankFaultPlan = z.infer<typeof bankFaultPlanSchema>;

export const NO_BANK_FAULTS: BankFaultPlan = { transfers: [], statements: [] };

export interface TransferFault {
  readonly kind: TransferFaultKind;
  readonly delayMs: number;
  /** For BUSINESS_FAILURE. */
  readonly code: BusinessFailure;
}

/** What a transfer is known by to the plan. Never its serial number or time. */
export interface TransferSubject {
  readonly bank: string;
  readonly fromAccount: string;
  readonly payeeAccount: string;
  /** As on the wire. */
  readonly amount: string;
  readonly occurrence: number;
}

const DEFAULT_DELAY_MS = 60_000;

export function faultOfTransfer({ transfers }: BankFaultPlan, subject: TransferSubject): TransferFault | null {
  const entry = transfers.find((one) => fits(one, subject, ['bank', 'fromAccount', 'payeeAccount', 'amount', 'occurrence']));
  if (entry?.fault == null) return null;
  return { kind: entry.fault, delayMs: entry.delayMs ?? DEFAULT_DELAY_MS, code: entry.code ?? '0101' };
}

export function faultOfStatement(
  { statements }: BankFaultPlan,
  subject: { bank: string; accountNumber: string; businessDate: string },
): StatementFault | null {
  return statements.find((one) => fits(one, subject, ['bank', 'accountNumber', 'businessDate']))?.fault ?? null;
}

/** The request is forgotten without being executed. */
export function forgets(kind: TransferFaultKind): boolean {
  return kind === 'TIMEOUT_BEFORE_EXECUTION' || kind === 'RESET_BEFORE_EXECUTION' || kind === 'SYSTEM_BUSY';
}

function fits<K extends string>(entry: Partial<Record<K, unknown>>, subject: Record<K, unknown>, names: readonly K[]): boolean {
  return names.every((name) => entry[name] === undefined || entry[name] === subject[name]);
}
