import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText, linkVersion } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const accountRenamedV1 = defineMessage({
  name: 'accounts.account-renamed.v1',
  topic: Topic.ACCOUNT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A registered account has another name; the ledger gives it to its internal account and answers.',
  key: (message) => message.accountId,
  schema: z.object({ accountId: z.uuid(), name: z.string(), renamedAt: instantText, linkVersion }),
  example: { accountId: '01993c1e-0000-7000-8000-0000000000c1', name: '集中存管账户', renamedAt: '2026-11-21T03:00:00.000Z', linkVersion: 2 },
});
export type AccountRenamedV1 = PayloadOf<typeof accountRenamedV1>;
