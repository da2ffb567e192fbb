import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const internalAccountLinkedV1 = defineMessage({
  name: 'ledger.internal-account-linked.v1',
  topic: Topic.LEDGER_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The ledger answers an account\'s opening or change of state: its internal account stands in that state, or was refused with the reason.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    internalAccountCode: z.string().optional(),
    link: z.enum(['CONFIRMED', 'REFUSED', 'CLOSED']),
    reason: z.string().optional(),
    at: instantText,
  }),
  example: {
    accountId: '01993c1e-0000-7000-8000-0000000000c1',
    internalAccountCode: '1001.01993c1e',
    link: 'CONFIRMED' as const,
    at: '2026-11-21T01:00:01.000Z',
  },
});
export type InternalAccountLinkedV1 = PayloadOf<typeof internalAccountLinkedV1>;
