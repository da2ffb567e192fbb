import type { KeyObject } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { businessDateOf, ManualClock } from '@jinku/calendar';
import type { AccountMovement, MovementPage, MovementRail, PayoutInstruction, PayoutRail, QuotaReading, RailAnswer, TransferInstruction } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Outbox } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { AuditTrail, CLOCK, EVENT_LOG, type Actor, type EventLog } from '@jinku/service';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { PositionRepository } from './account/persistence/position.repository.ts';
import { CLIENT_KEYS, PAYOUT_RAILS, RESERVE_RAIL, TRANSFER_RAILS, TRANSFERS_CONFIG, transfersConfig, type BankTransferRail } from './config.ts';
import { FeeAccrualRepository } from './fee-accrual/persistence/fee-accrual.repository.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { transfersMigrations } from './migrations/index.ts';
import { AdvanceTransfers } from './transfer-order/jobs/advance-transfers.ts';
import { ReadTransfer, type TransferWithHistory } from './transfer-order/queries/read-transfer.ts';
import { aKnownAccount } from './transfer-order/transfer-order.builder.ts';
import { PlaceTransfer, type AskedTransfer } from './transfer-order/use-cases/place-transfer.ts';
import { RecordLegOutcome, type LegWord } from './transfer-order/use-cases/record-leg-outcome.ts';
import { TRANSFERS_PROVIDERS } from './transfers-providers.ts';

export const PREPAID = aKnownAccount();
export const RESERVE = aKnownAccount({ id: '01993c1e-0000-7000-8000-0000000000c1', accountClass: 'CENTRAL_RESERVE', subtype: null, name: '央行备付金账户', bankCode: '001100000008', connectorType: null });
export const FILED = aKnownAccount({ id: '01993c1e-0000-7000-8000-0000000000c3', accountClass: 'OWN_FUND', subtype: null, owner: 'OWN', isFiled: true, name: '自有资金账户', connectorType: 'BANK_BETA' });
export const LI_NA: Actor = { kind: 'PERSON', id: 'li.na', roles: [] };
export const WANG_WEI: Actor = { kind: 'PERSON', id: 'wang.wei', roles: [] };
export const NETSUNION_GRANT = '01993c1e-0000-7000-8000-0000000000a9';

export function railAnswer(change: Partial<RailAnswer>): RailAnswer {
  const log = { operation: 'TRANSFER', httpStatus: 200, request: '{}', answer: '{}' };
  return { outcome: 'SUCCEEDED', code: '0000', latencyMs: 1, requestDigest: null, answerDigest: null, detail: 'ANSWERED', log, ...change };
}

/** The books of a bank, a house and the central bank at once: the numbers that it took, and what it would say of each. */
export class FakeRail implements BankTransferRail, PayoutRail, MovementRail {
  readonly connectorType = 'BANK_ALPHA';
  readonly clearingHouse = 'NETSUNION' as const;
  /** What the central bank has booked, on two pages. */
  readonly movements: AccountMovement[] = [];
  readonly sent: { readonly serialNumber: string; readonly amountMinor: bigint; readonly via: 'BANK' | 'HOUSE' }[] = [];
  readonly books = new Map<string, RailAnswer>();
  /** What the rail makes of an instruction that reaches it. */
  outcome: RailAnswer['outcome'] = 'ACCEPTED';
  /** What the caller hears; the rail's books are not touched by it. */
  onAnswer: (answer: RailAnswer) => RailAnswer = (answer) => answer;
  /** False: the instruction never arrives. */
  isReached = true;

  async submitTransfer(instruction: TransferInstruction): Promise<RailAnswer> {
    return this.#take({ ...instruction, via: 'BANK' });
  }

  async submitPayout(instruction: PayoutInstruction): Promise<RailAnswer> {
    return this.#take({ ...instruction, via: 'HOUSE' });
  }

  async inquireTransfer(serialNumber: string): Promise<RailAnswer> {
    return this.books.get(serialNumber) ?? railAnswer({ outcome: 'NOT_FOUND', code: '0602' });
  }

  inquirePayout(serialNumber: string): Promise<RailAnswer> {
    return this.inquireTransfer(serialNumber);
  }

  async readQuota(): Promise<QuotaReading> {
    return { outcome: 'UNKNOWN', mappedMinor: null, availableMinor: null, asOf: null, detail: 'TIMEOUT' };
  }

  async readMovements(_accountNumber: string, businessDate: string, cursor: string | null = null): Promise<MovementPage> {
    const ofDate = this.movements.filter(({ occurredAt }) => businessDateOf(occurredAt) === businessDate);
    const [movements, next] = cursor === null ? [ofDate.slice(0, 1), ofDate.length > 1 ? '1' : null] : [ofDate.slice(1), null];
    return { outcome: 'SUCCEEDED', movements, totals: null, cursor: next, detail: 'ANSWERED' };
  }

  async close(): Promise<void> {}

  /** From now on the rail says so of the number. */
  conclude(serialNumber: string, outcome: RailAnswer['outcome']): void {
    this.books.set(serialNumber, railAnswer({ outcome }));
  }

  #take({ serialNumber, amountMinor, via }: (typeof this.sent)[number]): RailAnswer {
    this.sent.push({ serialNumber, amountMinor, via });
    if (!this.isReached) return railAnswer({ outcome: 'UNKNOWN', code: null, detail: 'TIMEOUT' });
    const answer = railAnswer({ outcome: this.outcome, amountMinor });
    this.books.set(serialNumber, answer);
    return this.onAnswer(answer);
  }
}

/** One process of the service over a test database, without doors. */
export class TransfersWorld {
  private constructor(
    readonly database: Database,
    readonly rail: FakeRail,
    readonly clock: ManualClock,
    readonly events: string[],
    private readonly module: TestingModule,
  ) {}

  static async on(database: Database, given: { rail?: FakeRail; clock?: ManualClock; environment?: Record<string, string>; clientKeys?: ReadonlyMap<string, KeyObject> } = {}): Promise<TransfersWorld> {
    const clock = given.clock ?? new ManualClock(new Date('2026-11-20T02:00:00Z'));
    const rail = given.rail ?? new FakeRail();
    const events: string[] = [];
    const note = (event: string): void => void events.push(event);
    const log: EventLog = { info: note, warn: note, error: note, debug: note };
    const module = await Test.createTestingModule({
      providers: [
        ...TRANSFERS_PROVIDERS,
        AuditTrail,
        { provide: Database, useValue: database },
        { provide: Doorbells, useValue: new Doorbells(null, log) },
        { provide: Outbox, useValue: new Outbox({ source: 'transfers', clock }) },
        { provide: CLOCK, useValue: clock },
        { provide: EVENT_LOG, useValue: log },
        { provide: TRANSFERS_CONFIG, useValue: transfersConfig(given.environment ?? {}) },
        { provide: CLIENT_KEYS, useValue: given.clientKeys ?? new Map() },
        { provide: TRANSFER_RAILS, useValue: [rail] },
        { provide: RESERVE_RAIL, useValue: rail },
        { provide: PAYOUT_RAILS, useValue: [rail] },
      ],
    }).compile();
    return new TransfersWorld(database, rail, clock, events, module);
  }

  get<T>(type: abstract new (...parameters: never[]) => T): T {
    return this.module.get<T>(type);
  }

  /** The three accounts of the specs; the prepaid-card account holds 5,000.00, fees of 1,000.00 are accrued, and 3,000.00 of quota are granted. */
  async fill(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const account of [PREPAID, RESERVE, FILED]) await this.get(AccountRepository).follow(tx, account, this.clock.now());
      await this.get(FeeAccrualRepository).follow(tx, { sequence: 1, accruedMinor: 100_000n, asOf: this.clock.now() });
    });
    await this.observe(500_000n);
    await this.grant(300_000n, 1);
  }

  async observe(balanceMinor: bigint, asOf = this.clock.now()): Promise<void> {
    const observation = { observationId: crypto.randomUUID(), accountId: PREPAID.id, balanceMinor, source: 'QUERY', asOf, observedAt: asOf };
    await this.database.transaction((tx) => this.get(PositionRepository).observe(tx, observation));
  }

  async grant(grantedMinor: bigint, epoch: number): Promise<void> {
    await this.database.transaction((tx) => this.get(SetGrants).execute(tx, [{ grantId: NETSUNION_GRANT, clearingHouse: 'NETSUNION', epoch, grantedMinor }]));
  }

  /** A sweep of 1,000.00 from the prepaid-card account to the reserve, unless told otherwise. */
  async place(given: Partial<AskedTransfer> = {}): Promise<string> {
    const asked: AskedTransfer = {
      payerAccountId: PREPAID.id,
      payeeAccountId: RESERVE.id,
      amountMinor: 100_000n,
      purpose: 'SWEEP_UP',
      means: null,
      reference: 'SWEEP-1',
      reason: 'spec',
      makerId: LI_NA.id,
      rule: null,
      ...given,
    };
    return (await this.database.transaction((tx) => this.get(PlaceTransfer).execute(tx, asked))).id;
  }

  /** A fund-down to the retained account: of client money to client money, so no second person below the limit. */
  placeFundDown(given: Partial<AskedTransfer> = {}): Promise<string> {
    return this.place({ payerAccountId: RESERVE.id, payeeAccountId: PREPAID.id, purpose: 'FUND_DOWN', ...given });
  }

  async order(id: string): Promise<TransferWithHistory> {
    const found = await this.get(ReadTransfer).execute(id);
    if (found === null) throw new Error(`there is no order ${id}`);
    return found;
  }

  async legState(id: string): Promise<string | undefined> {
    return (await this.order(id)).legs[0]?.state;
  }

  advance(): Promise<void> {
    return this.get(AdvanceTransfers).run();
  }

  /** Later, the legs are looked at once more. */
  async later(ms = 70_000): Promise<void> {
    this.clock.advance(ms);
    await this.advance();
  }

  word(given: Partial<LegWord>): Promise<void> {
    const word: LegWord = { serialNumber: this.serialNumber(), source: 'NOTICE', outcome: 'SUCCEEDED', amountMinor: 100_000n, code: '0000', railReference: null, ...given };
    return this.database.transaction((tx) => this.get(RecordLegOutcome).execute(tx, word));
  }

  serialNumber(index = 0): string {
    const instruction = this.rail.sent[index];
    if (instruction === undefined) throw new Error('nothing was sent');
    return instruction.serialNumber;
  }

  /** What was told, in order. */
  async told(type: string): Promise<Record<string, unknown>[]> {
    const rows = await this.database.query<{ body: string }>('SELECT body FROM outbox_message WHERE type = $1 ORDER BY sequence', [type]);
    return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  async effects(): Promise<unknown[]> {
    return (await this.told('transfers.leg-settled.v1')).map(({ effect, accountId }) => [effect, accountId]);
  }
}

export interface TransfersDatabase {
  readonly test: TestDatabase;
  readonly database: Database;
  /** Takes away all but what the migrations made. */
  empty(): Promise<void>;
}

export async function transfersDatabase(): Promise<TransfersDatabase> {
  const test = await testDatabase({ services: [{ name: 'transfers', migrations: transfersMigrations }] });
  const database = await test.open('transfers', { poolMax: 8 });
  const tables = 'quarantined_fee_accrual, known_account, account_position, position_observation, quota_grant, transfer_order, transfer_rule, approval, outbox_message, serial_number_block, request_key';
  return {
    test,
    database,
    empty: async () => {
      await test.admin.query(`TRUNCATE ${tables} CASCADE`);
      await test.admin.query('UPDATE fee_accrual SET sequence = 0, accrued_total = 0');
    },
  };
}
