import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { businessDateText, clearingHouse, ClearingHouse, instantText, PAYOUTS_PER_MESSAGE_MAX, positiveAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const payoutsReturnedV1 = defineMessage({
  name: 'payouts.payouts-returned.v1',
  topic: Topic.PAYOUT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'Money of payouts that had succeeded came back through the house, in whole or in part; the payouts stay as they are.',
  key: (message) => `shard:${message.shard}`,
  schema: z.object({
    shard: z.int().nonnegative(),
    clearingHouse,
    recordedAt: instantText,
    returns: z
      .array(
        z.object({
          /** The house's own id of this return; told once. */
          returnId: z.string(),
          payoutId: z.uuid(),
          serialNumber: z.string(),
          merchantId: z.string(),
          businessLine: z.string(),
          amount: positiveAmount,
          /** What has come back in all, this return included; never above the payout's amount. */
          returnedTotal: positiveAmount,
          /** The house's, on which the money stands in its session; our business date where it names none. */
          clearingDate: businessDateText,
          railReference: z.string().optional(),
        }),
      )
      .min(1)
      .max(PAYOUTS_PER_MESSAGE_MAX),
  }),
  example: {
    shard: 0,
    clearingHouse: ClearingHouse.NETSUNION,
    recordedAt: '2026-11-24T02:00:00.000Z',
    returns: [
      {
        returnId: 'N-0002',
        payoutId: '01993c1e-0000-7000-8000-000000000001',
        serialNumber: 'JINKU001202611210000000001',
        merchantId: 'M10001',
        businessLine: 'SETTLEMENT',
        amount: '234.56',
        returnedTotal: '234.56',
        clearingDate: '2026-11-24',
        railReference: 'NU202611210000000001',
      },
    ],
  },
});
export type PayoutsReturnedV1 = PayloadOf<typeof payoutsReturnedV1>;
