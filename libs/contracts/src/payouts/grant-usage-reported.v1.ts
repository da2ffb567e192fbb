import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const grantUsageReportedV1 = defineMessage({
  name: 'payouts.grant-usage-reported.v1',
  topic: Topic.GRANT_USAGE,
  audience: 'INTERNAL',
  sentence: 'A payout shard tells what it has done with its grant, in totals since the grant began, and what its queue needs.',
  key: (message) => `shard:${message.shard}`,
  schema: z.object({
    grantId: z.uuid(),
    shard: z.int().nonnegative(),
    clearingHouse,
    /** The latest epoch the shard has taken; a recall counts once its epoch comes back here. */
    epoch: z.int().positive(),
    /** The granted total the shard holds itself to; at a recall it may stay above what was asked, when more was used already. */
    grantedTotal: amount,
    /** Quota of attempts whose outcome is final and good, in all. */
    consumedTotal: amount,
    /** Quota set aside for attempts that are not final. */
    reserved: amount,
    /** What the queue of this shard would still take. */
    need: amount,
    /** What of `consumedTotal` stands on each of the house's recent clearing dates; a date that is not named has not changed for days. */
    consumedByDate: z.array(z.object({ clearingDate: businessDateText, total: amount, count: z.int().nonnegative() })).max(16).optional(),
    reportedAt: instantText,
  }),
  example: {
    grantId: '01993c1e-0000-7000-8000-0000000000a1',
    shard: 0,
    clearingHouse: ClearingHouse.NETSUNION,
    epoch: 1,
    grantedTotal: '1000000.00',
    consumedTotal: '1234.56',
    reserved: '0.00',
    need: '0.00',
    consumedByDate: [{ clearingDate: '2026-11-21', total: '1234.56', count: 1 }],
    reportedAt: '2026-11-21T02:00:01.000Z',
  },
});
export type GrantUsageReportedV1 = PayloadOf<typeof grantUsageReportedV1>;
