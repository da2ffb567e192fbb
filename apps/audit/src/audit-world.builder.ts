import type { KeyObject } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { ManualClock } from '@jinku/calendar';
import type { AccountMovement, MovementRail, PayoutFileLine, SessionRail, StatementFetch, StatementRail } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Outbox } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { Database as DatabasePool } from '@jinku/persistence';
import { AuditTrail, CLOCK, EVENT_LOG, type Actor, type EventLog } from '@jinku/service';
import { AccountRepository } from './account/persistence/account.repository.ts';
import type { AuditedAccount } from './account/domain/audited-account.ts';
import { AUDIT_PROVIDERS } from './audit-providers.ts';
import { LedgerBooks } from './books/ledger-books.ts';
import { AUDIT_CONFIG, auditConfig, CLIENT_KEYS } from './config.ts';
import { AUDIT_RAILS, type AuditRails } from './rails.ts';

export const ALPHA = anAccount('01993c1e-0000-7000-8000-0000000000c2', { accountNumber: '6214830100000002', connectorType: 'BANK_ALPHA' });
export const BETA = anAccount('01993c1e-0000-7000-8000-0000000000c3', { accountNumber: '6214850100000001', connectorType: 'BANK_BETA', accountClass: 'OWN_FUND', owner: 'OWN' });
export const RESERVE = anAccount('01993c1e-0000-7000-8000-0000000000c1', { accountNumber: '0011000000080001', connectorType: null, accountClass: 'CENTRAL_RESERVE' });

export const CLERK: Actor = { kind: 'PERSON', id: 'clerk', roles: ['operator'] };

function anAccount(id: string, given: Partial<AuditedAccount>): AuditedAccount {
  return { id, version: 1, accountClass: 'CLIENT_FUND', owner: 'CLIENT', name: '账户', state: 'ACTIVE', accountNumber: '1', connectorType: null, ...given };
}

/** Gives the files it was given, by account number and date. */
export class FakeBank implements StatementRail {
  readonly files = new Map<string, Buffer>();
  readonly asked: string[] = [];

  async fetchStatement(accountNumber: string, businessDate: string): Promise<StatementFetch> {
    this.asked.push(`${accountNumber} ${businessDate}`);
    const bytes = this.files.get(`${accountNumber} ${businessDate}`);
    if (bytes === undefined) return { outcome: 'NOT_FOUND', fileName: null, bytes: null, detail: 'ANSWERED' };
    return { outcome: 'SUCCEEDED', fileName: `${businessDate}.txt`, bytes, detail: 'ANSWERED' };
  }
}

export type MovementForTest = Pick<AccountMovement, 'direction' | 'amountMinor'> & Partial<AccountMovement>;

/** The central bank's books of one account from one balance on, two movements a page. */
export class FakeCentralBank implements MovementRail {
  readonly movements = new Map<string, readonly MovementForTest[]>();
  opening = 100_000_000n;
  isClosed = true;
  outcome: 'SUCCEEDED' | 'UNKNOWN' = 'SUCCEEDED';

  async readMovements(_: string, businessDate: string, cursor: string | null = null): ReturnType<MovementRail['readMovements']> {
    if (this.outcome === 'UNKNOWN') return { outcome: 'UNKNOWN', movements: [], totals: null, cursor: null, detail: 'TIMEOUT' };
    let balance = this.#balanceBefore(businessDate);
    const openingMinor = balance;
    let number = Number(businessDate.replaceAll('-', '')) * 1_000;
    const all = (this.movements.get(businessDate) ?? []).map((given): AccountMovement => {
      balance += given.direction === 'CREDIT' ? given.amountMinor : -given.amountMinor;
      number += 1;
      return { movementNumber: String(number), balanceAfterMinor: balance, occurredAt: new Date(`${businessDate}T03:00:00Z`), ...given };
    });
    const sumOf = (direction: string): bigint => all.reduce((sum, one) => (one.direction === direction ? sum + one.amountMinor : sum), 0n);
    const start = Number(cursor ?? 0);
    const totals = { openingMinor, closingMinor: balance, creditMinor: sumOf('CREDIT'), debitMinor: sumOf('DEBIT'), count: all.length, isClosed: this.isClosed };
    return { outcome: 'SUCCEEDED', movements: all.slice(start, start + 2), totals, cursor: start + 2 < all.length ? String(start + 2) : null, detail: 'ANSWERED' };
  }

  #balanceBefore(date: string): bigint {
    const earlier = [...this.movements].filter(([day]) => day < date).flatMap(([, movements]) => movements);
    return earlier.reduce((balance, { direction, amountMinor }) => balance + (direction === 'CREDIT' ? amountMinor : -amountMinor), this.opening);
  }
}

/** A clearing house that gives the bills it was given, and breaks off where it is told to. */
export class FakeHouse implements SessionRail {
  readonly bills = new Map<string, readonly PayoutFileLine[]>();
  breaksAfter = Infinity;

  constructor(readonly clearingHouse: 'NETSUNION' | 'UNIONPAY' = 'NETSUNION') {}

  async readSession(): ReturnType<SessionRail['readSession']> {
    return { outcome: 'NOT_FOUND', session: null, detail: 'ANSWERED' };
  }

  async readPayoutFile(clearingDate: string): ReturnType<SessionRail['readPayoutFile']> {
    const lines = this.bills.get(clearingDate);
    if (lines === undefined) return { outcome: 'NOT_FOUND', lines: null, detail: 'ANSWERED' };
    return { outcome: 'SUCCEEDED', lines: this.#read(lines), detail: 'ANSWERED' };
  }

  async *#read(lines: readonly PayoutFileLine[]): AsyncGenerator<PayoutFileLine> {
    const { PayoutFileBroken } = await import('@jinku/connectors');
    for (const [index, line] of lines.entries()) {
      if (index >= this.breaksAfter) throw new PayoutFileBroken('TIMEOUT');
      yield line;
    }
  }
}

/** One process of the service over a test database, without doors. It is 10:00 on 21 November. */
export class AuditWorld {
  readonly clock = new ManualClock(new Date('2026-11-21T02:00:00Z'));
  readonly alpha = new FakeBank();
  readonly beta = new FakeBank();
  readonly centralBank = new FakeCentralBank();
  readonly netsUnion = new FakeHouse('NETSUNION');
  readonly unionPay = new FakeHouse('UNIONPAY');
  readonly events: string[] = [];
  #module!: TestingModule;

  private constructor(readonly database: Database) {}

  static async on(database: Database, given: { ledgerUrl?: string; keysDir?: string; clientKeys?: ReadonlyMap<string, KeyObject> } = {}): Promise<AuditWorld> {
    const world = new AuditWorld(database);
    const note = (event: string): void => void world.events.push(event);
    const log: EventLog = { info: note, warn: note, error: note, debug: note };
    const rails: AuditRails = {
      statements: new Map([
        ['BANK_ALPHA', world.alpha],
        ['BANK_BETA', world.beta],
      ]),
      movements: world.centralBank,
      sessions: [world.netsUnion, world.unionPay],
    };
    world.#module = await Test.createTestingModule({
      providers: [
        ...AUDIT_PROVIDERS,
        AuditTrail,
        { provide: LedgerBooks, useValue: new LedgerBooks({ url: given.ledgerUrl ?? null, keysDir: given.keysDir ?? '/nowhere', timeoutMs: 2_000, clock: world.clock }) },
        { provide: DatabasePool, useValue: database },
        { provide: Doorbells, useValue: new Doorbells(null, log) },
        { provide: Outbox, useValue: new Outbox({ source: 'audit', clock: world.clock }) },
        { provide: CLOCK, useValue: world.clock },
        { provide: EVENT_LOG, useValue: log },
        { provide: AUDIT_CONFIG, useValue: auditConfig({}) },
        { provide: CLIENT_KEYS, useValue: given.clientKeys ?? new Map() },
        { provide: AUDIT_RAILS, useValue: rails },
      ],
    }).compile();
    await database.transaction((tx) => world.get(AccountRepository).upsertMany(tx, [ALPHA, BETA, RESERVE]));
    return world;
  }

  get<T>(type: abstract new (...parameters: never[]) => T): T {
    return this.#module.get<T>(type);
  }

  /** What was told to the ledger, entry by entry. */
  async told(): Promise<{ kind: string; amount: string; bankReference: string }[]> {
    const rows = await this.database.query<{ payload: { entries: { kind: string; amount: string; bankReference: string }[] } }>(
      `SELECT body::jsonb AS payload FROM outbox_message WHERE type = 'audit.entries-recognised.v1' ORDER BY sequence`,
    );
    return rows.flatMap(({ payload }) => payload.entries.map(({ kind, amount, bankReference }) => ({ kind, amount, bankReference })));
  }
}
