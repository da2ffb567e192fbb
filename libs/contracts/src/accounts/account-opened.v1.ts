import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText, linkVersion } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** The classes of domain §2. */
export const AccountClass = {
  CENTRAL_RESERVE: 'CENTRAL_RESERVE',
  CLIENT_FUND: 'CLIENT_FUND',
  OWN_FUND: 'OWN_FUND',
  VIRTUAL: 'VIRTUAL',
  CHANNEL: 'CHANNEL',
} as const;
export type AccountClass = (typeof AccountClass)[keyof typeof AccountClass];

export const accountOpenedV1 = defineMessage({
  name: 'accounts.account-opened.v1',
  topic: Topic.ACCOUNT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'An account was approved for opening; the ledger opens its internal account and confirms the link.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    accountClass: z.enum(AccountClass),
    subtype: z.string().optional(),
    owner: z.enum(['CLIENT', 'OWN']),
    name: z.string(),
    openedAt: instantText,
    linkVersion,
  }),
  example: {
    accountId: '01993c1e-0000-7000-8000-0000000000c1',
    accountClass: AccountClass.CENTRAL_RESERVE,
    owner: 'CLIENT' as const,
    name: '央行备付金账户',
    openedAt: '2026-11-21T01:00:00.000Z',
    linkVersion: 1,
  },
});
export type AccountOpenedV1 = PayloadOf<typeof accountOpenedV1>;
