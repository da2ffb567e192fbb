import type { KeyObject } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { ManualClock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { BalanceRail, QuotaAdjustmentInstruction, QuotaRail, QuotaReading, RailAnswer, RailSession, SessionRail, SessionReading } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Outbox } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { AuditTrail, CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { BALANCE_RAILS, CLIENT_KEYS, QUOTAS_CONFIG, quotasConfig, RAILS, SESSION_RAILS } from './config.ts';
import { QUOTAS_PROVIDERS } from './quotas-providers.ts';

export function railAnswer(change: Partial<RailAnswer>): RailAnswer {
  const log = { operation: 'ADJUST_QUOTA', httpStatus: 200, request: '{}', answer: '{}' };
  return { outcome: 'SUCCEEDED', code: '0000', latencyMs: 1, requestDigest: null, answerDigest: null, detail: 'ANSWERED', log, ...change };
}

/** A house with books of its own: what it maps, and the numbers it took. What it answers can be told. */
export class FakeQuotaRail implements QuotaRail, SessionRail {
  readonly sent: QuotaAdjustmentInstruction[] = [];
  readonly taken = new Map<string, RailAnswer>();
  mapped = 100_000n;
  /** What the house has taken off for payouts. */
  takenOff = 0n;
  /** What the house says of its sessions by clearing date; `null` for no answer. */
  readonly sessions = new Map<string, RailSession | null>();
  /** What the caller hears of a request; the house's books are not touched by it. */
  onAnswer: (answer: RailAnswer) => RailAnswer = (answer) => answer;
  /** The house is asked and does not answer before this. */
  answersAfter: Promise<void> = Promise.resolve();
  /** False: the request never arrives. */
  isReached = true;

  constructor(
    private readonly clock: ManualClock,
    readonly clearingHouse: ClearingHouse = 'NETSUNION',
  ) {}

  async readQuota(): Promise<QuotaReading> {
    await this.answersAfter;
    return { outcome: 'SUCCEEDED', mappedMinor: this.mapped, availableMinor: this.mapped - this.takenOff, asOf: this.clock.now(), detail: 'ANSWERED' };
  }

  async adjustQuota(instruction: QuotaAdjustmentInstruction): Promise<RailAnswer> {
    this.sent.push(instruction);
    await this.answersAfter;
    if (!this.isReached) return railAnswer({ outcome: 'UNKNOWN', code: null, detail: 'TIMEOUT' });
    const { serialNumber, direction, amountMinor } = instruction;
    const answer = railAnswer({ outcome: direction === 'INCREASE' ? 'ACCEPTED' : 'SUCCEEDED', amountMinor });
    this.taken.set(serialNumber, answer);
    if (direction === 'DECREASE') this.mapped -= amountMinor;
    return this.onAnswer(answer);
  }

  async inquireQuotaAdjustment(serialNumber: string): Promise<RailAnswer> {
    return this.taken.get(serialNumber) ?? railAnswer({ outcome: 'NOT_FOUND', code: '0602' });
  }

  async readSession(clearingDate: string): Promise<SessionReading> {
    const session = this.sessions.get(clearingDate);
    if (session === null) return { outcome: 'UNKNOWN', session, detail: 'TIMEOUT' };
    return session === undefined ? { outcome: 'NOT_FOUND', session: null, detail: 'ANSWERED' } : { outcome: 'SUCCEEDED', session, detail: 'ANSWERED' };
  }

  async readPayoutFile(): Promise<{ outcome: 'NOT_FOUND'; lines: null; detail: 'ANSWERED' }> {
    return { outcome: 'NOT_FOUND', lines: null, detail: 'ANSWERED' };
  }

  /** The house carries out the increase it took. */
  carryOut({ serialNumber, amountMinor }: QuotaAdjustmentInstruction): void {
    this.mapped += amountMinor;
    this.taken.set(serialNumber, railAnswer({ amountMinor }));
  }
}

/** One process of the service over a test database, without doors. */
export class QuotasWorld {
  private constructor(
    readonly rail: FakeQuotaRail,
    readonly clock: ManualClock,
    readonly events: { event: string }[],
    private readonly module: TestingModule,
  ) {}

  static async on(database: Database, given: { rail?: FakeQuotaRail; others?: readonly FakeQuotaRail[]; clock?: ManualClock; clientKeys?: ReadonlyMap<string, KeyObject>; balanceRails?: ReadonlyMap<string, BalanceRail> } = {}): Promise<QuotasWorld> {
    const clock = given.clock ?? new ManualClock(new Date('2026-11-21T02:00:00Z'));
    const rail = given.rail ?? new FakeQuotaRail(clock);
    const events: { event: string }[] = [];
    const note = (event: string): void => void events.push({ event });
    const log: EventLog = { info: note, warn: note, error: note, debug: note };
    const module = await Test.createTestingModule({
      providers: [
        ...QUOTAS_PROVIDERS,
        AuditTrail,
        { provide: Database, useValue: database },
        { provide: Doorbells, useValue: new Doorbells(null, log) },
        { provide: Outbox, useValue: new Outbox({ source: 'quotas', clock }) },
        { provide: CLOCK, useValue: clock },
        { provide: EVENT_LOG, useValue: log },
        { provide: QUOTAS_CONFIG, useValue: quotasConfig({ JINKU_PAYOUT_SHARDS: '2' }) },
        { provide: RAILS, useValue: [rail, ...(given.others ?? [])] },
        { provide: SESSION_RAILS, useValue: [rail, ...(given.others ?? [])] },
        { provide: BALANCE_RAILS, useValue: given.balanceRails ?? new Map() },
        { provide: CLIENT_KEYS, useValue: given.clientKeys ?? new Map() },
      ],
    }).compile();
    return new QuotasWorld(rail, clock, events, module);
  }

  get<T>(type: abstract new (...parameters: never[]) => T): T {
    return this.module.get<T>(type);
  }
}
