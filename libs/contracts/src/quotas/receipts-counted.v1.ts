import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, channelCode, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const receiptsCountedV1 = defineMessage({
  name: 'quotas.receipts-counted.v1',
  topic: Topic.QUOTA_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The collections of one channel, house and clearing date rose to a new total; the ledger books the difference from the total before.',
  key: (message) => `${message.clearingHouse}:${message.clearingDate}:${message.channel}`,
  schema: z.object({
    receiptId: z.uuid(),
    clearingHouse,
    channel: channelCode,
    clearingDate: businessDateText,
    previousTotal: amount,
    total: amount,
    countedAt: instantText,
  }),
  example: {
    receiptId: '01993c1e-0000-7000-8000-0000000000f3',
    clearingHouse: ClearingHouse.NETSUNION,
    channel: 'COLLECTION',
    clearingDate: '2026-11-21',
    previousTotal: '400000.00',
    total: '456789.10',
    countedAt: '2026-11-21T02:00:00.000Z',
  },
});
export type ReceiptsCountedV1 = PayloadOf<typeof receiptsCountedV1>;
