import { hash } from 'node:crypto';
import { z } from 'zod';

import { BUSINESS_FAILURES } from '../netsunion/codes.ts';
import { FaultKind, type Fault } from './fault.ts';

const kindSchema = z.enum(Object.values(FaultKind));
const delaySchema = z.int().min(0).max(3_600_000);
const codeSchema = z.enum(BUSINESS_FAILURES);

/** What `PUT /admin/faults` and the fault file hold. */
export const faultPlanSchema = z
  .strictObject({
    seed: z.string().max(64).default('jinku'),
    /** Share of payouts, 0 to 1, by kind; the shares add up to 1 at most. */
    rates: z
      .partialRecord(
        kindSchema,
        z.strictObject({ share: z.number().min(0).max(1), delayMs: delaySchema.optional(), code: codeSchema.optional() }),
      )
      .default({}),
    /** Before the rates: the first entry that fits decides. What an entry leaves out fits everything. */
    script: z
      .array(
        z.strictObject({
          payeeAccount: z.string().max(32).optional(),
          amount: z
            .string()
            .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
            .optional(),
          /** 1 for the first request of this payee and amount. */
          occurrence: z.int().min(1).optional(),
          /** Null: this payout goes well, whatever the rates say. */
          fault: kindSchema.nullable(),
          delayMs: delaySchema.optional(),
          code: codeSchema.optional(),
        }),
      )
      .max(10_000)
      .default([]),
  })
  .refine(({ rates }) => Object.values(rates).reduce((sum, { share }) => sum + share, 0) <= 1 + 1e-9, {
    error: 'the shares add up to more than 1',
    path: ['rates'],
  });
export type FaultPlan = z.infer<typeof faultPlanSchema>;

export const NO_FAULTS: FaultPlan = { seed: 'jinku', rates: {}, script: [] };

export function isWithoutFaults({ rates, script }: FaultPlan): boolean {
  return script.length === 0 && Object.values(rates).every(({ share }) => share === 0);
}

/** What a request is known by to the fault plan. Never its arrival order, serial number or time. */
export interface FaultSubject {
  readonly payeeAccount: string;
  /** As on the wire. */
  readonly amount: string;
  /** How many requests of this payee and amount there have been, this one included. */
  readonly occurrence: number;
}

const DEFAULT_DELAY_MS = 2_000;
/** The order in which the shares lie side by side; the plan's own order must not matter. */
const KINDS = Object.values(FaultKind);

/** The fault of one payout request: a pure function of the plan (with its seed), payee account, amount and occurrence. */
export function faultOf(plan: FaultPlan, subject: FaultSubject): Fault | null {
  const scripted = plan.script.find(
    (entry) =>
      (entry.payeeAccount === undefined || entry.payeeAccount === subject.payeeAccount) &&
      (entry.amount === undefined || entry.amount === subject.amount) &&
      (entry.occurrence === undefined || entry.occurrence === subject.occurrence),
  );
  const { place, codeIndex } = dice(plan.seed, subject);
  if (scripted !== undefined) return scripted.fault === null ? null : madeOf(scripted.fault, scripted, codeIndex);
  let upTo = 0;
  for (const kind of KINDS) {
    const rate = plan.rates[kind];
    upTo += rate?.share ?? 0;
    if (rate !== undefined && place < upTo) return madeOf(kind, rate, codeIndex);
  }
  return null;
}

function madeOf(
  kind: FaultKind,
  { delayMs, code }: { delayMs?: number | undefined; code?: Fault['code'] | undefined },
  codeIndex: number,
): Fault {
  const drawn = kind === FaultKind.BUSINESS_FAILURE ? (BUSINESS_FAILURES[codeIndex] ?? null) : null;
  return { kind, delayMs: delayMs ?? DEFAULT_DELAY_MS, code: code ?? drawn };
}

function dice(seed: string, { payeeAccount, amount, occurrence }: FaultSubject): { place: number; codeIndex: number } {
  const digest = hash('sha256', JSON.stringify([seed, payeeAccount, amount, occurrence]), 'buffer');
  return { place: digest.readUIntBE(0, 6) / 2 ** 48, codeIndex: digest.readUInt32BE(6) % BUSINESS_FAILURES.length };
}
