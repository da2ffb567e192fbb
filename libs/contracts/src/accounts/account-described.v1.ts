import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';
import { AccountClass } from './account-opened.v1.ts';

export const accountDescribedV1 = defineMessage({
  name: 'accounts.account-described.v1',
  topic: Topic.ACCOUNT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'All that other services need in order to work with an account, told whole whenever any of it changed; the highest version counts.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    /** Grows with every change of the account; an older one is ignored. */
    version: z.int().positive(),
    accountClass: z.enum(AccountClass),
    subtype: z.string().optional(),
    owner: z.enum(['CLIENT', 'OWN']),
    name: z.string(),
    state: z.enum(['PENDING_OPEN', 'ACTIVE', 'FROZEN', 'CLOSING', 'CLOSED']),
    /** Active, and its link to the ledger confirmed: money may move. */
    isUsable: z.boolean(),
    /** The only own-fund account that reserve money may go to. */
    isFiled: z.boolean(),
    accountNumber: z.string(),
    accountName: z.string(),
    bankCode: z.string(),
    connectorType: z.string().optional(),
    /** Further connector types, each under the name of what it is used for. */
    bindings: z.array(z.object({ use: z.string(), connectorType: z.string() })),
    describedAt: instantText,
  }),
  example: {
    accountId: '01993c1e-0000-7000-8000-0000000000c2',
    version: 3,
    accountClass: AccountClass.CLIENT_FUND,
    subtype: 'PREPAID_CARD',
    owner: 'CLIENT' as const,
    name: '预付卡备付金账户',
    state: 'ACTIVE' as const,
    isUsable: true,
    isFiled: false,
    accountNumber: '6214830100000002',
    accountName: '金库支付有限公司客户备付金',
    bankCode: '102100099996',
    connectorType: 'BANK_ALPHA',
    bindings: [],
    describedAt: '2026-11-21T01:00:00.000Z',
  },
});
export type AccountDescribedV1 = PayloadOf<typeof accountDescribedV1>;
