import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const quotaObservedV1 = defineMessage({
  name: 'quotas.quota-observed.v1',
  topic: Topic.QUOTA_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The mapped quota at a clearing house is known to have changed; told in the transaction that recorded it.',
  key: (message) => `quota:${message.clearingHouse}`,
  schema: z.object({
    observationId: z.uuid(),
    clearingHouse,
    previousMapped: amount,
    mapped: amount,
    source: z.enum(['NOTICE', 'QUERY', 'FILE', 'MANUAL']),
    asOf: instantText,
  }),
  example: {
    observationId: '01993c1e-0000-7000-8000-0000000000b1',
    clearingHouse: ClearingHouse.NETSUNION,
    previousMapped: '0.00',
    mapped: '50000000.00',
    source: 'QUERY' as const,
    asOf: '2026-11-21T01:59:00.000Z',
  },
});
export type QuotaObservedV1 = PayloadOf<typeof quotaObservedV1>;
