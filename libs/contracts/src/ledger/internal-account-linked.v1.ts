import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText, linkVersion } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const internalAccountLinkedV1 = defineMessage({
  name: 'ledger.internal-account-linked.v1',
  topic: Topic.LEDGER_EVENTS,
  audience: 'INTERNAL',
  sentence: 'The ledger answers an account\'s opening, renaming, change of state or closing: its internal account stands so, or was refused with the reason.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    internalAccountCode: z.string().optional(),
    link: z.enum(['CONFIRMED', 'REFUSED', 'CLOSED']),
    reason: z.string().optional(),
    at: instantText,
    /** Of the message that is answered. */
    linkVersion,
  }),
  example: {
    accountId: '01993c1e-0000-7000-8000-0000000000c1',
    internalAccountCode: '1001.01993c1e',
    link: 'CONFIRMED' as const,
    at: '2026-11-21T01:00:01.000Z',
    linkVersion: 1,
  },
});
export type InternalAccountLinkedV1 = PayloadOf<typeof internalAccountLinkedV1>;
