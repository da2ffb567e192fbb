import { AccountClass } from '@jinku/contracts';
import { pageFields } from '@jinku/service';
import { z } from 'zod';
import { ClientFundSubtype } from '../domain/account.ts';
import { AccountState, LinkState } from '../domain/account-state.ts';

export const accountId = z.uuid();

export const accountView = z.object({
  id: z.uuid(),
  accountClass: z.enum(AccountClass),
  subtype: z.enum(ClientFundSubtype).nullable(),
  owner: z.enum(['CLIENT', 'OWN']),
  name: z.string(),
  bankCode: z.string(),
  maskedNumber: z.string(),
  isFiled: z.boolean(),
  state: z.enum(AccountState),
  linkState: z.enum(LinkState),
  internalAccountCode: z.string().nullable(),
});

export const accountPage = z.object({ items: z.array(accountView), next: z.uuid().nullable() });

export const accountQuery = z.strictObject({ ...pageFields, accountClass: z.enum(AccountClass).optional(), state: z.enum(AccountState).optional() });
export type AccountQuery = z.output<typeof accountQuery>;

export const openingRequest = z.strictObject({
  accountClass: z.enum(AccountClass),
  subtype: z.enum(ClientFundSubtype).nullable().default(null),
  owner: z.enum(['CLIENT', 'OWN']),
  name: z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters'),
  bankCode: z.string().regex(/^[0-9]{12}$/, 'is a 12-digit bank code'),
  accountNumber: z.string().regex(/^[0-9]{6,32}$/, 'is an account number: 6 to 32 digits'),
  isFiled: z.boolean().default(false),
  reason: z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters'),
});
export type OpeningBody = z.output<typeof openingRequest>;

export const openingAnswer = z.object({ id: z.uuid(), approvalId: z.uuid() });

export const decision = z.strictObject({ note: z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters') });
export type DecisionBody = z.output<typeof decision>;

export const decisionAnswer = z.object({ accountId: z.uuid() });

export const stateChange = z.strictObject({ reason: z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters') });
export type StateChangeBody = z.output<typeof stateChange>;
