import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { businessDateText, clearingHouse, ClearingHouse, instantText, PAYOUTS_PER_MESSAGE_MAX, positiveAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const payoutsDispatchedV1 = defineMessage({
  name: 'payouts.payouts-dispatched.v1',
  topic: Topic.PAYOUT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A batch of attempts was committed with its serial numbers and one reservation of quota; the instructions are about to leave.',
  key: (message) => `shard:${message.shard}`,
  schema: z.object({
    dispatchId: z.uuid(),
    shard: z.int().nonnegative(),
    clearingHouse,
    grantId: z.uuid(),
    dispatchedAt: instantText,
    businessDate: businessDateText,
    attempts: z
      .array(
        z.object({
          payoutId: z.uuid(),
          attemptNumber: z.int().positive(),
          serialNumber: z.string(),
          merchantId: z.string(),
          businessLine: z.string(),
          amount: positiveAmount,
        }),
      )
      .min(1)
      .max(PAYOUTS_PER_MESSAGE_MAX),
  }),
  example: {
    dispatchId: '01993c1e-0000-7000-8000-0000000000d1',
    shard: 0,
    clearingHouse: ClearingHouse.NETSUNION,
    grantId: '01993c1e-0000-7000-8000-0000000000a1',
    dispatchedAt: '2026-11-21T02:00:00.000Z',
    businessDate: '2026-11-21',
    attempts: [
      {
        payoutId: '01993c1e-0000-7000-8000-000000000001',
        attemptNumber: 1,
        serialNumber: 'JINKU001202611210000000001',
        merchantId: 'M10001',
        businessLine: 'SETTLEMENT',
        amount: '1234.56',
      },
    ],
  },
});
export type PayoutsDispatchedV1 = PayloadOf<typeof payoutsDispatchedV1>;
