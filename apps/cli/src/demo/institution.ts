import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { StackDoors } from '../stack/stack.ts';
import { Api } from './api.ts';
import type { PayoutFiles } from './payout-files.ts';

export const OPENING_BALANCE = '50000000.00';
export const MAPPED_QUOTA = '1200000000.00';

const PASSWORD_BYTES = 18;
const LINKED_WITHIN_MS = 5_000;
const LINK_ASKED_EVERY_MS = 100;
const FIRST_ADMIN = /JINKU FIRST ADMIN username=(\S+) password=(\S+)/g;
/** Money on its way: what an opening balance stands on when the register has no account to put it on. */
const IN_TRANSIT = '1101.CLIENT';
const CLIENT_FUNDS_PAYABLE = '2001';
const NOT_FOUND = 404;

export interface SignIn {
  readonly username: string;
  readonly password: string;
}

/** The people of the example and what they set up. */
export class Institution {
  readonly #gateway: Api;
  readonly #rail: Api;
  readonly tokens: { readonly admin: string; readonly operator: string; readonly approver: string };

  private constructor(doors: { gateway: Api; rail: Api }, tokens: { admin: string; operator: string; approver: string }) {
    this.#gateway = doors.gateway;
    this.#rail = doors.rail;
    this.tokens = tokens;
  }

  /** The first administrator signs in and adds an operator and an approver. */
  static async staff(stack: StackDoors): Promise<Institution> {
    const gateway = new Api(stack.urls.gateway);
    const admin = await tokenOf(gateway, firstAdmin(stack));
    const added = async (username: string, displayName: string): Promise<string> => {
      const password = randomBytes(PASSWORD_BYTES).toString('base64url');
      await gateway.call({ method: 'POST', path: '/v1/people', token: admin, body: { username, displayName, roles: [username], password } });
      return await tokenOf(gateway, { username, password });
    };
    const [operator, approver] = await Promise.all([added('operator', '王敏'), added('approver', '陈志强')]);
    return new Institution({ gateway, rail: new Api(stack.urls['rail-simulator']) }, { admin, operator, approver });
  }

  get operatorToken(): string {
    return this.tokens.operator;
  }

  async register({ businessLines, merchants }: PayoutFiles): Promise<void> {
    const token = this.tokens.operator;
    await Promise.all(businessLines.map(({ code, ...body }) => this.#gateway.call({ method: 'PUT', path: `/v1/business-lines/${code}`, token, body })));
    await Promise.all(
      merchants.map(({ id, name, priority }) => this.#gateway.call({ method: 'PUT', path: `/v1/merchants/${id}`, token, body: { name, state: 'ACTIVE', priority } })),
    );
  }

  /** The house's side: how much it lets us pay, and how it misbehaves. */
  async arrangeRail({ faults }: PayoutFiles): Promise<void> {
    await this.#rail.call({ method: 'PUT', path: '/admin/faults', body: faults });
    await this.#rail.call({ method: 'POST', path: '/admin/quota', body: { mapped: MAPPED_QUOTA, notify: true } });
  }

  /** The central reserve's account, asked for by one person and approved by another; its internal account's code, or null without one. */
  async openReserveAccount(): Promise<string | null> {
    const body = {
      accountClass: 'CENTRAL_RESERVE', owner: 'CLIENT', name: '集中存管账户', bankCode: '102100099996', accountNumber: '0200000009027306001', reason: 'The account of the example',
    };
    const asked = await this.#gateway.ask({ method: 'POST', path: '/v1/accounts', token: this.tokens.operator, body });
    if (asked.status === NOT_FOUND) return null;
    if (asked.status >= 400) throw new Error(`opening the central reserve answered ${asked.status}: ${JSON.stringify(asked.body)}`);
    const { approvalId } = asked.body as { approvalId: string };
    const approval = { method: 'POST', path: `/v1/accounts/proposals/${approvalId}/approve`, token: this.tokens.approver, body: { note: 'Checked' } } as const;
    const { accountId } = await this.#gateway.call<{ accountId: string }>(approval);
    const deadline = performance.now() + LINKED_WITHIN_MS;
    while (performance.now() < deadline) {
      const account = await this.#gateway.call<{ internalAccountCode: string | null; state: string }>({ path: `/v1/accounts/${accountId}`, token: this.tokens.operator });
      if (account.state === 'ACTIVE') return account.internalAccountCode;
      await pause(LINK_ASKED_EVERY_MS);
    }
    throw new Error(`the account of the central reserve is not active after ${LINKED_WITHIN_MS / 1_000} s`);
  }

  async postOpeningBalance(reserve: string | null): Promise<void> {
    const body = {
      reference: 'OPENING-BALANCE',
      valueDate: new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date()),
      reason: 'Opening balance of the example: client funds in the central reserve',
      lines: [
        { account: reserve ?? IN_TRANSIT, side: 'DEBIT', amount: OPENING_BALANCE },
        { account: CLIENT_FUNDS_PAYABLE, side: 'CREDIT', amount: OPENING_BALANCE },
      ],
    };
    const { proposalId } = await this.#gateway.call<{ proposalId: string }>({ method: 'POST', path: '/v1/journal-entries', token: this.tokens.operator, body });
    await this.#gateway.call({ method: 'POST', path: `/v1/journal-entries/proposals/${proposalId}/approve`, token: this.tokens.approver });
  }

  async trialBalance(): Promise<TrialBalance> {
    return await this.#gateway.call({ path: '/v1/trial-balance', token: this.tokens.operator });
  }

  async railCounters(): Promise<RailCounters> {
    return await this.#rail.call({ path: '/admin/counters' });
  }
}

export interface TrialBalance {
  readonly lines: readonly { readonly code: string; readonly name: string; readonly unit: string; readonly debitTotal: string; readonly creditTotal: string; readonly balance: string }[];
  readonly sums: readonly { readonly unit: string; readonly debit: string; readonly credit: string }[];
}

export interface RailCounters {
  readonly executed: { readonly count: number; readonly amount: string };
  readonly faults: Readonly<Record<string, number>>;
  readonly notices: { readonly open: number; readonly done: number; readonly deliveries: number };
}

export async function tokenOf(gateway: Api, body: SignIn): Promise<string> {
  return (await gateway.call<{ token: string }>({ method: 'POST', path: '/v1/auth/login', body })).token;
}

/** The gateway shows the first password once, in the log of its process; a start that was cut off has left an older line, which is no longer true. */
export function firstAdmin(stack: StackDoors): SignIn {
  for (const { logFile, name } of stack.processes) {
    if (name === 'postgres') continue;
    const shown = [...readFileSync(logFile, 'utf8').matchAll(FIRST_ADMIN)].at(-1);
    if (shown?.[1] !== undefined && shown[2] !== undefined) return { username: shown[1], password: shown[2] };
  }
  throw new Error('the gateway has shown no first administrator');
}
