import { PayoutState } from '@jinku/contracts';
import { pageFields, type Actor } from '@jinku/service';
import { z } from 'zod';

export const PAYOUTS_PER_REQUEST_MAX = 10_000;

const text = (charactersMax: number) =>
  z
    .string()
    .trim()
    .min(1, 'is not empty')
    .max(charactersMax, `has at most ${charactersMax} characters`)
    .refine((value) => !/\p{Cc}/u.test(value), 'has no control characters');

export const reasonBody = z.strictObject({ reason: text(200) });

export const payoutBatchBody = z.strictObject({
  /** Each is a payout request; they are checked and answered one by one. */
  payouts: z.array(z.unknown()).min(1, 'has at least one payout').max(PAYOUTS_PER_REQUEST_MAX, `has at most ${PAYOUTS_PER_REQUEST_MAX} payouts`),
});

export const payoutQuery = z.strictObject({
  requestId: z.string().max(64).optional(),
  merchantId: z.string().max(32).optional(),
  businessLine: z.string().max(32).optional(),
  state: z.enum(PayoutState).optional(),
  ...pageFields,
});

export const resolutionBody = z.strictObject({ conclusion: z.enum(['SUCCEEDED', 'FAILED']), evidence: text(1_000), reason: text(200) });

export const idParameter = z.uuid();

const nullableText = z.string().nullable();

export const payoutView = z.object({
  payoutId: z.uuid(),
  clientId: z.string(),
  requestId: z.string(),
  merchantId: z.string(),
  businessLine: z.string(),
  amount: z.string(),
  currency: z.literal('CNY'),
  payee: z.object({ accountNumber: z.string(), bankCode: z.string() }),
  payeeCategory: z.string(),
  purpose: z.string(),
  instructionReference: z.string(),
  latestBy: nullableText,
  state: z.enum(PayoutState),
  sequence: z.int(),
  attemptCount: z.int(),
  reasonCode: nullableText,
  /** The earlier payout of the same amount to the same payee, for which this one was held. */
  duplicateOf: nullableText,
  railReference: nullableText,
  /** What came back after the success, in all. */
  returned: z.string(),
  shard: z.int(),
  receivedAt: z.iso.datetime(),
  businessDate: z.iso.date(),
  updatedAt: z.iso.datetime(),
});

export const payoutPage = z.object({ items: z.array(payoutView), next: nullableText });

export const payoutAnswer = z.object({ payoutId: z.uuid(), requestId: z.string(), state: z.enum(PayoutState) });

export const payoutBatchAnswer = z.object({
  accepted: z.int(),
  refused: z.int(),
  rows: z.array(
    z.object({
      index: z.int(),
      payoutId: z.uuid().optional(),
      requestId: z.string().optional(),
      state: z.enum(PayoutState).optional(),
      refusal: z.object({ code: z.string(), detail: z.string(), violations: z.array(z.object({ field: z.string(), rule: z.string() })) }).optional(),
    }),
  ),
});

export const payoutFileAnswer = z.object({
  rows: z.int(),
  accepted: z.int(),
  /** Of these, rows whose request id had been admitted before with the same content. */
  known: z.int(),
  refused: z.array(
    z.object({
      /** As a spreadsheet counts: the header is row 1. */
      row: z.int(),
      requestId: nullableText,
      refusal: z.object({ code: z.string(), detail: z.string(), violations: z.array(z.object({ field: z.string(), rule: z.string() })) }),
    }),
  ),
});

export const controlledAnswer = z.object({ payoutId: z.uuid(), state: z.enum(PayoutState) });

export const dispatchSwitchView = z.object({
  stopped: z.boolean(),
  reason: nullableText,
  stoppedBy: nullableText,
  stoppedAt: z.iso.datetime().nullable(),
  startProposedBy: nullableText,
});

/** A person's requests have keys of their own, apart from every client's. */
export function clientOf(actor: Actor): string {
  return actor.kind === 'CLIENT' ? actor.id : `person:${actor.id}`;
}
