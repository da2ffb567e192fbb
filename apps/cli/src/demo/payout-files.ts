import { businessLineCode, ClearingHouse, merchantCode, payoutRequest, type PayoutRequest } from '@jinku/contracts';
import { parseAmount, positiveAmountText } from '@jinku/money';
import { z } from 'zod';
import { Refusal } from '../commands/refusal.ts';
import type { CsvRow } from './csv.ts';
import { checkedRow, ExampleFolder, refuseRow } from './example-folder.ts';

export const REQUESTS = 'requests.csv';

const name = z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters');
const priority = z.string().regex(/^[0-9]$/, 'is from 0 to 9').transform(Number);
const lineRow = z.object({ code: businessLineCode, name, priority, perItemLimit: positiveAmountText, primaryHouse: z.enum(ClearingHouse) });
const merchantRow = z.object({ id: merchantCode, name, line: z.string(), priority });
/** The columns of a payout request in a table. */
export const REQUEST_COLUMNS = ['requestId', 'merchantId', 'businessLine', 'amount', 'accountNumber', 'accountName', 'bankCode', 'purpose', 'instructionReference'];

export type BusinessLineRow = z.output<typeof lineRow>;
export type MerchantRow = z.output<typeof merchantRow>;

export interface Register {
  readonly businessLines: readonly BusinessLineRow[];
  readonly merchants: readonly MerchantRow[];
}

export interface ReadRequest {
  readonly line: number;
  readonly request: PayoutRequest;
}

export interface PayoutFiles extends Register {
  readonly requests: readonly ReadRequest[];
  /** As `PUT /admin/faults` of the simulator takes it, which checks it. */
  readonly faults: string;
}

/** Reads and checks everything before anything starts: what a user edits is refused by file, line, field and rule. */
export function readPayoutFiles(folder: ExampleFolder = new ExampleFolder('payouts')): PayoutFiles {
  const register = readRegister(folder);
  const take = requestReader(register);
  const requests = folder.rows(REQUESTS, REQUEST_COLUMNS).map((row) => ({ line: row.line, request: take(row) }));
  if (requests.length === 0) throw new Refusal(`${REQUESTS} has no request in it`);
  folder.anyJson('faults.json');
  return { ...register, requests, faults: folder.text('faults.json') };
}

/** The business lines and the merchants, each merchant in a line. */
export function readRegister(folder: ExampleFolder): Register {
  const businessLines = folder.table('business-lines.csv', ['code', 'name', 'priority', 'perItemLimit', 'primaryHouse'], lineRow).map(({ row }) => row);
  const merchants = folder.table('merchants.csv', ['id', 'name', 'line', 'priority'], merchantRow).map(({ line, row }) => {
    if (!businessLines.some(({ code }) => code === row.line)) refuseRow({ file: 'merchants.csv', line }, 'line', 'is a business line of business-lines.csv');
    return row;
  });
  return { businessLines, merchants };
}

/** The banks are known once Jinku runs. */
export function checkBanks({ requests }: { readonly requests: readonly ReadRequest[] }, known: ReadonlySet<string>): void {
  for (const { line, request } of requests) {
    if (!known.has(request.payee.bankCode)) refuseRow({ file: REQUESTS, line }, 'bankCode', 'is the code of a bank that Jinku knows (GET /v1/payee-banks)');
  }
}

/** Reads the rows of requests.csv one after the other: what each breaks by itself, beside the register and beside the rows before it. */
export function requestReader({ businessLines, merchants }: Register): (row: CsvRow) => PayoutRequest {
  const limits = new Map(businessLines.map(({ code, perItemLimit }) => [code, parseAmount(perItemLimit) ?? 0n]));
  const merchantIds = new Set(merchants.map(({ id }) => id));
  const lineOfRequest = new Map<string, number>();
  return (row) => {
    const { accountNumber, accountName, bankCode, ...rest } = row.values;
    const place = { file: REQUESTS, line: row.line };
    const request = checkedRow(REQUESTS, { line: row.line, values: { ...rest, currency: 'CNY', payee: { accountNumber, accountName, bankCode } } }, payoutRequest);
    if (!merchantIds.has(request.merchantId)) refuseRow(place, 'merchantId', 'is a merchant of merchants.csv');
    const limit = limits.get(request.businessLine);
    if (limit === undefined) return refuseRow(place, 'businessLine', 'is a business line of business-lines.csv');
    if ((parseAmount(request.amount) ?? 0n) > limit) refuseRow(place, 'amount', 'is at most the limit of its business line');
    const before = lineOfRequest.get(request.requestId);
    if (before !== undefined) refuseRow(place, 'requestId', `is unique; line ${before} has the same`);
    lineOfRequest.set(request.requestId, row.line);
    return request;
  };
}
