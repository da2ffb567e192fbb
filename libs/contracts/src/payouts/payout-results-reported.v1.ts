import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, currency, instantText, PayoutState, PAYOUTS_PER_MESSAGE_MAX, positiveAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** What a client is told: the payout's states, and `REJECTED` for a request that never became a payout. */
export const ReportedState = { ...PayoutState, REJECTED: 'REJECTED' } as const;
export type ReportedState = (typeof ReportedState)[keyof typeof ReportedState];

export const payoutResultsReportedV1 = defineMessage({
  name: 'payouts.payout-results-reported.v1',
  topic: Topic.PAYOUT_RESULTS,
  audience: 'PUBLIC',
  sentence: 'States of payouts are told to the client that asked for them; every result of one payout travels under the same key, in order.',
  key: (message) => message.resultKey,
  schema: z.object({
    clientId: z.string(),
    /** `<client>:<shard>`; a payout stays in its shard for ever. */
    resultKey: z.string(),
    results: z
      .array(
        z.object({
          requestId: z.string(),
          /** Absent when the request was rejected. */
          payoutId: z.uuid().optional(),
          state: z.enum(ReportedState),
          /** Counts the states told of one payout, from 1; a reader that has seen a higher one drops this one. */
          sequence: z.int().positive(),
          amount: amount.optional(),
          currency: currency.optional(),
          reasonCode: z.string().optional(),
          /** For `REJECTED`: the fields and the rules they break. */
          violations: z.array(z.object({ field: z.string(), rule: z.string() })).optional(),
          railReference: z.string().optional(),
          /** Money of a payout that succeeded came back, in whole or in part. The state stays `SUCCEEDED`: this is an event of its own. */
          returned: z
            .object({
              /** The house's own id of this return. */
              returnId: z.string(),
              /** What came back this time. */
              amount: positiveAmount,
              /** What has come back in all, this time included; never above the payout's amount. */
              total: positiveAmount,
              clearingDate: businessDateText.optional(),
            })
            .optional(),
          at: instantText,
        }),
      )
      .min(1)
      .max(PAYOUTS_PER_MESSAGE_MAX),
  }),
  example: {
    clientId: 'settlement',
    resultKey: 'settlement:0',
    results: [
      {
        requestId: 'STL-20261121-000001',
        payoutId: '01993c1e-0000-7000-8000-000000000001',
        state: ReportedState.SUCCEEDED,
        sequence: 2,
        amount: '1234.56',
        currency: 'CNY' as const,
        railReference: 'NU202611210000000001',
        at: '2026-11-21T02:00:00.000Z',
      },
    ],
  },
});
export type PayoutResultsReportedV1 = PayloadOf<typeof payoutResultsReportedV1>;
