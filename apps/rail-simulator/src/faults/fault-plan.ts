import { hash } from 'node:crypto';
import { z } from 'zod';

import { minuteOfDayAt } from '../house/house.ts';
import { BUSINESS_FAILURES } from '../netsunion/codes.ts';
import { billFaultsSchema } from './bill-fault.ts';
import { FaultKind, tellsLater, type Fault } from './fault.ts';

const kindSchema = z.enum(Object.values(FaultKind));
const delaySchema = z.int().min(0).max(3_600_000);
const codeSchema = z.enum(BUSINESS_FAILURES);

const operationSchema = z.enum(['PAYOUT', 'QUOTA_INCREASE', 'QUOTA_DECREASE']);
type Operation = z.infer<typeof operationSchema>;
const PAYOUT_FIELDS = ['payeeAccount', 'bankCode', 'from', 'until'] as const;

/** An instant of business time, or a time of each day in Shanghai. */
const momentSchema = z.union([z.iso.datetime(), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)]);

/** What `PUT /admin/faults` and the fault file hold: how one house misbehaves. */
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
          /** A payout when it is not given. Adjustments are met by entries that name them, never by the rates. */
          operation: operationSchema.optional(),
          payeeAccount: z.string().max(32).optional(),
          /** The payee's bank: all payouts to it, as when it does not answer the house. */
          bankCode: z
            .string()
            .regex(/^\d{12}$/)
            .optional(),
          amount: z
            .string()
            .regex(/^(0|[1-9]\d{0,12})\.\d{2}$/)
            .optional(),
          /** 1 for the first request of this payee and amount. */
          occurrence: z.int().min(1).optional(),
          /** Null: this payout goes well, whatever the rates say. */
          fault: kindSchema.nullable(),
          /** From and until when the entry fits, the end not included; both of one kind. A span of a day may go over midnight. */
          from: momentSchema.optional(),
          until: momentSchema.optional(),
          delayMs: delaySchema.optional(),
          code: codeSchema.optional(),
        }),
      )
      .max(10_000)
      .default([]),
    bills: billFaultsSchema,
  })
  .refine(({ rates }) => Object.values(rates).reduce((sum, { share }) => sum + share, 0) <= 1 + 1e-9, {
    error: 'the shares add up to more than 1',
    path: ['rates'],
  })
  .refine(({ script }) => script.every(({ from, until }) => from === undefined || until === undefined || isTimeOfDay(from) === isTimeOfDay(until)), {
    error: 'from and until are both instants or both times of day',
    path: ['script'],
  })
  .refine(({ script }) => script.every((entry) => (entry.operation ?? 'PAYOUT') === 'PAYOUT' || PAYOUT_FIELDS.every((name) => entry[name] === undefined)), {
    error: 'an adjustment has no payee, no bank and no span of time',
    path: ['script'],
  })
  .refine(({ script }) => script.every(({ operation = 'PAYOUT', fault }) => fault === null || isPlayable(operation, fault)), {
    error: 'a decrease is answered at once, and no adjustment is executed late',
    path: ['script'],
  });
export type FaultPlan = z.infer<typeof faultPlanSchema>;

export const NO_FAULTS: FaultPlan = { seed: 'jinku', rates: {}, script: [], bills: [] };

/** Whether every request goes well. */
export function isWithoutFaults({ rates, script }: FaultPlan): boolean {
  return script.length === 0 && Object.values(rates).every(({ share }) => share === 0);
}

/** What a request is known by to the fault plan. Never its arrival order or serial number; its time only to entries with a span. */
export interface FaultSubject {
  readonly payeeAccount: string;
  readonly bankCode: string;
  /** In yuan. */
  readonly amount: string;
  /** How many requests of this payee and amount there have been, this one included. */
  readonly occurrence: number;
  /** Business time. */
  readonly at: Date;
}

const DEFAULT_DELAY_MS = 2_000;
/** The order in which the shares lie side by side; the plan's own order must not matter. */
const KINDS = Object.values(FaultKind);

/** The fault of one payout request: a pure function of the plan (with its seed), payee account, amount and occurrence. */
export function faultOf(plan: FaultPlan, subject: FaultSubject): Fault | null {
  const scripted = plan.script.find(
    (entry) =>
      (entry.operation ?? 'PAYOUT') === 'PAYOUT' &&
      (entry.payeeAccount === undefined || entry.payeeAccount === subject.payeeAccount) &&
      (entry.bankCode === undefined || entry.bankCode === subject.bankCode) &&
      (entry.amount === undefined || entry.amount === subject.amount) &&
      (entry.occurrence === undefined || entry.occurrence === subject.occurrence) &&
      isWithin(entry, subject.at),
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

/** What an adjustment of the quota is known by to the fault plan. `occurrence` counts those of one direction and amount that were taken. */
export interface AdjustmentSubject {
  readonly operation: 'QUOTA_INCREASE' | 'QUOTA_DECREASE';
  readonly amount: string;
  readonly occurrence: number;
}

export function faultOfAdjustment(plan: FaultPlan, { operation, amount, occurrence }: AdjustmentSubject): Fault | null {
  const entry = plan.script.find(
    (one) =>
      one.operation === operation &&
      (one.amount === undefined || one.amount === amount) &&
      (one.occurrence === undefined || one.occurrence === occurrence),
  );
  return entry?.fault == null ? null : { kind: entry.fault, delayMs: entry.delayMs ?? DEFAULT_DELAY_MS, code: null };
}

const TIME_OF_DAY_LENGTH = 5;

function isTimeOfDay(moment: string): boolean {
  return moment.length === TIME_OF_DAY_LENGTH;
}

/** An open end is the beginning or the end of the day, or of all time. */
function isWithin({ from, until }: { from?: string | undefined; until?: string | undefined }, at: Date): boolean {
  if (from === undefined && until === undefined) return true;
  if (!isTimeOfDay(from ?? until ?? '')) return (from === undefined || at >= new Date(from)) && (until === undefined || at < new Date(until));
  const [start, end] = [minuteOf(from ?? '00:00'), minuteOf(until ?? '24:00')];
  const minute = minuteOfDayAt(at);
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function isPlayable(operation: Operation, fault: FaultKind): boolean {
  if (operation === 'PAYOUT') return true;
  return fault !== 'LATE_EXECUTION' && !(operation === 'QUOTA_DECREASE' && tellsLater(fault));
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
