import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PayoutsDispatchedV1 } from '@jinku/contracts';
import type { Database, Tx } from '@jinku/persistence';
import { DispatchBatch } from '../../attempt/use-cases/dispatch-batch.ts';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest, type Admitted } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, FakeRail, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { MoveBreaker } from './move-breaker.ts';
import { RouteBook } from './route-book.ts';
import type { HouseRoom } from './claim-routes.ts';

const [ALPHA, BETA] = ['102100099996', '103100000026'];
const BROKEN_ALPHA = `NETSUNION/${ALPHA}`;
let testing: TestDatabase;
let database: Database;
/** One with both houses, one with NetsUnion alone. */
let both: PayoutsWorld;
let alone: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  both = await PayoutsWorld.on(database, { unionPay: new FakeRail('UNIONPAY') });
  alone = await PayoutsWorld.on(database);
});
beforeEach(async () => {
  await resetPayouts(testing);
  await grantUnionPay(1_000_000n);
  for (const world of [both, alone]) world.get(RouteBook).forget();
});
afterAll(() => testing.drop());

async function grantUnionPay(grantedMinor: bigint): Promise<void> {
  await testing.admin.query(`
    INSERT INTO payouts.quota_grant (grant_id, clearing_house, shard, epoch, granted_total, movement_sequence) VALUES ('01993c1e-0000-7000-8000-0000000000b2', 'UNIONPAY', 0, 1, ${grantedMinor}, 1)
      ON CONFLICT (grant_id) DO UPDATE SET granted_total = excluded.granted_total;`);
}

async function queued(count: number, change: Parameters<typeof aRequest>[0] & { bankCode?: string } = {}): Promise<string[]> {
  const { bankCode = ALPHA, ...request } = change;
  const reads = Array.from({ length: count }, () => aRequest({ amount: '1.00', ...request }))
    .map((one) => readPayoutRequest({ ...one, payee: { ...one.payee, bankCode } }, { clientId: 'settlement', root: '' }));
  return ((await both.get(AdmissionGroup).all(reads)) as Admitted[]).map(({ payoutId }) => payoutId);
}

/** What one claim came to: the payouts by house, or why nothing was claimed. */
async function claimed(world = both, rooms: readonly HouseRoom[] = world.rooms(100), holder = 'spec'): Promise<Record<string, string[]> | string> {
  const lease = world.lease(0, holder);
  await lease.acquire();
  const dispatched = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms });
  if ('halt' in dispatched) return dispatched.halt;
  return Object.fromEntries(dispatched.batches.map(({ house, instructions }) => [house, instructions.map(({ payoutId }) => payoutId)]));
}
const rooms = (netsUnion: Partial<HouseRoom>): HouseRoom[] => [{ house: 'NETSUNION', room: 100, isPaused: false, ...netsUnion }, { house: 'UNIONPAY', room: 100, isPaused: false }];
const reasons = async (): Promise<unknown[]> => (await both.query<{ route: string; reason: string }>('SELECT DISTINCT route, route_reason AS reason FROM attempt ORDER BY route')).map(({ route, reason }) => `${route} ${reason}`);
const happens = (happening: Parameters<MoveBreaker['execute']>[1]['happening'], key = BROKEN_ALPHA) =>
  database.transaction((tx) => both.get(MoveBreaker).execute(tx, { key, happening, seenEpoch: null, by: null }));
const aside = () => both.query('SELECT waits_for, count(*)::int AS count FROM deferred_entry WHERE waits_for IS NOT NULL GROUP BY waits_for');

test('each house has its own batch: its attempts, its message, its reservation', async () => {
  await testing.admin.query(`UPDATE payouts.business_line SET primary_house = 'UNIONPAY' WHERE code = 'WITHDRAWAL'`);
  const settlements = await queued(2);
  const withdrawals = await queued(3, { businessLine: 'WITHDRAWAL', amount: '2.00' });

  const went = (await claimed()) as Record<string, string[]>;

  expect(went['NETSUNION']?.sort()).toEqual(settlements.sort());
  expect(went['UNIONPAY']?.sort()).toEqual(withdrawals.sort());
  expect(await reasons()).toEqual(['NETSUNION PRIMARY', 'UNIONPAY PRIMARY']);
  expect(await both.query('SELECT clearing_house, reserved FROM quota_grant ORDER BY clearing_house')).toEqual([{ clearing_house: 'NETSUNION', reserved: 200n }, { clearing_house: 'UNIONPAY', reserved: 600n }]);
  expect(await both.query(`SELECT count(*)::int AS count FROM grant_movement WHERE kind = 'RESERVED'`)).toEqual([{ count: 2 }]);
  const told = await both.told<PayoutsDispatchedV1>('payouts.payouts-dispatched.v1');
  expect(told.map(({ clearingHouse, attempts }) => `${clearingHouse} ${attempts.length}`).sort()).toEqual(['NETSUNION 2', 'UNIONPAY 3']);
});

const troubles: readonly [what: string, trouble: () => Promise<unknown>, given: HouseRoom[], reason: string][] = [
  ['its route is stopped', () => testing.admin.query(`UPDATE payouts.route SET state = 'STOPPED', reason = 'r', changed_at = '2026-11-21' WHERE route = 'NETSUNION'`), rooms({}), 'PRIMARY_STOPPED'],
  ['it is closed or silent', async () => undefined, rooms({ isPaused: true, room: 0 }), 'PRIMARY_PAUSED'],
  ['it is broken', () => happens({ kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' }, 'NETSUNION'), rooms({}), 'PRIMARY_BROKEN'],
  ['it is broken for the bank', () => happens({ kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' }), rooms({}), 'PRIMARY_BANK_BROKEN'],
  ['its grant is used up', () => testing.admin.query(`UPDATE payouts.quota_grant SET granted_total = 99 WHERE clearing_house = 'NETSUNION'`), rooms({}), 'PRIMARY_NO_QUOTA'],
  ['it does not reach the bank', () => testing.admin.query(`INSERT INTO payouts.route_bank VALUES ('NETSUNION', '${ALPHA}', false, NULL, '2026-11-21')`), rooms({}), 'PRIMARY_UNREACHABLE'],
  ['the amount is above its limit', () => testing.admin.query(`UPDATE payouts.route SET per_item_limit_minor = 99 WHERE route = 'NETSUNION'`), rooms({}), 'PRIMARY_ABOVE_LIMIT'],
];

test.each(troubles)('the other house pays when %s, and the attempt says why', async (_what, trouble, given, reason) => {
  await trouble();
  const [payoutId] = await queued(1);

  expect(await claimed(both, given)).toEqual({ UNIONPAY: [payoutId] });

  expect(await reasons()).toEqual([`UNIONPAY ${reason}`]);
});

test('payouts of a broken bank step aside, others go on, and the next claims do not meet them again', async () => {
  await happens({ kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' });
  await queued(250);
  const [other] = await queued(1, { bankCode: BETA });

  expect(await claimed(alone)).toEqual({});
  expect(await claimed(alone)).toEqual({ NETSUNION: [other] });
  expect(await aside()).toEqual([{ waits_for: 'NETSUNION', count: 250 }]);
  expect(await claimed(alone)).toBe('EMPTY');
  expect(await alone.query('SELECT 1 FROM attempt')).toHaveLength(1);
});

test('what stepped aside comes back at its place, before what came later', async () => {
  await happens({ kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' });
  const [early] = await queued(1);
  await claimed(alone);
  const [late] = await queued(1);
  const force = { by: 'alice', approvedBy: 'bob', reason: 'the bank is back', until: new Date(Date.now() + 60_000) };

  await happens({ kind: 'FORCE', state: 'CLOSED', force });

  expect(await claimed(alone, alone.rooms(1))).toEqual({ NETSUNION: [early] });
  expect(await claimed(alone, alone.rooms(1))).toEqual({ NETSUNION: [late] });
});

test('of many that wait for a route that tries again, two of the smallest go, however many claims race', async () => {
  await happens({ kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' });
  await queued(20, { amount: '9.00' });
  const small = await queued(2);
  await claimed(alone);
  await testing.admin.query(`UPDATE payouts.breaker SET open_until = '2020-01-01'`);
  await both.get(MoveBreaker).review();

  const rounds = await Promise.all(Array.from({ length: 6 }, () => claimed(alone)));

  const went = rounds.flatMap((round) => (typeof round === 'string' ? [] : (round['NETSUNION'] ?? [])));
  expect(went.sort()).toEqual(small.sort());
  expect(await both.query('SELECT tokens_taken FROM breaker')).toEqual([{ tokens_taken: 2 }]);
  expect(await reasons()).toEqual(['NETSUNION PROBE']);
  expect(await claimed(alone)).not.toHaveProperty('NETSUNION');
});

test('a broken only house is not claimed for and its queue is left alone', async () => {
  await happens({ kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' }, 'NETSUNION');
  await queued(3);

  expect(await claimed(alone)).toBe('NO_ROUTE');
  expect(await aside()).toEqual([]);
});

test('a payout that lost its only route goes when the rules change again', async () => {
  const [payoutId] = await queued(1);
  await testing.admin.query(`INSERT INTO payouts.route_bank VALUES ('NETSUNION', '${ALPHA}', false, NULL, '2026-11-21'), ('UNIONPAY', '${ALPHA}', false, NULL, '2026-11-21')`);

  expect(await claimed()).toEqual({});
  expect(both.events.some(({ event }) => event === 'payouts-without-route')).toBe(true);
  expect(await aside()).toEqual([{ waits_for: '', count: 1 }]);
  expect(await both.query('SELECT state FROM payout WHERE payout_id = $1', [payoutId])).toEqual([{ state: 'QUEUED' }]);
});

test('a batch is seven statements when one house alone could pay and nothing is broken, and with two houses three more for each and one for the choice', async () => {
  const statements = { count: 0 };
  const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    database.transaction((tx) => {
      const counted = <A extends unknown[], R>(run: (...given: A) => R) => (...given: A): R => {
        statements.count += 1;
        return run(...given);
      };
      return work({ ...tx, query: counted(tx.query) as Tx['query'], execute: counted(tx.execute) });
    });
  const counting = new Proxy(database, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (name === 'transaction') return transaction;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  const worlds = [await PayoutsWorld.on(counting), await PayoutsWorld.on(counting, { unionPay: new FakeRail('UNIONPAY') })] as const;
  const statementsOf = async (world: PayoutsWorld): Promise<number> => {
    await queued(6, { amount: '1.00' });
    statements.count = 0;
    const went = await claimed(world, world.rooms(3));
    expect(went).toHaveProperty('NETSUNION');
    return statements.count;
  };

  expect(await statementsOf(worlds[0])).toBe(7);
  await grantUnionPay(0n);
  expect(await statementsOf(worlds[1])).toBe(7);
  await grantUnionPay(1_000_000n);
  worlds[1].get(RouteBook).forget();
  await testing.admin.query(`UPDATE payouts.business_line SET primary_house = 'UNIONPAY' WHERE code = 'WITHDRAWAL'`);
  await queued(3, { businessLine: 'WITHDRAWAL' });
  expect(await statementsOf(worlds[1])).toBe(11);
});
