import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAmount } from '@jinku/money';
import { verifyServiceToken } from '@jinku/security';

export interface BookLine {
  readonly valueDate: string;
  /** Above zero for a debit. */
  readonly amount: bigint;
}

const PAGE = 2;

/** A ledger over real HTTP, two lines a page, for whoever comes with the audit's own token. */
export class FakeLedger {
  readonly keysDir = mkdtempSync(join(tmpdir(), 'jinku-audit-keys-'));
  /** Asset accounts: what they were called and what was booked on them, in the order of booking. */
  readonly accounts = new Map<string, { readonly registeredAccountId: string; readonly lines: BookLine[] }>();
  /** Path and query of each request. */
  readonly asked: string[] = [];
  isBalanced = true;
  /** What it answers instead. */
  fault: 'NONE' | 'DOWN' | 'HTML' | 'NONSENSE' = 'NONE';
  readonly #pair = generateKeyPairSync('ed25519');
  readonly #server: Server = createServer((request, response) => this.#hear(request, response));

  async start(wallNow: () => number): Promise<string> {
    this.#wallNow = wallNow;
    mkdirSync(join(this.keysDir, 'services'));
    writeFileSync(join(this.keysDir, 'services', 'audit.key'), this.#pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.keysDir, { recursive: true });
  }

  #wallNow: () => number = () => 0;

  #hear(request: IncomingMessage, response: ServerResponse): void {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const claims = verifyServiceToken(this.#pair.publicKey, token, this.#wallNow());
    this.asked.push(request.url ?? '');
    const url = new URL(request.url ?? '', 'http://ledger');
    const answer = this.fault === 'NONSENSE' ? { items: 7 } : this.#answer(url);
    const status = claims?.subject !== 'audit' ? 401 : this.fault === 'DOWN' ? 503 : answer === null ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(this.fault === 'HTML' ? '<html>' : JSON.stringify(answer));
  }

  #answer(url: URL): unknown {
    if (url.pathname === '/v1/trial-balance') return this.#trialBalance();
    if (url.pathname === '/v1/internal-accounts') {
      return { items: [{ code: '2001', registeredAccountId: null }, ...[...this.accounts].map(([code, { registeredAccountId }]) => ({ code, registeredAccountId }))], next: null };
    }
    const [, , , code = '', what] = url.pathname.split('/');
    const account = this.accounts.get(code);
    if (account === undefined) return null;
    if (what === 'balance') return { balance: formatAmount(sumOf(account.lines)) };
    const start = Number(url.searchParams.get('after') ?? 0);
    const items = account.lines.slice(start, start + PAGE).map(({ valueDate, amount }, index) => ({
      valueDate,
      debit: amount > 0n ? formatAmount(amount) : null,
      credit: amount < 0n ? formatAmount(-amount) : null,
      balance: formatAmount(sumOf(account.lines.slice(0, start + index + 1))),
    }));
    return { items, next: start + PAGE < account.lines.length ? String(start + PAGE) : null };
  }

  #trialBalance(): unknown {
    const line = (code: string, normalSide: string, debit: bigint, credit: bigint): unknown => ({
      ...{ code, unit: 'CNY', normalSide, debitTotal: formatAmount(debit), creditTotal: formatAmount(credit) },
      balance: formatAmount(normalSide === 'DEBIT' ? debit - credit : credit - debit),
    });
    return { lines: [line('1001', 'DEBIT', 500n, 100n), line('2001', 'CREDIT', 100n, this.isBalanced ? 500n : 499n)], sums: [] };
  }
}

function sumOf(lines: readonly BookLine[]): bigint {
  return lines.reduce((sum, { amount }) => sum + amount, 0n);
}
