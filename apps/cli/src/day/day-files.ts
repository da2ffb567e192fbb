import { channelCode, ClearingHouse, type PayoutRequest } from '@jinku/contracts';
import { amountText, positiveAmountText } from '@jinku/money';
import { z } from 'zod';
import { Refusal } from '../commands/refusal.ts';
import type { CsvRow } from '../demo/csv.ts';
import { checkedRow, ExampleFolder, refuseRow } from '../demo/example-folder.ts';
import { readRegister, REQUEST_COLUMNS, requestReader, REQUESTS, type Register } from '../demo/payout-files.ts';
import { accountsReader, type DayAccount } from './day-accounts.ts';
import { readTransferRules, type DayTransferRule } from './day-transfer-rules.ts';
import { inOrder, timeOfDay } from './timetable.ts';

export const PAYOUT_FILE = 'payout-file.csv';

const RATE_MIN = 60;
const RATE_MAX = 600;
const ROLES = ['operator', 'approver', 'auditor', 'admin'] as const;

const dayContent = z.strictObject({
  date: z.iso.date(),
  startsAt: timeOfDay,
  endsAt: timeOfDay,
  /** Business seconds per second. */
  rate: z.int().min(RATE_MIN, `is at least ${RATE_MIN}`).max(RATE_MAX, `is at most ${RATE_MAX}`),
  /** The fee income that the settlement service has accrued in all. */
  feeAccrued: amountText,
  timetable: z.strictObject({
    feeIncome: timeOfDay,
    payoutFile: timeOfDay,
    positionBoard: timeOfDay,
    sweep: timeOfDay,
    unionpayCut: timeOfDay,
    netsunionCut: timeOfDay,
    statements: timeOfDay,
    obligations: timeOfDay,
    reconciliation: timeOfDay,
    settlement: timeOfDay,
  }),
});
const operatorRow = z.object({
  username: z.string().regex(/^[a-z][a-z0-9.-]{1,31}$/, 'is a user name: 2 to 32 of a-z, 0-9, . and -'),
  displayName: z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters'),
  role: z.enum(ROLES),
});
/** What the runner waits for is read here; all else is the quotas service's to judge, which refuses it by field. */
const houseTerms = z.looseObject({ initialMapping: amountText });
const quotaPolicy = z.looseObject({ houses: z.strictObject({ UNIONPAY: houseTerms, NETSUNION: houseTerms }) });
const collectionRow = z.object({
  at: timeOfDay,
  clearingHouse: z.enum(ClearingHouse),
  channel: channelCode,
  count: z.string().regex(/^[1-9]\d{0,6}$/, 'is a number from 1 on').transform(Number),
  amount: positiveAmountText,
});
const creditRow = z.object({
  at: timeOfDay,
  account: z.string(),
  amount: positiveAmountText,
  counterpartyAccount: z.string().regex(/^\d{6,32}$/, 'is an account number: 6 to 32 digits'),
  counterpartyName: z.string().min(1, 'is not empty').max(60, 'has at most 60 characters'),
  purpose: z.string().min(1, 'is not empty').max(60, 'has at most 60 characters'),
});
const door = z.enum(['MESSAGE', 'API']);
const requestPlace = z.object({ at: timeOfDay, door });
const faultPlans = z.array(z.strictObject({ at: timeOfDay, rail: z.enum(ClearingHouse), plan: z.record(z.string(), z.unknown()) }));

export type Operator = z.output<typeof operatorRow>;
export type Collection = z.output<typeof collectionRow>;
export type UnannouncedCredit = z.output<typeof creditRow>;
export type FaultPlan = z.output<typeof faultPlans>[number];
export type DayContent = z.output<typeof dayContent>;

export interface DayRequest {
  readonly at: number;
  readonly door: z.output<typeof door>;
  readonly line: number;
  readonly request: PayoutRequest;
}

export interface DayFiles extends Register {
  readonly day: DayContent;
  readonly operators: readonly Operator[];
  readonly accounts: readonly DayAccount[];
  /** Content by code, as `POST /v1/connector-types/{code}/versions` takes it. */
  readonly connectorTypes: Readonly<Record<string, unknown>>;
  readonly transferRules: readonly DayTransferRule[];
  /** As `POST /v1/quotas/policy/proposals` takes it. */
  readonly quotaPolicy: z.output<typeof quotaPolicy>;
  /** In the order of their time. */
  readonly requests: readonly DayRequest[];
  /** A file as a merchant sends it: its rows are Jinku's to judge. */
  readonly payoutFile: { readonly text: string; readonly rows: readonly CsvRow[] };
  /** What clients pay in, in the order of its time. */
  readonly collections: readonly Collection[];
  /** Credits of third parties that the audit has to find, in the order of their time. */
  readonly unannouncedCredits: readonly UnannouncedCredit[];
  readonly faults: readonly FaultPlan[];
}

/** Reads and checks everything before anything starts: what a user edits is refused by file, line, field and rule. */
export function readDayFiles(folder: ExampleFolder = new ExampleFolder('day')): DayFiles {
  const day = folder.json('day.json', dayContent);
  if (day.endsAt <= day.startsAt) throw new Refusal('day.json: endsAt is after startsAt');
  const register = readRegister(folder);
  const connectorTypes = folder.json('connector-types.json', z.record(z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/, 'is a connector type\'s code'), z.record(z.string(), z.unknown())));
  const accounts = accountsReader(folder, Object.keys(connectorTypes));
  return {
    day,
    ...register,
    operators: readOperators(folder),
    connectorTypes,
    accounts,
    transferRules: readTransferRules(folder, accounts),
    quotaPolicy: folder.json('quota-policy.json', quotaPolicy),
    requests: readRequests(folder, { register, day }),
    payoutFile: { text: folder.text(PAYOUT_FILE), rows: folder.rows(PAYOUT_FILE, REQUEST_COLUMNS) },
    collections: inOrder(folder.table('collections.csv', ['at', 'clearingHouse', 'channel', 'count', 'amount'], collectionRow).map(({ row }) => row)),
    unannouncedCredits: readCredits(folder, accounts),
    faults: inOrder(folder.json('faults.json', faultPlans)),
  };
}

function readOperators(folder: ExampleFolder): Operator[] {
  const file = 'operators.csv';
  const operators = folder.table(file, ['username', 'displayName', 'role'], operatorRow);
  const seen = new Map<string, number>();
  for (const { line, row } of operators) {
    const before = seen.get(row.username);
    if (before !== undefined) refuseRow({ file, line }, 'username', `is unique; line ${before} has the same`);
    seen.set(row.username, line);
  }
  for (const role of ['operator', 'approver'] as const) {
    if (!operators.some(({ row }) => row.role === role)) throw new Refusal(`${file}: role names an ${role} at least once: what moves money needs two persons`);
  }
  return operators.map(({ row }) => row);
}

function readCredits(folder: ExampleFolder, accounts: readonly DayAccount[]): UnannouncedCredit[] {
  const file = 'unannounced-credits.csv';
  const credits = folder.table(file, ['at', 'account', 'amount', 'counterpartyAccount', 'counterpartyName', 'purpose'], creditRow).map(({ line, row }) => {
    const isAtBank = accounts.some(({ key, accountClass }) => key === row.account && accountClass !== 'CENTRAL_RESERVE');
    if (!isAtBank) refuseRow({ file, line }, 'account', 'is the key of a bank account of accounts.csv');
    return row;
  });
  return inOrder(credits);
}

function readRequests(folder: ExampleFolder, { register, day }: { register: Register; day: DayContent }): DayRequest[] {
  const take = requestReader(register);
  const requests = folder.rows(REQUESTS, ['at', 'door', ...REQUEST_COLUMNS]).map(({ line, values }) => {
    const { at, door: by, ...rest } = values;
    const place = checkedRow(REQUESTS, { line, values: { at, door: by } }, requestPlace);
    if (place.at < day.startsAt || place.at >= day.endsAt) refuseRow({ file: REQUESTS, line }, 'at', 'lies between startsAt and endsAt of day.json');
    return { ...place, line, request: take({ line, values: rest }) };
  });
  if (requests.length === 0) throw new Refusal(`${REQUESTS} has no request in it`);
  return inOrder(requests);
}
