import { z } from 'zod';
import { positiveAmountText } from '@jinku/money';

/** What a connector can be asked for. */
export const Capability = {
  BALANCE: 'BALANCE',
  STATEMENT: 'STATEMENT',
  TRANSFER: 'TRANSFER',
  PAYOUT: 'PAYOUT',
  QUOTA: 'QUOTA',
  PREFUND: 'PREFUND',
  REPATRIATE: 'REPATRIATE',
  VIRTUAL_BOOK_TRANSFER: 'VIRTUAL_BOOK_TRANSFER',
  MERCHANT_SETTLEMENT: 'MERCHANT_SETTLEMENT',
  NOTICES: 'NOTICES',
} as const;
export type Capability = (typeof Capability)[keyof typeof Capability];

export const Institution = { UNIONPAY: 'UNIONPAY', NETSUNION: 'NETSUNION', WECHAT_PAY: 'WECHAT_PAY', ALIPAY: 'ALIPAY', CENTRAL_BANK: 'CENTRAL_BANK', BANK: 'BANK' } as const;
export type Institution = (typeof Institution)[keyof typeof Institution];

const CLEARING_HOUSES: readonly Institution[] = [Institution.UNIONPAY, Institution.NETSUNION];
const DAY_MS = 86_400_000;

export const connectorTypeCode = z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/, 'is a connector type\'s code: 2 to 32 of A-Z, 0-9 and _, starting with a letter');

const words = z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters');
const setting = z.string().regex(/^JINKU_[A-Z0-9_]{1,60}$/, 'is the name of a setting, JINKU_…');
const path = z.string().regex(/^(\/[a-z0-9._-]{1,40}){1,6}$/, 'is a path such as /netsunion/v1');
/** A file below the folder of keys; never what stands in it. */
const reference = z.string().regex(/^[a-z0-9-]{1,40}\/[a-z0-9.-]{1,60}$/, 'is a file below the folder of keys, such as netsunion/hmac.key');
const milliseconds = z.int().min(1).max(DAY_MS);
const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'is a time of day in Asia/Shanghai, HH:MM');

/** The open points of a clearing house's rules (domain: configuration, never constants). Dated by the version that holds them. */
const policies = z.strictObject({
  settlementTarget: z.enum(['CENTRAL_RESERVE', 'VIRTUAL']),
  quotaConsumedOn: z.enum(['SUBMIT', 'SUCCESS']),
  receiptsCount: z.enum(['REAL_TIME', 'SESSION_CLOSE', 'SETTLED']),
  settlementEffectOnMapping: z.enum(['AS_NOTIFIED', 'ROLL_NET_INTO_MAPPED', 'RESET_TO_MAPPED']),
  merchantSettlementDraws: z.enum(['QUOTA', 'VIRTUAL']),
  /** Whether this house is the one that pushes notices of the central reserve. */
  pushesReserveNotices: z.boolean(),
  maySendAgainUnderSameNumber: z.boolean(),
  /** Null: NOT_FOUND never counts as failure, operators decide. */
  notFoundCountsAfter: z.strictObject({ quietTimeMs: milliseconds, agreeingAnswers: z.int().min(2).max(100), onlyAfterValidUntil: z.boolean() }).nullable(),
});

const fileFormat = z.strictObject({
  name: words,
  format: z.enum(['CAMT_052', 'CAMT_053', 'CAMT_054', 'MT940', 'MT942', 'CSV', 'XLSX', 'HOUSE_FILE']),
  encoding: z.enum(['UTF-8', 'GB18030']),
  /** Which column of the file is which field of a statement line; empty for formats that name their fields. */
  columns: z.partialRecord(
    z.enum(['BOOKED_AT', 'VALUE_DATE', 'DEBIT', 'CREDIT', 'BALANCE', 'COUNTERPARTY_NUMBER', 'COUNTERPARTY_NAME', 'REFERENCE', 'PURPOSE']),
    words,
  ),
});

/** Defined here, run by the service that owns the result. */
const task = z.strictObject({
  name: z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'is a name in lower case, such as read-quota').max(40, 'has at most 40 characters'),
  capability: z.enum(Capability),
  runBy: z.enum(['payouts', 'quotas', 'transfers', 'audit']),
  trigger: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('EVERY'), everyMs: milliseconds.min(1_000) }),
    z.strictObject({ kind: z.literal('DAILY'), at: timeOfDay }),
    z.strictObject({ kind: z.literal('ON_DEMAND') }),
  ]),
});

/** The kind of a version's proposal in the table of approvals. */
export const CONNECTOR_TYPE_KIND = 'connector-types.change';

/** Everything a connector type says, in one version. */
export const connectorTypeContent = z
  .strictObject({
    name: words,
    institution: z.enum(Institution),
    capabilities: z.array(z.enum(Capability)).min(1, 'names at least one').max(10, 'names at most ten'),
    /** The origin is a setting of the installation. */
    endpoint: z.strictObject({ originSetting: setting, basePath: path, noticePath: path.nullable() }),
    credentials: z.array(z.strictObject({ use: z.enum(['SIGN', 'VERIFY', 'SIGN_AND_VERIFY', 'LOGIN']), reference })).max(10, 'has at most ten'),
    signing: z.enum(['HMAC-SM3', 'RSA2048-SHA256', 'SM2-SM3', 'NONE']),
    timeouts: z.strictObject({ callMs: milliseconds, inquiryMs: milliseconds }),
    budgets: z.strictObject({ windowMs: milliseconds, requestsPerWindow: z.int().min(1), inquiriesPerWindow: z.int().min(1) }),
    policies: policies.nullable(),
    openingHours: z.array(z.strictObject({ days: z.enum(['EVERY_DAY', 'WORKING_DAYS']), from: timeOfDay, to: timeOfDay })).max(10, 'has at most ten'),
    limits: z.strictObject({ perItem: positiveAmountText.nullable(), perDay: positiveAmountText.nullable() }),
    fileFormats: z.array(fileFormat).max(10, 'has at most ten'),
    tasks: z.array(task).max(30, 'has at most thirty'),
  })
  .superRefine((content, context) => {
    for (const { path: at, message } of contradictionsOf(content)) context.addIssue({ code: 'custom', path: at, message });
  });
export type ConnectorTypeContent = z.output<typeof connectorTypeContent>;

/** One version of a connector type. It is in force from its day on, until the next one is. */
export interface ConnectorType {
  readonly code: string;
  readonly version: number;
  readonly effectiveOn: string;
  readonly content: ConnectorTypeContent;
}

interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What each field allows by itself and the whole does not. */
function contradictionsOf(content: ConnectorTypeContent): Contradiction[] {
  const has = new Set<Capability>(content.capabilities);
  const found: Contradiction[] = [];
  const refuse = (when: boolean, path: (string | number)[], message: string): void => void (when && found.push({ path, message }));
  refuse(has.size < content.capabilities.length, ['capabilities'], 'names each capability once');
  const isClearingHouse = CLEARING_HOUSES.includes(content.institution);
  refuse(isClearingHouse !== (content.policies !== null), ['policies'], 'are given for a clearing house, and only for one');
  const settlesVirtually = content.policies?.settlementTarget === 'VIRTUAL';
  refuse(settlesVirtually && !has.has(Capability.REPATRIATE), ['policies', 'settlementTarget'], 'is VIRTUAL only with the capability REPATRIATE');
  refuse(has.has(Capability.NOTICES) !== (content.endpoint.noticePath !== null), ['endpoint', 'noticePath'], 'is given with the capability NOTICES, and only with it');
  refuse((content.signing === 'NONE') !== content.credentials.every(({ use }) => use === 'LOGIN'), ['credentials'], 'hold a key for signing, unless signing is NONE');
  refuse(content.budgets.inquiriesPerWindow > content.budgets.requestsPerWindow, ['budgets', 'inquiriesPerWindow'], 'is not above requestsPerWindow');
  content.openingHours.forEach(({ from, to }, index) => refuse(from >= to, ['openingHours', index, 'to'], 'is after from'));
  content.tasks.forEach((one, index) => {
    refuse(!has.has(one.capability), ['tasks', index, 'capability'], 'is one of the capabilities');
    refuse(content.tasks.findIndex(({ name }) => name === one.name) < index, ['tasks', index, 'name'], 'is no other task\'s');
  });
  return found;
}
