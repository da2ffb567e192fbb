import { minuteOf, readDayFiles, type DayAccount, type DayFiles, type DayTransferRule, type Operator } from '@jinku/cli';

/** A Monday and a working day: nothing in a scenario depends on the day or the hour at which it runs. */
export const BUSINESS_DATE = '2026-11-23';

/** Who works in the treasury, under their user names. */
export const PEOPLE = {
  operator: { displayName: '王敏', role: 'operator' },
  'second-operator': { displayName: '李静', role: 'operator' },
  approver: { displayName: '陈志强', role: 'approver' },
  'second-approver': { displayName: '周航', role: 'approver' },
  auditor: { displayName: '赵岚', role: 'auditor' },
  'second-admin': { displayName: '孙磊', role: 'admin' },
} as const satisfies Readonly<Record<string, Pick<Operator, 'displayName' | 'role'>>>;
export type Person = keyof typeof PEOPLE;

const ALPHA = { bank: '中国工商银行', bankCode: '102100099996', connectorType: 'BANK_ALPHA' } as const;
const BETA = { bank: '招商银行', bankCode: '308584000013', connectorType: 'BANK_BETA' } as const;
const NEITHER = { subtype: null, isFiled: false, validUntil: null, purpose: null } as const;

/** The institution's accounts, and what each holds in the morning. */
export const ACCOUNTS = {
  reserve: { ...NEITHER, accountClass: 'CENTRAL_RESERVE', owner: 'CLIENT', name: '备付金集中存管账户', bank: '中国人民银行', bankCode: '001100000008', connectorType: null, accountNumber: '0011000000080001', openingBalance: '50000000.00' },
  'prepaid-card': { ...NEITHER, ...ALPHA, accountClass: 'CLIENT_FUND', subtype: 'PREPAID_CARD', validUntil: '2027-12-31', owner: 'CLIENT', name: '预付卡备付金账户', accountNumber: '0200021409027306001', openingBalance: '1600000.00' },
  'fund-sales': { ...NEITHER, ...ALPHA, accountClass: 'CLIENT_FUND', subtype: 'FUND_SALES', validUntil: '2027-12-31', owner: 'CLIENT', name: '基金销售备付金账户', accountNumber: '0200021409027306002', openingBalance: '1200000.00' },
  'filed-own-fund': { ...NEITHER, ...BETA, accountClass: 'OWN_FUND', isFiled: true, owner: 'OWN', name: '备案自有资金账户', accountNumber: '755914920610801', openingBalance: '3500000.00' },
  'own-fund': { ...NEITHER, ...ALPHA, accountClass: 'OWN_FUND', owner: 'OWN', name: '自有资金一般账户', accountNumber: '0200021409027306003', openingBalance: '800000.00' },
} as const satisfies Readonly<Record<string, Omit<DayAccount, 'key'>>>;
export type AccountKey = keyof typeof ACCOUNTS;

/** What a scenario wants otherwise than it is. */
export interface DayPlan {
  /** Where the business clock stands when the installation starts, such as `10:00`. Default: 10:00, within the hours of everything. */
  readonly startsAt?: string;
  /**
   * Business seconds per second. Default: 1. The start takes 10 to 60 seconds of wall time, a multiple of that in business time. What is told again each
   * business minute, such as a standing balance, is told all the time at a high rate: with `JINKU_POSITION_POLL_MS` of some seconds the books come to rest.
   */
  readonly rate?: number;
  /** Variables of every process, over all others. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Rules in force from the beginning, which name accounts by their keys. Default: none. */
  readonly transferRules?: readonly DayTransferRule[];
  /** The fields of the quota policy that are otherwise; its `houses` by house and field. */
  readonly quotaPolicy?: { readonly houses?: Readonly<Record<string, Readonly<Record<string, unknown>>>>; readonly [field: string]: unknown };
  /** The fee income accrued in all. Default: 500000.00. */
  readonly feeAccrued?: string;
}

/** The sample day's files with this institution's accounts and people, nothing on the timetable, and what the plan wants otherwise. */
export function filesOf(plan: DayPlan): DayFiles {
  const sample = readDayFiles();
  const { houses: otherwise = {}, ...fields } = plan.quotaPolicy ?? {};
  const { houses } = sample.quotaPolicy;
  return {
    ...sample,
    day: { ...sample.day, date: BUSINESS_DATE, startsAt: minuteOf(plan.startsAt ?? '10:00'), rate: plan.rate ?? 1, feeAccrued: plan.feeAccrued ?? '500000.00' },
    operators: Object.entries(PEOPLE).map(([username, terms]) => ({ username, ...terms })),
    accounts: Object.entries(ACCOUNTS).map(([key, account]) => ({ key, ...account })),
    transferRules: plan.transferRules ?? [],
    quotaPolicy: {
      ...sample.quotaPolicy,
      minimumBuffer: '1000000.00',
      automaticShift: { isOn: false, coolDownMs: 0 },
      ...fields,
      houses: {
        UNIONPAY: { ...houses.UNIONPAY, floor: '0.00', initialMapping: '10000000.00', ...otherwise['UNIONPAY'] },
        NETSUNION: { ...houses.NETSUNION, floor: '0.00', initialMapping: '10000000.00', ...otherwise['NETSUNION'] },
      },
    },
    requests: [],
    collections: [],
    unannouncedCredits: [],
    faults: [],
  };
}
