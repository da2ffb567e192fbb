import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import type { AttemptsConcludedV1, PayoutResultsReportedV1, PayoutState, RailNoticeReceivedV1 } from '@jinku/contracts';
import type { RailAnswer } from '@jinku/connectors';
import { formatAmount } from '@jinku/money';
import type { Database } from '@jinku/persistence';
import { eventually } from '@jinku/testing';
import { payoutsConfig, type PayoutsConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { SetGrants } from '../../grant/use-cases/set-grants.ts';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest, type Admitted } from '../../payout/use-cases/admit-payouts.ts';
import { UndeferPayouts } from '../../payout/use-cases/undefer-payouts.ts';
import { aPayoutsDatabase, FakeRail, GRANT_ID, PayoutsWorld, railAnswer, resetPayouts, type TestDatabase, instructionsOf } from '../../payouts-world.builder.ts';
import { DispatchBatch, type Instruction } from '../use-cases/dispatch-batch.ts';
import { InquireDue } from '../use-cases/inquire-due.ts';
import { RecordNotices } from '../use-cases/record-notices.ts';
import { Dispatcher } from './dispatcher.ts';

let testing: TestDatabase;
let database: Database;
let running: Dispatcher[] = [];
const FAST: Partial<PayoutsConfig> = { validityMs: 1_000, quietMs: 0, notFoundSpacingMs: 20, callTimeoutMs: 300 };

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
});
beforeEach(() => resetPayouts(testing));
afterEach(async () => {
  await Promise.all(running.map((dispatcher) => dispatcher.beforeApplicationShutdown()));
  running = [];
});
afterAll(() => testing.drop());

async function aWorld(rail = new FakeRail(), config: Partial<PayoutsConfig> = {}): Promise<PayoutsWorld> {
  return PayoutsWorld.on(database, { rail, config });
}

function start(world: PayoutsWorld): Dispatcher {
  const dispatcher = world.get(Dispatcher);
  dispatcher.onApplicationBootstrap();
  running.push(dispatcher);
  return dispatcher;
}

async function admit(world: PayoutsWorld, count: number, amount = '1.00'): Promise<string[]> {
  const reads = Array.from({ length: count }, () => readPayoutRequest(aRequest({ amount }), { clientId: 'settlement', root: '' }));
  return ((await world.get(AdmissionGroup).all(reads)) as Admitted[]).map((admitted) => admitted.payoutId);
}

async function states(world: PayoutsWorld): Promise<Partial<Record<PayoutState, number>>> {
  const rows = await world.query<{ state: PayoutState; count: bigint }>('SELECT state, count(*) AS count FROM payout GROUP BY state');
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

/** Reservations are the open attempts, consumption is the successes, every movement follows from the one before, and the queue is what is QUEUED. */
async function expectConserved(world: PayoutsWorld): Promise<void> {
  const [sums] = await world.query<Record<string, bigint>>(`SELECT g.reserved, g.consumed_total AS consumed,
    (SELECT coalesce(sum(amount_minor), 0)::bigint FROM open_attempt) AS open,
    (SELECT coalesce(sum(amount_minor), 0)::bigint FROM attempt WHERE conclusion = 'SUCCEEDED') AS succeeded,
    (SELECT coalesce(sum(amount_minor), 0)::bigint FROM payout WHERE state = 'SUCCEEDED') AS paid,
    (SELECT coalesce(sum(reserved_change), 0)::bigint FROM grant_movement) AS reserved_moves,
    (SELECT coalesce(sum(consumed_change), 0)::bigint FROM grant_movement) AS consumed_moves,
    (SELECT count(*) FROM payout WHERE state = 'QUEUED') AS queued,
    (SELECT count(*) FROM queue_entry) + (SELECT count(*) FROM deferred_entry) AS waiting FROM quota_grant g`);
  expect(sums).toMatchObject({ open: sums?.['reserved'], reserved_moves: sums?.['reserved'] });
  expect(sums).toMatchObject({ succeeded: sums?.['consumed'], consumed_moves: sums?.['consumed'], paid: sums?.['consumed'], waiting: sums?.['queued'] });
}

async function claim(world: PayoutsWorld): Promise<readonly Instruction[]> {
  const lease = world.lease(0, 'dying');
  await lease.acquire();
  const dispatched = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(100) });
  await lease.release();
  return 'halt' in dispatched ? [] : instructionsOf(dispatched);
}

const led = (dispatcher: Dispatcher) => eventually(() => expect(dispatcher.ledShards).toEqual([0]), { withinMs: 5_000 });

test('four hundred payouts are paid once each, in batches, and told in order', async () => {
  const world = await aWorld();
  await admit(world, 400);
  start(world);

  await eventually(async () => expect(await states(world)).toEqual({ SUCCEEDED: 400 }), { withinMs: 10_000 });

  expect(world.rail.executed.size).toBe(400);
  await expectConserved(world);
  const concluded = await world.told<AttemptsConcludedV1>('payouts.attempts-concluded.v1');
  expect(concluded.length).toBeLessThan(60);
  const results = (await world.told<PayoutResultsReportedV1>('payouts.payout-results-reported.v1')).flatMap((message) => message.results);
  const byPayout = new Map<string, string[]>();
  for (const result of results) byPayout.set(result.payoutId ?? '', [...(byPayout.get(result.payoutId ?? '') ?? []), `${result.sequence}:${result.state}`]);
  expect([...byPayout.values()].every((told) => told.join() === '1:QUEUED,2:SUCCEEDED')).toBe(true);
});

test('crash between the commit of attempts and their sending: they are inquired about, never sent, and tried again under new numbers after their validity', async () => {
  const dying = await aWorld(new FakeRail(), FAST);
  await admit(dying, 5);
  const lost = await claim(dying);
  expect(lost).toHaveLength(5);

  const rail = new FakeRail();
  const world = await aWorld(rail, FAST);
  await led(start(world));
  await eventually(
    async () => {
      await world.get(InquireDue).execute([0]);
      await world.query(`UPDATE deferred_entry SET due_at = '2020-01-01' RETURNING 1`);
      await world.get(UndeferPayouts).execute();
      expect(await states(world)).toEqual({ SUCCEEDED: 5 });
    },
    { withinMs: 10_000 },
  );

  const old = new Set(lost.map((one) => one.serialNumber));
  expect(rail.submitted.filter((one) => old.has(one.serialNumber))).toEqual([]);
  expect(rail.executed.size).toBe(5);
  expect(await world.query(`SELECT count(*) AS count FROM inquiry WHERE outcome = 'NOT_FOUND' GROUP BY serial_number HAVING count(*) < 3`)).toEqual([]);
  await expectConserved(world);
}, 20_000);

test('crash between the sending and the record: the inquiry finds what the rail did, and nothing is sent again', async () => {
  const rail = new FakeRail();
  const dying = await aWorld(rail, FAST);
  await admit(dying, 5);
  for (const instruction of await claim(dying)) await rail.submitPayout(instruction, { timeoutMs: 1 });

  const world = await aWorld(rail, FAST);
  await led(start(world));
  await eventually(async () => {
    await world.get(InquireDue).execute([0]);
    expect(await states(world)).toEqual({ SUCCEEDED: 5 });
  });

  expect(rail.submitted).toHaveLength(5);
  await expectConserved(world);
});

test('an unknown answer leaves the payout UNKNOWN with its reservation, is inquired about, and NOT_FOUND does not count before the validity has passed', async () => {
  const rail = new FakeRail();
  rail.onSubmit = () => railAnswer({ outcome: 'UNKNOWN', detail: 'TIMEOUT' });
  const world = await aWorld(rail, { ...FAST, validityMs: 60_000 });
  await admit(world, 3);
  start(world);
  await eventually(async () => expect(await states(world)).toEqual({ UNKNOWN: 3 }));

  for (let round = 0; round < 5; round += 1) {
    await world.query('UPDATE open_attempt SET inquire_at = $1 RETURNING 1', [new Date(systemClock.wallNow() - 1)]);
    await world.get(InquireDue).execute([0]);
  }

  expect(await states(world)).toEqual({ UNKNOWN: 3 });
  expect(rail.submitted).toHaveLength(3);
  expect(rail.inquired.length).toBe(15);
  expect(await world.get(GrantRepository).find(database, GRANT_ID)).toMatchObject({ reserved: 300n, consumedTotal: 0n });
});

const outcomes: readonly [answer: Partial<RailAnswer>, state: PayoutState, reason: string][] = [
  [{ outcome: 'FAILED', code: '0102' }, 'FAILED', 'RAIL_0102'],
  [{ outcome: 'REJECTED_RISK', code: '0401' }, 'FAILED', 'REJECTED_RISK'],
  [{ outcome: 'REJECTED_FUNDS', code: '0301' }, 'QUEUED', 'REJECTED_FUNDS'],
  [{ outcome: 'REJECTED_WINDOW', code: '0302' }, 'QUEUED', 'REJECTED_WINDOW'],
  [{ outcome: 'UNKNOWN', detail: 'NOT_CONNECTED' }, 'QUEUED', 'NOT_SENT'],
  [{ outcome: 'REJECTED_FORMAT', code: '0501' }, 'HELD', 'REJECTED_FORMAT'],
  [{ outcome: 'REJECTED_DUPLICATE', code: '0201' }, 'UNKNOWN', 'REJECTED_DUPLICATE'],
];

test.each(outcomes)('the answer %j leaves a payout %s because of %s', async (answer, state, reason) => {
  const rail = new FakeRail();
  rail.onSubmit = () => railAnswer(answer);
  const world = await aWorld(rail);
  await admit(world, 1);
  start(world);

  await eventually(async () => expect(await world.query('SELECT state, reason_code AS reason FROM payout')).toEqual([{ state, reason }]));
  await expectConserved(world);
  const route = await world.query<{ state: string }>(`SELECT state FROM route WHERE route = 'NETSUNION'`);
  expect(route).toEqual([{ state: state === 'HELD' ? 'STOPPED' : 'OPEN' }]);
});

function notice(change: Partial<RailNoticeReceivedV1>): RailNoticeReceivedV1 {
  return {
    noticeId: 'N-1',
    clearingHouse: 'NETSUNION',
    kind: 'PAYOUT_RESULT',
    serialNumber: '',
    outcome: 'SUCCEEDED',
    code: '0000',
    amount: '1.00',
    clearingDate: '2026-11-21',
    occurredAt: '2026-11-21T02:00:00.000Z',
    ...change,
  };
}

test('an accepted payout stays on its way until a notice of its amount and its house tells; repeated and contradicting notices change nothing', async () => {
  const rail = new FakeRail();
  rail.onSubmit = () => railAnswer({ outcome: 'ACCEPTED', code: '0000' });
  const world = await aWorld(rail);
  await admit(world, 1);
  start(world);
  await eventually(async () => expect(await world.query('SELECT 1 FROM open_attempt WHERE inquire_at IS NOT NULL')).toHaveLength(1));
  expect(await states(world)).toEqual({ DISPATCHED: 1 });
  const serialNumber = rail.submitted[0]?.serialNumber ?? '';
  const hear = (change: Partial<RailNoticeReceivedV1>) => database.transaction((tx) => world.get(RecordNotices).execute(tx, [notice({ serialNumber, ...change })]));

  await hear({ noticeId: 'N-0', amount: '1.01' });
  expect(await states(world)).toEqual({ DISPATCHED: 1 });
  await hear({ noticeId: 'N-5', clearingHouse: 'UNIONPAY' });
  expect(await states(world)).toEqual({ DISPATCHED: 1 });
  await hear({});
  await hear({ noticeId: 'N-2' });
  await hear({ noticeId: 'N-3', outcome: 'FAILED', code: '0101' });
  await hear({ noticeId: 'N-4', kind: 'PAYOUT_RETURNED', outcome: 'RETURNED', amount: '0.40' });

  expect(await states(world)).toEqual({ SUCCEEDED: 1 });
  expect(await world.query('SELECT told_outcome, recorded_conclusion FROM outcome_conflict ORDER BY conflict_id')).toEqual([
    { told_outcome: 'SUCCEEDED', recorded_conclusion: null },
    { told_outcome: 'SUCCEEDED', recorded_conclusion: null },
    { told_outcome: 'FAILED', recorded_conclusion: 'SUCCEEDED' },
  ]);
  expect(await world.query('SELECT amount_minor FROM payout_return')).toEqual([{ amount_minor: 40n }]);
  await expectConserved(world);
});

test('a recall below what was used leaves the grant at what was used, and an old epoch changes nothing', async () => {
  const world = await aWorld();
  await admit(world, 4);
  await claim(world);
  const set = (epoch: number, grantedTotal: bigint) =>
    database.transaction((tx) => world.get(SetGrants).execute(tx, [{ grantId: GRANT_ID, clearingHouse: 'NETSUNION', shard: 0, epoch, grantedTotal }]));

  await set(3, 100n);
  await set(2, 9_999n);

  expect(await world.get(GrantRepository).find(database, GRANT_ID)).toMatchObject({ epoch: 3n, grantedTotal: 400n, reserved: 400n });
  const reports = await world.told<{ epoch: number; grantedTotal: string }>('payouts.grant-usage-reported.v1');
  expect(reports).toMatchObject([{ epoch: 3, grantedTotal: formatAmount(400n) }]);
});

test('two processes with faults of every kind pay each payout at most once and conserve the grant', async () => {
  const rail = new FakeRail();
  rail.onSubmit = (instruction) => {
    const fault = rail.submitted.length % 7;
    if (fault === 1) return railAnswer({ outcome: 'UNKNOWN', detail: 'TIMEOUT' });
    if (fault === 2) {
      rail.execute(instruction);
      return railAnswer({ outcome: 'UNKNOWN', detail: 'CONNECTION_LOST' });
    }
    if (fault === 3) return railAnswer({ outcome: 'FAILED', code: '0103' });
    return rail.execute(instruction);
  };
  // The breakers are another spec's: here every route stays open, whatever it does.
  const config = { ...FAST, shards: 1, breaker: { ...payoutsConfig({}).breaker, unknownMin: 1_000 } };
  const [one, two] = [await aWorld(rail, config), await aWorld(rail, config)];
  await admit(one, 210);
  start(one);
  start(two);
  await eventually(
    async () => {
      for (const world of [one, two]) {
        await world.get(InquireDue).execute([0]);
        await world.query(`UPDATE deferred_entry SET due_at = '2020-01-01' RETURNING 1`);
        await world.get(UndeferPayouts).execute();
      }
      const { SUCCEEDED = 0, FAILED = 0 } = await states(one);
      expect(SUCCEEDED + FAILED).toBe(210);
    },
    { withinMs: 20_000 },
  );

  expect(BigInt(rail.executed.size)).toBe((await one.query<{ count: bigint }>(`SELECT count(*) AS count FROM payout WHERE state = 'SUCCEEDED'`))[0]?.count);
  expect(await one.query('SELECT 1 FROM outcome_conflict')).toEqual([]);
  await expectConserved(one);
}, 30_000);
