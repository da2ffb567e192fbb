import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, channelCode, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** What clients paid in over a clearing house. Totals, never differences: a lost, late or doubled message cannot lose or double money. */
export const reportCollectionsV1 = defineMessage({
  name: 'settlement.report-collections.v1',
  topic: Topic.COLLECTIONS,
  audience: 'PUBLIC',
  sentence: 'The settlement service tells how much was collected so far over one channel of a clearing house for one clearing date.',
  key: (message) => `${message.clearingHouse}:${message.clearingDate}:${message.channel}`,
  schema: z.strictObject({
    clearingHouse,
    channel: channelCode,
    clearingDate: businessDateText,
    /** Grows with every report of the same house, channel and date; an older one is ignored. */
    sequence: z.int().positive(),
    /** Items and money collected since the clearing date began. */
    countTotal: z.int().nonnegative(),
    amountTotal: amount,
    /** The last report of its house, channel and date: nothing more follows. */
    isFinal: z.boolean(),
    asOf: instantText,
  }),
  example: {
    clearingHouse: ClearingHouse.NETSUNION,
    channel: 'COLLECTION',
    clearingDate: '2026-11-21',
    sequence: 7,
    countTotal: 1280,
    amountTotal: '456789.10',
    isFinal: false,
    asOf: '2026-11-21T02:00:00.000Z',
  },
});
export type ReportCollectionsV1 = PayloadOf<typeof reportCollectionsV1>;
