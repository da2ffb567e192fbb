import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { businessLineCode, merchantCode, payoutRequest, type PayoutRequest } from '@jinku/contracts';
import { violationsOf } from '@jinku/errors';
import { parseAmount, positiveAmountText } from '@jinku/money';
import { z } from 'zod';
import { Refusal } from '../commands/refusal.ts';
import { CHECKOUT } from '../stack/checkout.ts';
import { parseCsv, type CsvRow } from './csv.ts';

const FOLDER = join(CHECKOUT, 'examples', 'payouts');
const REQUESTS = 'requests.csv';

const name = z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters');
const priority = z.string().regex(/^[0-9]$/, 'is from 0 to 9').transform(Number);
const lineRow = z.object({ code: businessLineCode, name, priority, perItemLimit: positiveAmountText });
const merchantRow = z.object({ id: merchantCode, name, line: z.string(), priority });

export type BusinessLineRow = z.output<typeof lineRow>;
export type MerchantRow = z.output<typeof merchantRow>;

export interface PayoutFiles {
  readonly businessLines: readonly BusinessLineRow[];
  readonly merchants: readonly MerchantRow[];
  readonly requests: readonly { readonly line: number; readonly request: PayoutRequest }[];
  /** As `PUT /admin/faults` of the simulator takes it, which checks it. */
  readonly faults: string;
}

/** Reads and checks everything before anything starts: what a user edits is refused by file, line, field and rule. */
export function readPayoutFiles(): PayoutFiles {
  const businessLines = rowsOf('business-lines.csv', ['code', 'name', 'priority', 'perItemLimit']).map((row) => checked('business-lines.csv', row, lineRow));
  const merchants = rowsOf('merchants.csv', ['id', 'name', 'line', 'priority']).map((row) => {
    const merchant = checked('merchants.csv', row, merchantRow);
    if (!businessLines.some(({ code }) => code === merchant.line)) refuse('merchants.csv', row.line, 'line', 'is a business line of business-lines.csv');
    return merchant;
  });
  return { businessLines, merchants, requests: readRequests({ businessLines, merchants }), faults: readFaults() };
}

/** The banks are known once Jinku runs. */
export function checkBanks({ requests }: PayoutFiles, known: ReadonlySet<string>): void {
  for (const { line, request } of requests) {
    if (!known.has(request.payee.bankCode)) refuse(REQUESTS, line, 'bankCode', 'is the code of a bank that Jinku knows (GET /v1/payee-banks)');
  }
}

function readRequests({ businessLines, merchants }: Pick<PayoutFiles, 'businessLines' | 'merchants'>): PayoutFiles['requests'] {
  const limits = new Map(businessLines.map(({ code, perItemLimit }) => [code, parseAmount(perItemLimit) ?? 0n]));
  const merchantIds = new Set(merchants.map(({ id }) => id));
  const lineOfRequest = new Map<string, number>();
  const columns = ['requestId', 'merchantId', 'businessLine', 'amount', 'accountNumber', 'accountName', 'bankCode', 'purpose', 'instructionReference'];
  const rows = rowsOf(REQUESTS, columns).map((row) => {
    const { accountNumber, accountName, bankCode, ...rest } = row.values;
    const request = checked(REQUESTS, { line: row.line, values: { ...rest, currency: 'CNY', payee: { accountNumber, accountName, bankCode } } }, payoutRequest);
    if (!merchantIds.has(request.merchantId)) refuse(REQUESTS, row.line, 'merchantId', 'is a merchant of merchants.csv');
    const limit = limits.get(request.businessLine);
    if (limit === undefined) return refuse(REQUESTS, row.line, 'businessLine', 'is a business line of business-lines.csv');
    if ((parseAmount(request.amount) ?? 0n) > limit) refuse(REQUESTS, row.line, 'amount', 'is at most the limit of its business line');
    const before = lineOfRequest.get(request.requestId);
    if (before !== undefined) refuse(REQUESTS, row.line, 'requestId', `is unique; line ${before} has the same`);
    lineOfRequest.set(request.requestId, row.line);
    return { line: row.line, request };
  });
  if (rows.length === 0) throw new Refusal(`${REQUESTS} has no request in it`);
  return rows;
}

function readFaults(): string {
  const text = read('faults.json');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Refusal(`faults.json is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return text;
}

function rowsOf(file: string, columns: readonly string[]): CsvRow[] {
  return parseCsv(read(file), { file, columns });
}

function read(file: string): string {
  try {
    return readFileSync(join(FOLDER, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Refusal(`examples/payouts/${file} is missing`);
    throw error;
  }
}

function checked<T>(file: string, { line, values }: { line: number; values: unknown }, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [violation] = violationsOf(parsed.error);
  return refuse(file, line, violation?.field.replace(/^payee\./, '') ?? 'row', violation?.rule ?? 'is as README.md says');
}

function refuse(file: string, line: number, field: string, rule: string): never {
  throw new Refusal(`${file} line ${line}: ${field} ${rule}`);
}
