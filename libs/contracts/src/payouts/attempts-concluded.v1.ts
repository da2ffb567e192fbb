import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { AttemptConclusion, businessDateText, clearingHouse, ClearingHouse, instantText, PayoutState, PAYOUTS_PER_MESSAGE_MAX, positiveAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const attemptsConcludedV1 = defineMessage({
  name: 'payouts.attempts-concluded.v1',
  topic: Topic.PAYOUT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The outcomes of attempts became definite: their reservations of quota end, as consumed or as released.',
  key: (message) => `shard:${message.shard}`,
  schema: z.object({
    shard: z.int().nonnegative(),
    clearingHouse,
    concludedAt: instantText,
    attempts: z
      .array(
        z.object({
          payoutId: z.uuid(),
          attemptNumber: z.int().positive(),
          serialNumber: z.string(),
          merchantId: z.string(),
          businessLine: z.string(),
          amount: positiveAmount,
          conclusion: z.enum(AttemptConclusion),
          /** Where the payout went with it: a failed attempt leaves it FAILED, or QUEUED to be tried again under a new number. */
          payoutState: z.enum([PayoutState.SUCCEEDED, PayoutState.FAILED, PayoutState.QUEUED, PayoutState.HELD]),
          clearingDate: businessDateText,
          railReference: z.string().optional(),
          reasonCode: z.string().optional(),
        }),
      )
      .min(1)
      .max(PAYOUTS_PER_MESSAGE_MAX),
  }),
  example: {
    shard: 0,
    clearingHouse: ClearingHouse.NETSUNION,
    concludedAt: '2026-11-21T02:00:01.000Z',
    attempts: [
      {
        payoutId: '01993c1e-0000-7000-8000-000000000001',
        attemptNumber: 1,
        serialNumber: 'JINKU001202611210000000001',
        merchantId: 'M10001',
        businessLine: 'SETTLEMENT',
        amount: '1234.56',
        conclusion: AttemptConclusion.SUCCEEDED,
        payoutState: PayoutState.SUCCEEDED,
        clearingDate: '2026-11-21',
        railReference: 'NU202611210000000001',
      },
    ],
  },
});
export type AttemptsConcludedV1 = PayloadOf<typeof attemptsConcludedV1>;
