import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** The same figures as payout shards tell, about the grant that fund-downs spend. */
export const transferGrantUsageReportedV1 = defineMessage({
  name: 'transfers.grant-usage-reported.v1',
  topic: Topic.TRANSFER_EVENTS,
  audience: 'INTERNAL',
  sentence: 'Transfers tells what it has done with its grant of quota, in totals since the grant began, and what its fund-downs need.',
  key: (message) => `grant:${message.grantId}`,
  schema: z.object({
    grantId: z.uuid(),
    clearingHouse,
    epoch: z.int().positive(),
    grantedTotal: amount,
    consumedTotal: amount,
    reserved: amount,
    need: amount,
    reportedAt: instantText,
  }),
  example: {
    grantId: '01993c1e-0000-7000-8000-0000000000a9',
    clearingHouse: ClearingHouse.NETSUNION,
    epoch: 1,
    grantedTotal: '100000.00',
    consumedTotal: '0.00',
    reserved: '50000.00',
    need: '0.00',
    reportedAt: '2026-11-21T02:00:01.000Z',
  },
});
export type TransferGrantUsageReportedV1 = PayloadOf<typeof transferGrantUsageReportedV1>;
