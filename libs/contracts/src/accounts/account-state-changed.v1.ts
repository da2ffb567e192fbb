import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const accountStateChangedV1 = defineMessage({
  name: 'accounts.account-state-changed.v1',
  topic: Topic.ACCOUNT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A registered account was activated, frozen, unfrozen or closed; the ledger follows with its internal account.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    from: z.enum(['PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED']),
    to: z.enum(['PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED']),
    changedAt: instantText,
  }),
  example: { accountId: '01993c1e-0000-7000-8000-0000000000c1', from: 'ACTIVE' as const, to: 'FROZEN' as const, changedAt: '2026-11-21T03:00:00.000Z' },
});
export type AccountStateChangedV1 = PayloadOf<typeof accountStateChangedV1>;
