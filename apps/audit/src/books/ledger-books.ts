import { createHash, createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { startOfBusinessDate, type BusinessDate, type Clock } from '@jinku/calendar';
import { parseSignedAmount } from '@jinku/money';
import { issueServiceToken } from '@jinku/security';
import { z } from 'zod';

const signed = z.string().transform((text, context) => {
  const minor = parseSignedAmount(text);
  if (minor === null) context.addIssue({ code: 'custom', message: 'is an amount' });
  return minor ?? 0n;
});
const amountOrNull = z.union([z.null(), signed]);

const trialBalance = z.object({
  lines: z.array(z.object({ code: z.string(), unit: z.string(), normalSide: z.enum(['DEBIT', 'CREDIT']), debitTotal: signed, creditTotal: signed, balance: signed })),
  sums: z.array(z.object({ unit: z.string(), debit: signed, credit: signed })),
});
export type TrialBalance = z.output<typeof trialBalance>;

const accountPage = z.object({ items: z.array(z.object({ code: z.string(), registeredAccountId: z.string().nullable() })), next: z.string().nullable() });
const balance = z.object({ balance: signed });
const statementPage = z.object({
  items: z.array(z.object({ valueDate: z.string(), debit: amountOrNull, credit: amountOrNull, balance: signed })),
  next: z.string().nullable(),
});

/** Names what trial balances say: the same totals have the same digest. */
export function digestOf(...balances: readonly TrialBalance[]): string {
  const hash = createHash('sha256');
  for (const { lines } of balances) for (const { code, unit, debitTotal, creditTotal } of lines) hash.update(`${code} ${unit} ${debitTotal} ${creditTotal}\n`);
  return hash.digest('hex');
}

const PAGE = 500;
const PAGES_MAX = 1_000;

export interface LedgerAddress {
  readonly url: string | null;
  readonly keysDir: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * The ledger's books, asked over its own queries with the audit's own token. Whatever goes wrong, the answer is null: a check without the books does
 * not run, and is never green.
 */
export class LedgerBooks {
  readonly #address: LedgerAddress;

  constructor(address: LedgerAddress) {
    this.#address = address;
  }

  trialBalance(asOf: Date): Promise<TrialBalance | null> {
    return this.#get(`/v1/trial-balance?asOf=${asOf.toISOString()}`, trialBalance);
  }

  /** Everything with a value date of the given one or an earlier one, whenever it was booked. */
  trialBalanceByValueDate(date: BusinessDate): Promise<TrialBalance | null> {
    return this.#get(`/v1/trial-balance?valueDate=${date}`, trialBalance);
  }

  /** The code of the internal account of each registered account. */
  async accountCodes(): Promise<ReadonlyMap<string, string> | null> {
    const codes = new Map<string, string>();
    let after = '';
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page = await this.#get(`/v1/internal-accounts?unit=CNY&limit=${PAGE}${after}`, accountPage);
      if (page === null) return null;
      for (const { code, registeredAccountId } of page.items) if (registeredAccountId !== null) codes.set(registeredAccountId, code);
      if (page.next === null) return codes;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    return null;
  }

  /** What an asset account held at the end of a business date by value date: its balance now, less what has a later value date. */
  async balanceOn(code: string, date: BusinessDate): Promise<bigint | null> {
    const path = `/v1/internal-accounts/${encodeURIComponent(code)}`;
    let held: bigint | null = null;
    let later = 0n;
    let after = '';
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page = await this.#get(`${path}/statement?from=${startOfBusinessDate(date).toISOString()}&limit=${PAGE}${after}`, statementPage);
      if (page === null) return null;
      for (const line of page.items) {
        held = line.balance;
        if (line.valueDate > date) later += (line.debit ?? 0n) - (line.credit ?? 0n);
      }
      if (page.next === null) return held === null ? ((await this.#get(`${path}/balance`, balance))?.balance ?? null) : held - later;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    return null;
  }

  async #get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | null> {
    const { url, timeoutMs } = this.#address;
    const token = this.#token();
    if (url === null || token === null) return null;
    try {
      const answer = await request(`${url}${path}`, { headers: { authorization: `Bearer ${token}` }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
      const body = await answer.body.text();
      const parsed = answer.statusCode === 200 ? schema.safeParse(JSON.parse(body)) : null;
      return parsed?.success === true ? parsed.data : null;
    } catch {
      // Away, too slow, or not JSON: for the check it is the same, the books were not to be had.
      return null;
    }
  }

  /** Null where the installation gave the audit no key. */
  #token(): string | null {
    const file = join(this.#address.keysDir, 'services', 'audit.key');
    if (!existsSync(file)) return null;
    return issueServiceToken(createPrivateKey(readFileSync(file)), { subject: 'audit', kind: 'CLIENT', roles: ['auditor'] }, this.#address.clock.wallNow());
  }
}
