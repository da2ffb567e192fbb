import { randomUUID } from 'node:crypto';
import {
  Api, BANK_OF_CONNECTOR, CollectionsReporter, DayClock, Fates, ObligationsReporter, openDay, People, putRuleInForce, Story, tokenOf,
  type ApiAnswer, type ApiRequest, type Day, type DayFiles, type DayTransferRule, type Profile, type RegisteredAccount, type Stack,
} from '@jinku/cli';
import type { ClearingHouse } from '@jinku/contracts';
import { ACCOUNTS, BUSINESS_DATE, filesOf, type AccountKey, type DayPlan, type Person } from './day-institution.ts';
import { Installation, startInstallation } from './installation.ts';
import { knock, type RawAnswer, type RawRequest } from './raw-door.ts';

/** Waits of the demo's clock made to fit one that keeps wall time, so that a scenario is told within seconds. */
const DAY_SETTINGS = {
  JINKU_QUOTA_POLL_MS: '500',
  JINKU_QUOTA_ADJUST_POLL_MS: '250',
  JINKU_QUOTA_ADJUST_VALIDITY_MS: '3000',
  JINKU_POSITION_POLL_MS: '500',
  JINKU_TRANSFER_VALIDITY_MS: '3000',
  JINKU_TRANSFER_RULE_COOL_DOWN_MS: '1000',
  JINKU_AUDIT_COLLECT_MS: '2000',
  JINKU_AUDIT_CHECK_MS: '2000',
  JINKU_RAILS_MAPPED_QUOTA: '0.00',
  JINKU_RAILS_ARRIVAL_MS: '500',
};

/** As `PUT /admin/banks/faults` of the simulator takes it. */
export interface BankFaultPlan {
  readonly transfers?: readonly {
    readonly bank?: 'alpha' | 'beta';
    readonly fromAccount?: string;
    readonly payeeAccount?: string;
    readonly amount?: string;
    readonly occurrence?: number;
    readonly fault: string | null;
    readonly delayMs?: number;
    readonly code?: string;
  }[];
  readonly statements?: readonly { readonly bank?: 'alpha' | 'beta'; readonly accountNumber?: string; readonly businessDate?: string; readonly fault: string | null }[];
}

/** A receipt of clients at a clearing house. */
export interface CollectedOverHouse {
  readonly clearingHouse: ClearingHouse;
  readonly channel: string;
  readonly count?: number;
  readonly amount: string;
}

/**
 * The treasury day in a small installation: people with their roles, accounts that are active and linked at both sets of books, quota mapped to both
 * houses by policy with a buffer left, fee income accrued, merchants of the sample day. Business time is pinned to `BUSINESS_DATE` and the plan's hour
 * (`clock`), whenever the scenario runs.
 *
 * - people: `as` and `ask` call the API in somebody's name, `knock` once and raw, for bad input;
 * - accounts: `account(key)` for the register's ids, `ACCOUNTS[key]` for number, class and opening balance;
 * - payouts: `send`, `sendBatch`, `sendOne`, `follow` as in every installation; merchants and lines are the sample day's, `aRequest()` fits;
 * - collections: `collect` at the house, `reportCollections` and `reportObligations` as the settlement service does;
 * - rules: `putInForce` with account keys, by two persons;
 * - the outside world: `playFaults`, `playBankFaults`, `setHvps`, `creditAccount`, and `rail` for the rest of the simulator's own door;
 * - `books` of both sides, `verdict()` of the checker, `stop()`.
 */
export class DayWorld extends Installation {
  readonly files: DayFiles;
  readonly clock: DayClock;
  /** As the steps of the demo's day want it. */
  readonly day: Day;
  readonly #reporter: CollectionsReporter;
  readonly #obligations: ObligationsReporter;

  private constructor(stack: Stack, { files, clock, people }: { files: DayFiles; clock: DayClock; people: People }) {
    super(stack);
    this.files = files;
    this.clock = clock;
    const { gateway, rail, client, acknowledgements } = this;
    const story = new Story({ say: () => undefined }, clock);
    this.day = { files, clock, story, gateway, rail, people, client, acknowledgements, fates: new Fates([]), accounts: new Map() };
    this.#reporter = new CollectionsReporter({ simulator: rail, client });
    this.#obligations = new ObligationsReporter({ simulator: rail, client, accounts: files.accounts });
  }

  /** Returns when the day is open: everything above is so. */
  static async start(profile: Profile, plan: DayPlan = {}): Promise<DayWorld> {
    const files = filesOf(plan);
    const clock = new DayClock(files.day, Date.now());
    const stack = await startInstallation(profile, { ...DAY_SETTINGS, ...clock.variables, ...plan.settings });
    let world: DayWorld | undefined;
    try {
      const people = await People.signIn(stack, { gateway: new Api(stack.urls.gateway), operators: files.operators });
      world = new DayWorld(stack, { files, clock, people });
      await openDay(world.day);
      return world;
    } catch (error) {
      await (world ?? stack).stop();
      throw error;
    }
  }

  /** The bearer token of a person. */
  tokenOf(person: Person): string {
    return this.day.people.named(person).token;
  }

  /** Calls the API as this person; throws on any refusal. */
  async as<T = unknown>(person: Person, request: Omit<ApiRequest, 'token'>): Promise<T> {
    return await this.gateway.call<T>({ ...request, token: this.tokenOf(person) });
  }

  /** Calls the API as this person; a refusal is an answer too. */
  async ask(person: Person, request: Omit<ApiRequest, 'token'>): Promise<ApiAnswer> {
    return await this.gateway.ask({ ...request, token: this.tokenOf(person) });
  }

  /** Asks once as this person, with whatever is wrong about the request, for the whole answer. */
  async knock(person: Person, request: RawRequest): Promise<RawAnswer> {
    return await knock(this.stack.urls.gateway, { ...request, token: this.tokenOf(person) });
  }

  /** Somebody with several roles at once, as a small institution may have; answers with the token. */
  async engage(username: string, roles: readonly Person[]): Promise<string> {
    const password = randomUUID();
    const duties = roles.map((person) => this.day.people.named(person).role);
    await this.as('second-admin', { method: 'POST', path: '/v1/people', body: { username, displayName: username, roles: duties, password } });
    return await tokenOf(this.gateway, { username, password });
  }

  /** An account as the register knows it. */
  account(key: AccountKey): RegisteredAccount {
    const found = this.day.accounts.get(key);
    if (found === undefined) throw new Error(`the account ${key} was not opened`);
    return found;
  }

  /** A transfer rule of two persons, with `payer` and `payee` by their keys. */
  async putInForce(rule: DayTransferRule): Promise<string> {
    return (await putRuleInForce(this.day, rule)).ruleId;
  }

  /** Clients pay in at the house, which knows of it at once; the treasury does when it is reported. */
  async collect({ clearingHouse, ...collected }: CollectedOverHouse): Promise<void> {
    await this.rail.call({ method: 'POST', path: `/admin/collections?house=${clearingHouse}`, body: collected });
  }

  /** The settlement service tells the totals that have changed since it told them last; returns how many. */
  async reportCollections(): Promise<number> {
    return await this.#reporter.reportOnce();
  }

  /** The settlement service tells what clients were owed at the end of a date, and what it says beside that; answers with the total. */
  async reportObligations(businessDate: string, { more }: { more?: bigint } = {}): Promise<string> {
    return await this.#obligations.report(businessDate, more === undefined ? {} : { more });
  }

  /** The settlement service tells the fee income accrued in all; a later sequence counts over an earlier one. */
  async reportFeeAccrual({ sequence, accruedTotal }: { sequence: number; accruedTotal: string }): Promise<void> {
    await this.client.reportFeeAccrual(randomUUID(), { businessDate: BUSINESS_DATE, sequence, accruedTotal, asOf: this.clock.now().toISOString() });
  }

  /** From now on the banks misbehave like this, and no otherwise. */
  async playBankFaults(plan: BankFaultPlan): Promise<void> {
    await this.rail.call({ method: 'PUT', path: '/admin/banks/faults', body: plan });
  }

  /** `OPEN` or `CLOSED` whatever the hour; `BY_CALENDAR` again as it was. */
  async setHvps(mode: 'BY_CALENDAR' | 'OPEN' | 'CLOSED'): Promise<void> {
    await this.rail.call({ method: 'PUT', path: '/admin/hvps', body: { mode } });
  }

  /** A third party pays into one of our bank accounts. */
  async creditAccount(key: AccountKey, { amount, ...words }: { amount: string; reference?: string; purpose?: string }): Promise<void> {
    const { connectorType, accountNumber } = ACCOUNTS[key];
    const body = { kind: 'CREDIT', amount, counterpartyAccount: '6222020200099887766', counterpartyName: '张伟', purpose: '来账', ...words };
    await this.rail.call({ method: 'POST', path: `/admin/banks/${BANK_OF_CONNECTOR.get(connectorType ?? '')}/accounts/${accountNumber}/entries`, body });
  }
}
