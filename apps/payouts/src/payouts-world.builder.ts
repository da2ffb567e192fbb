import { randomBytes, type KeyObject } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { systemClock, type Clock } from '@jinku/calendar';
import type { CallLimits, PayoutInstruction, PayoutRail, RailAnswer } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { Database, Lease } from '@jinku/persistence';
import { PayeeCipher } from '@jinku/security';
import { AuditTrail, CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { testDatabase } from '@jinku/testing';
import type { Dispatched, Instruction } from './attempt/use-cases/dispatch-batch.ts';
import { HouseLines } from './attempt/use-cases/house-lines.ts';
import { CLIENT_KEYS, PAYEE_CIPHER, PAYOUT_RAILS, PAYOUTS_CONFIG, payoutsConfig, type PayoutsConfig } from './config.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { PAYOUTS_PROVIDERS } from './payouts-providers.ts';
import type { HouseRoom } from './route/use-cases/claim-routes.ts';

export const GRANT_ID = '01993c1e-0000-7000-8000-0000000000a1';

export type TestDatabase = Awaited<ReturnType<typeof testDatabase>>;

export interface SeenEvent {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A house that answers as told and keeps its own books: what it was asked, and what it executed, each number once. */
export class FakeRail implements PayoutRail {
  readonly submitted: PayoutInstruction[] = [];
  readonly inquired: string[] = [];
  readonly executed = new Map<string, bigint>();

  constructor(readonly clearingHouse: ClearingHouse = 'NETSUNION') {}

  /** What happens to a submit; by default it is executed and says so. */
  onSubmit: (instruction: PayoutInstruction) => Promise<RailAnswer> | RailAnswer = (instruction) => this.execute(instruction);
  onInquiry: (serialNumber: string) => Promise<RailAnswer> | RailAnswer = (serialNumber) =>
    this.executed.has(serialNumber) ? railAnswer({ outcome: 'SUCCEEDED', code: '0000', amountMinor: this.executed.get(serialNumber) ?? 0n }) : railAnswer({ outcome: 'NOT_FOUND', code: '0602' });

  execute(instruction: PayoutInstruction): RailAnswer {
    if (this.executed.has(instruction.serialNumber)) return railAnswer({ outcome: 'REJECTED_DUPLICATE', code: '0201' });
    this.executed.set(instruction.serialNumber, instruction.amountMinor);
    return railAnswer({ outcome: 'SUCCEEDED', code: '0000', railReference: `NU${instruction.serialNumber}` });
  }

  async submitPayout(instruction: PayoutInstruction, _limits: CallLimits): Promise<RailAnswer> {
    this.submitted.push(instruction);
    return this.onSubmit(instruction);
  }

  async inquirePayout(serialNumber: string): Promise<RailAnswer> {
    this.inquired.push(serialNumber);
    return this.onInquiry(serialNumber);
  }

  async readQuota(): Promise<never> {
    throw new Error('payouts never reads the quota');
  }

  async close(): Promise<void> {}
}

export function railAnswer(change: Partial<RailAnswer>): RailAnswer {
  const log = { operation: 'SUBMIT', httpStatus: 200, request: '{}', answer: '{}' };
  return { outcome: 'SUCCEEDED', code: null, latencyMs: 1, requestDigest: null, answerDigest: null, detail: 'ANSWERED', log, ...change };
}

/** One process of the service over a test database, without doors: use cases and jobs as they are wired in production, the rail a fake. */
export class PayoutsWorld {
  private constructor(
    readonly database: Database,
    readonly rail: FakeRail,
    readonly config: PayoutsConfig,
    readonly events: SeenEvent[],
    private readonly module: TestingModule,
  ) {}

  static async on(database: Database, given: { rail?: FakeRail; unionPay?: FakeRail; clock?: Clock; config?: Partial<PayoutsConfig>; cipher?: PayeeCipher; clientKeys?: ReadonlyMap<string, KeyObject> } = {}): Promise<PayoutsWorld> {
    const rail = given.rail ?? new FakeRail();
    const clock = given.clock ?? systemClock;
    const config = { ...payoutsConfig({ JINKU_PAYOUT_SHARDS: '1', JINKU_PAYOUT_LINGER_MS: '2', JINKU_PAYOUT_LEASE_MS: '600' }), ...given.config };
    const events: SeenEvent[] = [];
    const note = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => void events.push({ event, fields });
    const log: EventLog = { info: note, warn: note, error: note, debug: note };
    const module = await Test.createTestingModule({
      providers: [
        ...PAYOUTS_PROVIDERS,
        AuditTrail,
        { provide: Database, useValue: database },
        { provide: Outbox, useValue: new Outbox({ source: 'payouts', clock }) },
        { provide: Metrics, useValue: new Metrics('payouts') },
        { provide: CLOCK, useValue: clock },
        { provide: EVENT_LOG, useValue: log },
        { provide: PAYOUTS_CONFIG, useValue: config },
        { provide: PAYEE_CIPHER, useValue: given.cipher ?? SPEC_CIPHER },
        { provide: CLIENT_KEYS, useValue: given.clientKeys ?? new Map() },
        { provide: PAYOUT_RAILS, useValue: given.unionPay === undefined ? [rail] : [rail, given.unionPay] },
      ],
    }).compile();
    return new PayoutsWorld(database, rail, config, events, module);
  }

  get<T>(type: abstract new (...parameters: never[]) => T): T {
    return this.module.get<T>(type);
  }

  /** As if the sender of every configured house had room for so many. */
  rooms(room: number): HouseRoom[] {
    return this.get(HouseLines).houses.map((house) => ({ house, room, isPaused: false }));
  }

  lease(shard: number, holder = 'spec'): Lease {
    return new Lease(this.database, { name: `payouts.shard-${shard}`, holder, durationMs: this.config.leaseMs });
  }

  async query<R>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return this.database.query<R>(sql, parameters);
  }

  /** The payloads of one message's outbox rows, in the order they were written. */
  async told<P>(type: string): Promise<P[]> {
    const rows = await this.query<{ body: string }>('SELECT body FROM outbox_message WHERE type = $1 ORDER BY sequence', [type]);
    return rows.map((row) => JSON.parse(row.body) as P);
  }
}

export function instructionsOf(dispatched: Extract<Dispatched, { batches: unknown }>): readonly Instruction[] {
  return dispatched.batches.flatMap(({ instructions }) => instructions);
}

const SPEC_CIPHER = new PayeeCipher({ current: 'k1', keys: { k1: randomBytes(32) }, hashKey: randomBytes(32) });

/** A migrated database with a merchant, two lines of business and, unless told otherwise, plenty of quota for shard 0. */
export async function aPayoutsDatabase({ grantedMinor = 1_000_000_000n }: { grantedMinor?: bigint } = {}): Promise<{ test: TestDatabase; database: Database }> {
  const test = await testDatabase({ services: [{ name: 'payouts', migrations: MIGRATIONS }] });
  const database: Database = await test.open('payouts');
  await resetPayouts(test, grantedMinor);
  return { test, database };
}

/** Empties every table of the service and seeds it anew, for the next test of one file. */
export async function resetPayouts(test: TestDatabase, grantedMinor = 1_000_000_000n): Promise<void> {
  await test.admin.query(`
    SET search_path = payouts;
    TRUNCATE payout_request, payout, queue_entry, deferred_entry, quarantined_request, watched_payee, duplicate_suspicion, held_entry, attempt, open_attempt, inquiry, outcome_conflict, payout_return,
      approval, audit_entry, quota_grant, grant_movement, outbox_message, lease, rail_message, rail_message_batch, rail_message_chain, merchant, business_line, route_bank, breaker, breaker_event, dispatcher CASCADE;
    UPDATE audit_head SET sequence = 0, hash = decode(repeat('00', 32), 'hex');
    UPDATE route SET state = 'OPEN', reason = NULL, changed_by = NULL, changed_at = NULL, per_item_limit_minor = NULL;
    UPDATE dispatch_switch SET stopped = false, reason = NULL, stopped_by = NULL, stopped_at = NULL, start_proposed_by = NULL;
    INSERT INTO merchant VALUES ('M10001', '云上商贸', 'ACTIVE', 0, '2026-11-21'), ('M10002', '停业商户', 'SUSPENDED', 0, '2026-11-21');
    INSERT INTO business_line VALUES ('SETTLEMENT', '结算打款', 0, 5000000, '2026-11-21'), ('WITHDRAWAL', '提现', 1, 5000000, '2026-11-21');
    INSERT INTO rail_budget (connector, window_ms, requests_per_window, inquiries_reserved) VALUES ('NETSUNION', 1000, 10000, 10000), ('UNIONPAY', 1000, 10000, 10000) ON CONFLICT DO NOTHING;
    INSERT INTO quota_grant (grant_id, clearing_house, shard, epoch, granted_total, movement_sequence) VALUES ('${GRANT_ID}', 'NETSUNION', 0, 1, ${grantedMinor}, 1);
    INSERT INTO grant_movement VALUES ('${GRANT_ID}', 1, 'SET', 0, 0, 0, 1, ${grantedMinor}, 0, 0, '2026-11-21');
  `);
}
