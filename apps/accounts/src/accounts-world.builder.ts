import { randomBytes } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { Approvals } from '@jinku/approvals';
import { ManualClock } from '@jinku/calendar';
import type { InternalAccountLinkedV1 } from '@jinku/contracts';
import { Doorbells } from '@jinku/jobs';
import { Outbox } from '@jinku/messaging';
import { Database, type Tx } from '@jinku/persistence';
import { PayeeCipher } from '@jinku/security';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { ACCOUNT_PROVIDERS } from './account-providers.ts';
import type { Account } from './account/domain/account.ts';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { DueWork } from './account/jobs/due-work.ts';
import { ReadAccountHistory } from './account/queries/read-account-history.ts';
import { DecideProposal } from './account/use-cases/decide-proposal.ts';
import { FollowLink } from './account/use-cases/follow-link.ts';
import { ProposeAccountAct, type ProposedAct } from './account/use-cases/propose-account-act.ts';
import { RequestAccountOpening, type OpeningRequest } from './account/use-cases/request-account-opening.ts';
import { StateClosingCheck, type StatedAnswer } from './account/use-cases/state-closing-check.ts';
import { accountsMigrations } from './migrations/index.ts';

export const person = (id: string): Actor => ({ kind: 'PERSON', id, roles: [] });
export const LI_NA = person('li-na');
export const WANG_WEI = person('wang-wei');

interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

const DESCRIBED = 'accounts.account-described.v1';

let numbers = 0;
/** An own-fund account with a number of its own. */
export function anOpening(given: Partial<OpeningRequest> = {}): OpeningRequest {
  numbers += 1;
  return {
    accountClass: 'OWN_FUND',
    subtype: null,
    owner: 'OWN',
    name: '自有资金账户',
    bank: '工商银行',
    bankCode: '102100099996',
    accountNumber: `62220202${String(numbers).padStart(8, '0')}`,
    purpose: null,
    isFiled: false,
    validFrom: null,
    validUntil: null,
    closeBy: null,
    limitPerItem: null,
    limitPerDay: null,
    responsiblePerson: null,
    connectorType: null,
    secondaryConnectors: [],
    reason: 'needed',
    ...given,
  };
}

/** The register over a test database, wired as in production, without doors and bus. What the ledger would answer, the spec says. */
export class AccountsWorld {
  readonly clock: ManualClock;

  private constructor(
    readonly test: TestDatabase,
    readonly database: Database,
    readonly module: TestingModule,
    clock: ManualClock,
  ) {
    this.clock = clock;
  }

  static async create(): Promise<AccountsWorld> {
    const test = await testDatabase({ services: [{ name: 'accounts', migrations: accountsMigrations }] });
    const database = await test.open('accounts', { poolMax: 8 });
    const clock = new ManualClock('2026-11-21T02:00:00Z');
    const outbox = new Outbox({ source: 'accounts', clock });
    const platform = [
      { provide: Database, useValue: database },
      { provide: Doorbells, useValue: { register: () => undefined } },
      { provide: CLOCK, useValue: clock },
      { provide: Outbox, useValue: outbox },
      { provide: Approvals, useValue: new Approvals() },
      { provide: PayeeCipher, useValue: new PayeeCipher({ current: 'k1', keys: { k1: randomBytes(32) }, hashKey: randomBytes(32) }) },
      AuditTrail,
      DueWork,
    ];
    const module = await Test.createTestingModule({ providers: [...ACCOUNT_PROVIDERS, ...platform] }).compile();
    return new AccountsWorld(test, database, module, clock);
  }

  get histories(): ReadAccountHistory {
    return this.module.get(ReadAccountHistory);
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  request(given: Partial<OpeningRequest> = {}): Promise<{ id: string; approvalId: string }> {
    return this.transaction((tx) => this.module.get(RequestAccountOpening).execute(tx, anOpening(given), LI_NA));
  }

  async propose(id: string, act: ProposedAct): Promise<string> {
    const proposed = await this.transaction((tx) => this.module.get(ProposeAccountAct).execute(tx, id, act, { maker: LI_NA, reason: 'needed' }));
    return proposed.approvalId;
  }

  decide(verb: 'approve' | 'reject' | 'withdraw', approvalId: string, by: Actor = WANG_WEI): Promise<unknown> {
    return this.transaction((tx) => this.decideIn(tx, verb, approvalId, by));
  }

  decideIn(tx: Tx, verb: 'approve' | 'reject' | 'withdraw', approvalId: string, by: Actor = WANG_WEI): Promise<unknown> {
    return this.module.get(DecideProposal)[verb](tx, approvalId, { person: by, note: 'checked' });
  }

  /** Two persons do it. */
  async act(id: string, act: ProposedAct): Promise<void> {
    await this.decide('approve', await this.propose(id, act));
  }

  state(id: string, given: Omit<StatedAnswer, 'evidence' | 'actor'> & Partial<StatedAnswer>): Promise<void> {
    return this.transaction((tx) => this.module.get(StateClosingCheck).execute(tx, id, { evidence: 'looked it up', actor: LI_NA, ...given }));
  }

  /** The ledger's answer, to the last question unless told otherwise. */
  async answer(id: string, given: Partial<InternalAccountLinkedV1> = {}): Promise<void> {
    const { linkVersion } = await this.account(id);
    const answer = { accountId: id, link: 'CONFIRMED', internalAccountCode: `1003.${id.slice(-12)}`, at: this.clock.now().toISOString(), linkVersion, ...given } as const;
    await this.transaction((tx) => this.module.get(FollowLink).execute(tx, [answer]));
  }

  /** Opened by two persons and confirmed by the ledger. */
  async anAccount(given: Partial<OpeningRequest> = {}): Promise<string> {
    const { id, approvalId } = await this.request(given);
    await this.decide('approve', approvalId);
    await this.answer(id);
    return id;
  }

  async account(id: string): Promise<Account> {
    const account = await this.module.get(AccountRepository).find(this.database, id);
    if (account === null) throw new Error(`there is no account ${id}`);
    return account;
  }

  /** What was told about an account step by step, in order: all but its descriptions. */
  async told(id: string): Promise<Told[]> {
    return (await this.messages(id)).filter(({ type }) => type !== DESCRIBED);
  }

  /** The account as it was told whole, in order. */
  async described(id: string): Promise<Record<string, unknown>[]> {
    return (await this.messages(id)).filter(({ type }) => type === DESCRIBED).map(({ data }) => data);
  }

  private async messages(id: string): Promise<Told[]> {
    const { rows } = await this.test.admin.query<{ type: string; body: string }>('SELECT type, body FROM outbox_message ORDER BY sequence');
    return rows.map(({ type, body }) => ({ type, data: JSON.parse(body) as Record<string, unknown> })).filter(({ data }) => data['accountId'] === id);
  }

  async acts(id: string): Promise<string[]> {
    return (await this.histories.entries(id, { before: undefined, limit: 100 })).map(({ act }) => act).reverse();
  }

  doDueWork(): Promise<void> {
    return this.module.get(DueWork).run();
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.test.drop();
  }
}
