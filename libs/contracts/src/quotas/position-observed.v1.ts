import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const positionObservedV1 = defineMessage({
  name: 'quotas.position-observed.v1',
  topic: Topic.QUOTA_EVENTS,
  audience: 'INTERNAL',
  sentence: 'What an account holds was observed anew: told at every change, and at least once a minute while it stands still.',
  key: (message) => message.accountId,
  schema: z.object({
    observationId: z.uuid(),
    accountId: z.uuid(),
    balance: amount,
    source: z.enum(['NOTICE', 'QUERY', 'FILE', 'MANUAL']),
    /** When the bank or central bank says it was so. */
    asOf: instantText,
    observedAt: instantText,
  }),
  example: {
    observationId: '01993c1e-0000-7000-8000-0000000000f1',
    accountId: '01993c1e-0000-7000-8000-0000000000c2',
    balance: '1250000.00',
    source: 'QUERY' as const,
    asOf: '2026-11-21T01:59:58.000Z',
    observedAt: '2026-11-21T01:59:59.000Z',
  },
});
export type PositionObservedV1 = PayloadOf<typeof positionObservedV1>;
