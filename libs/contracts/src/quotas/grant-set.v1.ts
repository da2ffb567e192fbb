import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const grantSetV1 = defineMessage({
  name: 'quotas.grant-set.v1',
  topic: Topic.QUOTA_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The holder of a grant may spend up to this total of a clearing house\'s quota; a later epoch replaces it, higher as a top-up, lower as a recall.',
  key: (message) => message.grantId,
  schema: z.object({
    grantId: z.uuid(),
    clearingHouse,
    /** Who spends it: a payout shard, or the fund-downs of transfers (shard 0). */
    holder: z.enum(['PAYOUTS', 'TRANSFERS']),
    shard: z.int().nonnegative(),
    /** Grows with every change; an older one is ignored. */
    epoch: z.int().positive(),
    /** Quota granted since the grant began, never a difference. */
    grantedTotal: amount,
    setAt: instantText,
  }),
  example: {
    grantId: '01993c1e-0000-7000-8000-0000000000a1',
    clearingHouse: ClearingHouse.NETSUNION,
    holder: 'PAYOUTS' as const,
    shard: 0,
    epoch: 1,
    grantedTotal: '1000000.00',
    setAt: '2026-11-21T01:59:00.000Z',
  },
});
export type GrantSetV1 = PayloadOf<typeof grantSetV1>;
