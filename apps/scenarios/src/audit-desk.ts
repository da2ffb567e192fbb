import { ACCOUNTS, type AccountKey, type Person } from './day-institution.ts';
import type { DayWorld } from './day-world.ts';

interface CheckView {
  readonly check: string;
  readonly subject: string | null;
  readonly verdict: string;
  readonly reason: string | null;
  readonly left: Readonly<Record<string, string>>;
  readonly right: Readonly<Record<string, string>>;
}

export interface FoundBreak {
  readonly id: string;
  readonly check: string;
  readonly subject: string;
  readonly kind: string;
  readonly businessDate: string;
  readonly reference: string;
  readonly amount: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly state: string;
  readonly owner: string | null;
  readonly ageDays: number;
}

export interface StatementView {
  readonly id: string;
  readonly businessDate: string;
  readonly state: string;
  readonly fileName: string;
  readonly entryCount: number | null;
  readonly faults: readonly { readonly field: string; readonly rule: string }[];
}

export interface EntryView {
  readonly kind: string;
  readonly amount: string;
}

/** What the audit says, asked as an auditor does, with accounts by their keys. */
export class AuditDesk {
  readonly #world: DayWorld;

  constructor(world: DayWorld) {
    this.#world = world;
  }

  /** By check and subject, such as `A4 prepaid-card`; of a check that did not run its reason too. */
  async verdicts(businessDate: string): Promise<Record<string, string>> {
    const { items } = await this.#get<{ items: CheckView[] }>(`checks?businessDate=${businessDate}`);
    return Object.fromEntries(
      items.map(({ check, subject, verdict, reason }) => [subject === null ? check : `${check} ${this.#nameOf(subject)}`, reason === null ? verdict : `${verdict} ${reason}`]),
    );
  }

  /** Both sides of check A11. */
  async coverage(businessDate: string): Promise<{ clientMoney?: string | undefined; obligations?: string | undefined }> {
    const { items } = await this.#get<{ items: CheckView[] }>(`checks?businessDate=${businessDate}`);
    const found = items.find(({ check }) => check === 'A11');
    return { clientMoney: found?.left['clientMoney'], obligations: found?.right['obligations'] };
  }

  /** Those that wait for somebody, or those in a state. */
  async breaks(state: 'OPEN' | 'SUBMITTED' | 'REVIEWED' | 'CLEARED' = 'OPEN'): Promise<FoundBreak[]> {
    const { items } = await this.#get<{ items: FoundBreak[] }>(`breaks?state=${state}&limit=100`);
    return items.map((found) => ({ ...found, subject: this.#nameOf(found.subject) }));
  }

  /** Of an account and date, the newest first. */
  async statements(key: AccountKey, businessDate: string): Promise<StatementView[]> {
    return (await this.#get<{ items: StatementView[] }>(`statements?accountId=${this.#world.account(key).id}&businessDate=${businessDate}`)).items;
  }

  /** The original bytes, in base64. */
  async fileOf(statementId: string): Promise<{ fileName: string; content: string }> {
    return await this.#get(`statements/${statementId}/file`);
  }

  async entries(key: AccountKey, businessDate: string): Promise<EntryView[]> {
    const { items } = await this.#get<{ items: EntryView[] }>(`entries?accountId=${this.#world.account(key).id}&businessDate=${businessDate}&limit=100`);
    return items.map(({ kind, amount }) => ({ kind, amount }));
  }

  /** Runs all checks of a date again. */
  async runAgain(businessDate: string, person: Person = 'operator'): Promise<void> {
    await this.#world.as(person, { method: 'POST', path: '/v1/audit/checks/runs', body: { businessDate } });
  }

  async #get<T>(path: string): Promise<T> {
    return await this.#world.as<T>('auditor', { path: `/v1/audit/${path}` });
  }

  #nameOf(subject: string): string {
    return (Object.keys(ACCOUNTS) as AccountKey[]).find((key) => this.#world.account(key).id === subject) ?? subject;
  }
}
