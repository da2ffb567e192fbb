import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PayoutInstruction, RailAnswer } from '@jinku/connectors';
import type { PayoutState } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { eventually } from '@jinku/testing';
import { Dispatcher } from '../../attempt/jobs/dispatcher.ts';
import { InquireDue } from '../../attempt/use-cases/inquire-due.ts';
import { payoutsConfig } from '../../config.ts';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, FakeRail, PayoutsWorld, railAnswer, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { MoveBreaker } from '../use-cases/move-breaker.ts';
import { RouteWatch } from './route-watch.ts';

const [ALPHA, BETA] = ['102100099996', '103100000026'];
const breaker = { ...payoutsConfig({}).breaker, firstBackOffMs: 100 };
let testing: TestDatabase;
let database: Database;
let running: Dispatcher[] = [];

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
});
beforeEach(() => resetPayouts(testing));
afterEach(async () => {
  await Promise.all(running.map((dispatcher) => dispatcher.beforeApplicationShutdown()));
  running = [];
});
afterAll(() => testing.drop());

function start(world: PayoutsWorld): void {
  const dispatcher = world.get(Dispatcher);
  dispatcher.onApplicationBootstrap();
  running.push(dispatcher);
}

async function admit(world: PayoutsWorld, bankCode: string, count: number): Promise<void> {
  const requests = Array.from({ length: count }, () => aRequest({ amount: '1.00' })).map((one) => ({ ...one, payee: { ...one.payee, bankCode } }));
  await world.get(AdmissionGroup).all(requests.map((one) => readPayoutRequest(one, { clientId: 'settlement', root: '' })));
}

const states = async (world: PayoutsWorld, bankCode: string): Promise<Partial<Record<PayoutState, number>>> =>
  Object.fromEntries((await world.query<{ state: PayoutState; count: number }>('SELECT state, count(*)::int AS count FROM payout WHERE bank_code = $1 GROUP BY state', [bankCode])).map(({ state, count }) => [state, count]));
const events = async (world: PayoutsWorld): Promise<string> => (await world.query<{ key: string; event: string }>('SELECT key, event FROM breaker_event ORDER BY at, epoch')).map(({ event }) => event).join();

test('a bank that stops answering opens its route alone; others go on, it is tried again when it is back, and each payout is paid once', async () => {
  const rail = new FakeRail();
  let isSilent = true;
  rail.onSubmit = (instruction: PayoutInstruction): RailAnswer => {
    const answer = rail.execute(instruction);
    return isSilent && instruction.payee.bankCode === ALPHA ? railAnswer({ outcome: 'UNKNOWN', detail: 'TIMEOUT' }) : answer;
  };
  const world = await PayoutsWorld.on(database, { rail, config: { breaker, concurrencyMax: 8 } });
  await admit(world, ALPHA, 60);
  await admit(world, BETA, 60);
  start(world);

  await eventually(async () => expect(await states(world, BETA)).toEqual({ SUCCEEDED: 60 }), { withinMs: 10_000 });
  await world.get(RouteWatch).settled();
  expect(await world.query(`SELECT key, state, reason FROM breaker`)).toEqual([{ key: `NETSUNION/${ALPHA}`, state: 'OPEN', reason: 'UNKNOWN_OUTCOMES' }]);
  const { UNKNOWN = 0, QUEUED = 0 } = await states(world, ALPHA);
  expect(UNKNOWN + QUEUED).toBe(60);
  expect(QUEUED).toBeGreaterThan(20);
  expect(await world.query(`SELECT 1 FROM payout WHERE state = 'QUEUED' AND attempt_count > 0`)).toEqual([]);

  // While the bank is silent a try opens the route again, for longer.
  await eventually(async () => {
    await world.get(MoveBreaker).review();
    expect(await events(world)).toContain('trip,probe,relapse');
  });
  isSilent = false;
  await eventually(
    async () => {
      await world.get(MoveBreaker).review();
      await world.query('UPDATE open_attempt SET inquire_at = $1 WHERE inquire_at IS NOT NULL RETURNING 1', [new Date(0)]);
      await world.get(InquireDue).execute([0]);
      expect(await states(world, ALPHA)).toEqual({ SUCCEEDED: 60 });
    },
    { withinMs: 20_000 },
  );

  expect(rail.executed.size).toBe(120);
  expect(await world.query(`SELECT state FROM breaker`)).toEqual([{ state: (await events(world)).endsWith('recover') ? 'CLOSED' : 'HALF_OPEN' }]);
  expect(await world.query(`SELECT DISTINCT route_reason AS reason FROM attempt ORDER BY 1`)).toEqual([{ reason: 'PRIMARY' }, { reason: 'PROBE' }]);
}, 40_000);

test('a house that is not reached is left alone after a while, and the other one pays', async () => {
  const [netsUnion, unionPay] = [new FakeRail(), new FakeRail('UNIONPAY')];
  netsUnion.onSubmit = () => railAnswer({ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED' });
  await testing.admin.query(`INSERT INTO payouts.quota_grant (grant_id, clearing_house, shard, epoch, granted_total, movement_sequence) VALUES (gen_random_uuid(), 'UNIONPAY', 0, 1, 1000000, 1)`);
  const world = await PayoutsWorld.on(database, { rail: netsUnion, unionPay, config: { breaker: { ...breaker, technicalMin: 5 } } });
  await admit(world, ALPHA, 80);
  start(world);

  await eventually(
    async () => {
      await world.query(`UPDATE deferred_entry SET due_at = '2020-01-01' WHERE due_at IS NOT NULL RETURNING 1`);
      await world.query(`WITH due AS (DELETE FROM deferred_entry WHERE due_at IS NOT NULL RETURNING payout_id, shard, dispatch_order, amount_minor, latest_by, business_line, bank_code) INSERT INTO queue_entry SELECT * FROM due RETURNING 1`);
      expect(await states(world, ALPHA)).toEqual({ SUCCEEDED: 80 });
    },
    { withinMs: 15_000 },
  );

  expect(unionPay.executed.size).toBe(80);
  expect(netsUnion.executed.size).toBe(0);
  expect(await events(world)).toMatch(/^trip/);
  expect((await world.query<{ reason: string }>(`SELECT DISTINCT route_reason AS reason FROM attempt WHERE route = 'UNIONPAY'`)).map(({ reason }) => reason)).toContain('PRIMARY_BROKEN');
}, 30_000);
