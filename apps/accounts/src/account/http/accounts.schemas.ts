import { AccountClass } from '@jinku/contracts';
import { positiveAmountText } from '@jinku/money';
import { pageFields, PAGE_SIZE_MAX } from '@jinku/service';
import { z } from 'zod';
import { Capability, connectorTypeCode } from '../../connector-type/domain/connector-type.ts';
import { ACCOUNT_ACTS } from '../domain/account-act.ts';
import { ClientFundSubtype } from '../domain/account.ts';
import { AccountState, LinkState } from '../domain/account-state.ts';
import { ClosingAnswer, ClosingCheck, STATED_CHECKS } from '../domain/closing.ts';
import { REGISTRATION_EVENTS, RegistrationState } from '../domain/registration-state.ts';
import { HISTORY_ACTS } from '../persistence/account-history.repository.ts';
import { ACCOUNT_SORTS } from '../queries/list-accounts.ts';

const LINES_MAX = 200;

const line = (most: number): z.ZodString => z.string().trim().min(1, 'is not empty').max(most, `has at most ${most} characters`);
const owner = z.enum(['CLIENT', 'OWN']);
const bankCode = z.string().regex(/^[0-9]{12}$/, 'is a 12-digit bank code');
const accountNumber = z.string().regex(/^[0-9]{6,32}$/, 'is an account number: 6 to 32 digits');
const reason = line(LINES_MAX);
const instant = z.iso.datetime();
const fields = z.record(z.string(), z.unknown());

export const uuid = z.uuid();

export const accountView = z.object({
  id: z.uuid(),
  accountClass: z.enum(AccountClass),
  subtype: z.enum(ClientFundSubtype).nullable(),
  owner,
  name: z.string(),
  bank: z.string().nullable(),
  bankCode: z.string(),
  maskedNumber: z.string(),
  purpose: z.string().nullable(),
  isFiled: z.boolean(),
  validFrom: z.iso.date(),
  validUntil: z.iso.date().nullable(),
  closeBy: z.iso.date().nullable(),
  limitPerItem: z.string().nullable(),
  limitPerDay: z.string().nullable(),
  responsiblePerson: z.string(),
  connectorType: z.string().nullable(),
  secondaryConnectors: z.array(z.object({ capability: z.enum(Capability), connectorType: z.string() })),
  registrationState: z.enum(RegistrationState),
  fundingAccountRef: z.string().nullable(),
  state: z.enum(AccountState),
  linkState: z.enum(LinkState),
  linkVersion: z.int(),
  linkReason: z.string().nullable(),
  internalAccountCode: z.string().nullable(),
  isUsable: z.boolean(),
  version: z.int(),
});
export const accountPage = z.object({ items: z.array(accountView), next: z.uuid().nullable() });
export const accountList = z.object({ items: z.array(accountView) });

export const accountQuery = z.strictObject({
  ...pageFields,
  accountClass: z.enum(AccountClass).optional(),
  subtype: z.enum(ClientFundSubtype).optional(),
  owner: owner.optional(),
  bankCode: bankCode.optional(),
  isFiled: z.enum(['true', 'false']).optional(),
  state: z.enum(AccountState).optional(),
  linkState: z.enum(LinkState).optional(),
  registrationState: z.enum(RegistrationState).optional(),
  responsiblePerson: line(80).optional(),
  sort: z.enum(ACCOUNT_SORTS).default('id'),
});
export type AccountQuery = z.output<typeof accountQuery>;

export const numberQuery = z.strictObject({ accountNumber });
export type NumberQuery = z.output<typeof numberQuery>;

const terms = {
  name: line(80),
  bank: line(80).nullable(),
  purpose: line(LINES_MAX).nullable(),
  validFrom: z.iso.date(),
  validUntil: z.iso.date().nullable(),
  closeBy: z.iso.date().nullable(),
  limitPerItem: positiveAmountText.nullable(),
  limitPerDay: positiveAmountText.nullable(),
  responsiblePerson: line(80),
  connectorType: connectorTypeCode.nullable(),
  secondaryConnectors: z
    .array(z.strictObject({ capability: z.enum(Capability), connectorType: connectorTypeCode }))
    .max(10, 'has at most ten')
    .refine((bindings) => new Set(bindings.map(({ capability, connectorType }) => `${capability} ${connectorType}`)).size === bindings.length, 'names each binding once'),
};

export const openingRequest = z.strictObject({
  accountClass: z.enum(AccountClass),
  subtype: z.enum(ClientFundSubtype).nullable().default(null),
  owner,
  name: terms.name,
  bank: terms.bank.default(null),
  bankCode,
  accountNumber,
  purpose: terms.purpose.default(null),
  isFiled: z.boolean().default(false),
  validFrom: terms.validFrom.nullable().default(null),
  validUntil: terms.validUntil.default(null),
  closeBy: terms.closeBy.default(null),
  limitPerItem: terms.limitPerItem.default(null),
  limitPerDay: terms.limitPerDay.default(null),
  responsiblePerson: terms.responsiblePerson.nullable().default(null),
  connectorType: terms.connectorType.default(null),
  secondaryConnectors: terms.secondaryConnectors.default([]),
  reason,
});
export type OpeningBody = z.output<typeof openingRequest>;

export const changeRequest = z.strictObject({
  change: z.strictObject(terms).partial(),
  /** Today when not given. */
  effectiveOn: z.iso.date().nullable().default(null),
  reason,
});
export type ChangeBody = z.output<typeof changeRequest>;

export const registrationRequest = z.strictObject({
  event: z.enum(REGISTRATION_EVENTS),
  fundingAccountRef: z.string().regex(/^[A-Za-z0-9-]{1,32}$/, 'is a reference at UnionPay: 1 to 32 letters, digits or -').optional(),
  reason,
});
export type RegistrationBody = z.output<typeof registrationRequest>;

export const reasoned = z.strictObject({ reason });
export type ReasonBody = z.output<typeof reasoned>;

export const proposalAnswer = z.object({ id: z.uuid(), approvalId: z.uuid() });

export const decision = z.strictObject({ note: reason });
export type DecisionBody = z.output<typeof decision>;
export const decisionAnswer = z.object({ accountId: z.uuid(), act: z.enum(ACCOUNT_ACTS) });

export const proposalQuery = z.strictObject({ ...pageFields, accountId: z.uuid().optional(), act: z.enum(ACCOUNT_ACTS).optional() });
export type ProposalQuery = z.output<typeof proposalQuery>;
export const proposalPage = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      accountId: z.uuid(),
      accountName: z.string(),
      act: z.enum(ACCOUNT_ACTS),
      proposal: fields,
      makerId: z.string(),
      reason: z.string(),
      proposedAt: instant,
      expiresAt: instant,
    }),
  ),
  next: z.uuid().nullable(),
});

export const historyQuery = z.strictObject({
  /** The last version of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(50),
});
export type HistoryQuery = z.output<typeof historyQuery>;
export const historyPage = z.object({
  items: z.array(
    z.object({
      accountId: z.uuid(),
      version: z.int(),
      act: z.enum(HISTORY_ACTS),
      effectiveOn: z.iso.date(),
      recordedAt: instant,
      makerId: z.string().nullable(),
      checkerId: z.string().nullable(),
      approvalId: z.uuid().nullable(),
      reason: z.string(),
      before: fields,
      after: fields,
    }),
  ),
  next: z.int().nullable(),
});

export const scheduledList = z.object({
  items: z.array(
    z.object({
      approvalId: z.uuid(),
      effectiveOn: z.iso.date(),
      change: fields,
      makerId: z.string(),
      checkerId: z.string(),
      reason: z.string(),
      state: z.enum(['SCHEDULED', 'IN_FORCE', 'DROPPED']),
      droppedBecause: z.string().nullable(),
    }),
  ),
});

export const closingView = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  priorState: z.enum(['ACTIVE', 'FROZEN']),
  startedAt: instant,
  endedAt: instant.nullable(),
  outcome: z.enum(['CLOSED', 'REOPENED']).nullable(),
  refusal: z.string().nullable(),
  answers: z.array(
    z.object({ check: z.enum(ClosingCheck), answer: z.enum(ClosingAnswer), statedBy: z.string().nullable(), evidence: z.string().nullable(), answeredAt: instant }),
  ),
});

export const closingStatement = z.strictObject({ check: z.enum(STATED_CHECKS), answer: z.enum(['CLEAR', 'REFUSED']), evidence: line(500) });
export type ClosingStatement = z.output<typeof closingStatement>;

const clientFund = {
  id: z.uuid(),
  name: z.string(),
  bankCode: z.string(),
  maskedNumber: z.string(),
  subtype: z.enum(ClientFundSubtype).nullable(),
  state: z.enum(AccountState),
  responsiblePerson: z.string(),
};
export const retainedList = z.object({ items: z.array(z.object({ ...clientFund, validFrom: z.iso.date(), validUntil: z.iso.date(), isInForce: z.boolean() })) });
export const endingQuery = z.strictObject({ overdue: z.enum(['true', 'false']).default('false') });
export type EndingQuery = z.output<typeof endingQuery>;
export const endingList = z.object({
  items: z.array(z.object({ ...clientFund, dueOn: z.iso.date(), because: z.enum(['CLOSURE_PROGRAMME', 'VALIDITY_ENDED']), daysOverdue: z.int() })),
});
