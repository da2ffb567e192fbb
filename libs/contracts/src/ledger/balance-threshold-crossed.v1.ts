import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** A balance as text: it may be negative, so it is not a request's amount. */
const balanceText = z.string().regex(/^-?(0|[1-9]\d*)\.\d{2}$/);

export const balanceThresholdCrossedV1 = defineMessage({
  name: 'ledger.balance-threshold-crossed.v1',
  topic: Topic.LEDGER_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The balance of an internal account came to lie on the other side of a monitored threshold.',
  key: (message) => message.accountCode,
  schema: z.object({
    monitorId: z.uuid(),
    accountCode: z.string(),
    direction: z.enum(['ABOVE', 'BELOW']),
    threshold: balanceText,
    balance: balanceText,
    at: instantText,
  }),
  example: {
    monitorId: '01993c1e-0000-7000-8000-0000000000f1',
    accountCode: '1002.01993c1e',
    direction: 'ABOVE' as const,
    threshold: '5000000.00',
    balance: '5100000.00',
    at: '2026-11-21T03:00:00.000Z',
  },
});
export type BalanceThresholdCrossedV1 = PayloadOf<typeof balanceThresholdCrossedV1>;
