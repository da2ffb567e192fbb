import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PayoutsDispatchedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { aPayoutsDatabase, GRANT_ID, PayoutsWorld, resetPayouts, type TestDatabase, instructionsOf } from '../../payouts-world.builder.ts';
import { aRequest } from '../../payout/payout.builder.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest, type Admitted } from '../../payout/use-cases/admit-payouts.ts';
import { ControlPayout } from '../../payout/use-cases/control-payout.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { DispatchBatch, type Instruction } from './dispatch-batch.ts';

let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;
const actor: Actor = { kind: 'PERSON', id: 'alice', roles: ['operator'] };

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database);
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

async function queued(amounts: readonly string[], change = {}): Promise<string[]> {
  const admissions = [];
  for (const amount of amounts) {
    admissions.push(...(await world.get(AdmissionGroup).all([readPayoutRequest(aRequest({ amount, ...change }), { clientId: 'settlement', root: '' })])));
  }
  return (admissions as Admitted[]).map((admission) => admission.payoutId);
}

async function dispatch(countMax = 100, holder = 'spec'): Promise<readonly Instruction[] | string> {
  const lease = world.lease(0, holder);
  await lease.acquire();
  const dispatched = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(countMax) });
  return 'halt' in dispatched ? dispatched.halt : instructionsOf(dispatched);
}

async function grant(): Promise<{ reserved: bigint; consumedTotal: bigint } | null> {
  return world.get(GrantRepository).find(database, GRANT_ID);
}

test('a batch is one reservation, one movement and one message, and its serial numbers are committed', async () => {
  const ids = await queued(['1.00', '2.00', '3.00']);

  const instructions = (await dispatch()) as Instruction[];

  expect(instructions.map((one) => one.payoutId).sort()).toEqual([...ids].sort());
  expect(instructions[0]?.payee).toEqual({ accountNumber: '6222020200012345678', accountName: '杭州云上商贸有限公司', bankCode: '102100099996' });
  expect(await grant()).toMatchObject({ reserved: 600n, consumedTotal: 0n });
  expect(await world.query('SELECT kind, reserved_change, reserved_after FROM grant_movement WHERE sequence > 1')).toEqual([{ kind: 'RESERVED', reserved_change: 600n, reserved_after: 600n }]);
  const [message, ...rest] = await world.told<PayoutsDispatchedV1>('payouts.payouts-dispatched.v1');
  expect(rest).toEqual([]);
  expect(message?.attempts.map((attempt) => attempt.serialNumber).sort()).toEqual(instructions.map((one) => one.serialNumber).sort());
  expect(await world.query('SELECT count(DISTINCT serial_number) AS count FROM open_attempt')).toEqual([{ count: 3n }]);
});

test('the queue is cut where the running sum passes the free quota, and a large one at the head is not overtaken', async () => {
  await resetPayouts(testing, 500n);
  const [first] = await queued(['3.00', '4.00', '1.00']);

  expect((await dispatch()) as Instruction[]).toMatchObject([{ payoutId: first }]);
  expect(await dispatch()).toBe('NO_QUOTA');
  expect(await world.query('SELECT count(*) AS count FROM queue_entry')).toEqual([{ count: 2n }]);
});

test('a higher priority line goes first', async () => {
  const [low] = await queued(['1.00']);
  const [high] = await queued(['1.00'], { businessLine: 'WITHDRAWAL' });

  expect(await dispatch(1)).toMatchObject([{ payoutId: high }]);
  expect(await dispatch(1)).toMatchObject([{ payoutId: low }]);
});

test('a dispatcher that was overtaken claims nothing', async () => {
  await queued(['1.00']);
  const overtaken = world.lease(0, 'old');
  await overtaken.acquire();
  await world.query(`UPDATE lease SET holder = 'new', epoch = epoch + 1 RETURNING 1`);

  expect(await world.get(DispatchBatch).execute({ shard: 0, lease: overtaken, rooms: world.rooms(10) })).toEqual({ halt: 'NOT_LED' });
  expect(await grant()).toMatchObject({ reserved: 0n });
});

test('two dispatchers that both believe to lead never dispatch one payout twice, and the grant is never overdrawn', async () => {
  await resetPayouts(testing, 2_000n);
  await queued(Array.from({ length: 40 }, () => '1.00'));

  const rounds = await Promise.all(Array.from({ length: 12 }, () => dispatch(5)));

  const ids = rounds.flatMap((round) => (typeof round === 'string' ? [] : round.map((one) => one.payoutId)));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeLessThanOrEqual(20);
  expect(await grant()).toMatchObject({ reserved: BigInt(ids.length) * 100n });
});

test('the database refuses a second open attempt of one payout and a serial number that was used', async () => {
  const [payoutId] = await queued(['1.00']);
  const [instruction] = (await dispatch()) as Instruction[];
  const again = `INSERT INTO open_attempt (payout_id, attempt_number, serial_number, shard, route, merchant_id, business_line, amount_minor, grant_id, valid_until)
    VALUES ($1, 1, 'OTHER', 0, 'NETSUNION', 'M10001', 'SETTLEMENT', 100, $2, '2026-11-21') RETURNING 1`;
  const reuse = `INSERT INTO attempt (payout_id, attempt_number, route, serial_number, amount_minor, grant_id, request_hash, committed_at, valid_until)
    VALUES (uuidv7(), 1, 'NETSUNION', $1, 100, $2, sha256('x'), '2026-11-21', '2026-11-21') RETURNING 1`;

  await expect(world.query(again, [payoutId, GRANT_ID])).rejects.toMatchObject({ code: '23505' });
  await expect(world.query(reuse, [instruction?.serialNumber, GRANT_ID])).rejects.toMatchObject({ constraint: 'attempt_serial_number' });
});

test('a cancel and a claim race for one payout and exactly one has it', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [payoutId] = (await queued(['1.00'])) as [string];

    const [claimed, cancelled] = await Promise.allSettled([
      dispatch(),
      database.transaction((tx) => world.get(ControlPayout).cancel(tx, { payoutId, reason: 'asked by the client', actor })),
    ]);

    const isClaimed = claimed.status === 'fulfilled' && typeof claimed.value !== 'string';
    expect(isClaimed).toBe(cancelled.status === 'rejected');
    const [row] = await world.query<{ state: string }>('SELECT state FROM payout WHERE payout_id = $1', [payoutId]);
    expect(row?.state).toBe(isClaimed ? 'DISPATCHED' : 'CANCELLED');
  }
});

test('a held payout keeps its place and is not dispatched until it is released', async () => {
  const [first, second] = (await queued(['1.00', '1.00'])) as [string, string];
  await database.transaction((tx) => world.get(ControlPayout).hold(tx, { payoutId: first, reason: 'check', actor }));

  expect(await dispatch(1)).toMatchObject([{ payoutId: second }]);
  expect(await dispatch(1)).toBe('EMPTY');
  await database.transaction((tx) => world.get(ControlPayout).release(tx, { payoutId: first, reason: 'checked', actor }));
  expect(await dispatch(1)).toMatchObject([{ payoutId: first }]);
});

test('nothing is claimed while payouts or the route are stopped', async () => {
  await queued(['1.00']);
  await world.query(`UPDATE dispatch_switch SET stopped = true, reason = 'r', stopped_by = 'alice', stopped_at = '2026-11-21' RETURNING 1`);
  expect(await dispatch()).toBe('STOPPED');
  await world.query('UPDATE dispatch_switch SET stopped = false RETURNING 1');
  await world.query(`UPDATE route SET state = 'STOPPED', reason = 'r', changed_at = '2026-11-21' RETURNING 1`);
  expect(await dispatch()).toBe('STOPPED');
});

test('a shard without a grant waits', async () => {
  await queued(['1.00']);
  await testing.admin.query('TRUNCATE payouts.quota_grant CASCADE');

  expect(await dispatch()).toBe('NO_GRANT');
});
