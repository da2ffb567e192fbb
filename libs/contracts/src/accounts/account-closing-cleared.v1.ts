import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText, linkVersion } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const accountClosingClearedV1 = defineMessage({
  name: 'accounts.account-closing-cleared.v1',
  topic: Topic.ACCOUNT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'Nothing but the ledger stands between an account and its closing; the ledger closes the internal account if it is empty, else refuses, and answers.',
  key: (message) => message.accountId,
  schema: z.object({ accountId: z.uuid(), closingId: z.uuid(), clearedAt: instantText, linkVersion }),
  example: {
    accountId: '01993c1e-0000-7000-8000-0000000000c1',
    closingId: '01993c1e-0000-7000-8000-0000000000d1',
    clearedAt: '2026-11-21T03:00:00.000Z',
    linkVersion: 3,
  },
});
export type AccountClosingClearedV1 = PayloadOf<typeof accountClosingClearedV1>;
