import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText, linkVersion } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const accountStateChangedV1 = defineMessage({
  name: 'accounts.account-state-changed.v1',
  topic: Topic.ACCOUNT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A registered account was activated, frozen, unfrozen, is being closed, was reopened or is closed; with a link version the ledger follows and answers.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    from: z.enum(['PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED']),
    to: z.enum(['PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED']),
    changedAt: instantText,
    /** Given when the ledger is to follow; it answers with the same number. */
    linkVersion: linkVersion.optional(),
  }),
  example: { accountId: '01993c1e-0000-7000-8000-0000000000c1', from: 'ACTIVE' as const, to: 'FROZEN' as const, changedAt: '2026-11-21T03:00:00.000Z', linkVersion: 2 },
});
export type AccountStateChangedV1 = PayloadOf<typeof accountStateChangedV1>;
