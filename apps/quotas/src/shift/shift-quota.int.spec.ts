import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { testDatabase } from '@jinku/testing';
import { AdjustQuota } from '../adjustment/jobs/adjust-quota.ts';
import { ListAdjustments } from '../adjustment/queries/list-adjustments.ts';
import { ProposeIncrease } from '../adjustment/use-cases/propose-increase.ts';
import { RequestAdjustment } from '../adjustment/use-cases/request-adjustment.ts';
import { ReadBuffer } from '../buffer/queries/read-buffer.ts';
import { RecordReserve } from '../buffer/use-cases/record-reserve.ts';
import { GrantRepository } from '../grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from '../grant/use-cases/record-grant-usage.ts';
import { quotasMigrations } from '../migrations/index.ts';
import { SHIPPED_POLICY, type QuotaPolicyText } from '../policy/domain/quota-policy.ts';
import { ExpireProposals } from '../policy/jobs/expire-proposals.ts';
import { ChangeQuotaPolicy } from '../policy/use-cases/change-quota-policy.ts';
import { ReadPositions } from '../position/queries/read-positions.ts';
import { CollectQuota } from '../quota/jobs/collect-quota.ts';
import { FakeQuotaRail, QuotasWorld, railAnswer } from '../quotas-world.builder.ts';
import { AdvanceShifts } from './jobs/advance-shifts.ts';
import { ListShifts } from './queries/list-shifts.ts';
import { AdvanceShift } from './use-cases/advance-shift.ts';
import { ProposeShift } from './use-cases/propose-shift.ts';
import { RequestShift } from './use-cases/request-shift.ts';

const operator: Actor = { kind: 'PERSON', id: 'li.na', roles: [] };
const approver: Actor = { kind: 'PERSON', id: 'wang.fang', roles: [] };
let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: QuotasWorld;
let unionPay: FakeQuotaRail;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

/** The reserve holds 3,000.00; each house maps 1,000.00 of it, so the buffer begins with 1,000.00. */
beforeEach(async () => {
  await testing.admin.query(`TRUNCATE quota, quota_observation, quota_grant, grant_event, quota_adjustment, quota_adjustment_event, quota_shift, quota_shift_event,
    quota_buffer, quota_buffer_movement, reserve_movement, quota_policy, approval, approval_decision, outbox_message CASCADE; INSERT INTO quota_buffer DEFAULT VALUES`);
  const clock = new ManualClock(new Date('2026-11-21T02:00:00Z'));
  unionPay = new FakeQuotaRail(clock, 'UNIONPAY');
  world = await QuotasWorld.on(database, { clock, others: [unionPay] });
  await world.get(CollectQuota).run();
  await reserve(300_000n);
  await answerGrants();
});

async function reserve(balance: bigint): Promise<void> {
  await database.transaction((tx) => world.get(RecordReserve).observe(tx, { balance, asOf: world.clock.now() }));
}

async function answerGrants(): Promise<void> {
  const grants = await world.get(GrantRepository).list(database);
  const usages = grants.map((grant) => ({
    ...{ grantId: grant.id, clearingHouse: grant.clearingHouse, acceptedEpoch: grant.epoch, acceptedTotal: grant.grantedTotal },
    ...{ consumedTotal: 0n, reserved: 0n, need: 0n, reportedAt: world.clock.now(), byDate: [] },
  }));
  await database.transaction((tx) => world.get(RecordGrantUsage).execute(tx, usages));
}

const shift = (amount: bigint, fromHouse: 'UNIONPAY' | 'NETSUNION' = 'UNIONPAY'): Promise<{ id: string }> =>
  database.transaction((tx) =>
    world.get(RequestShift).execute(tx, { fromHouse, toHouse: fromHouse === 'UNIONPAY' ? 'NETSUNION' : 'UNIONPAY', amount, reason: 'spec' }, { by: 'ONE_PERSON', actor: operator }),
  );
const increase = (amount: bigint): Promise<unknown> =>
  database.transaction((tx) =>
    world.get(RequestAdjustment).execute(tx, { clearingHouse: 'NETSUNION', direction: 'INCREASE', amount, reason: 'spec' }, { actor: operator, allowance: 'TO_MINIMUM' }),
  );
const stateOf = async (id: string): Promise<string | undefined> => (await world.get(ListShifts).find(id))?.state;
const buffer = async (): Promise<string | null> => (await world.get(ReadBuffer).execute()).unallocatedBuffer;

/** Recalls are answered, what may leave leaves, shifts go on, and the houses are asked. */
async function round(): Promise<void> {
  await answerGrants();
  await world.get(AdjustQuota).run();
  await world.get(AdvanceShifts).run();
  world.clock.advance(2_000);
  await world.get(CollectQuota).run();
}

async function carryOutIncreases(rail: FakeQuotaRail): Promise<void> {
  for (const sent of rail.sent.filter(({ direction, serialNumber }) => direction === 'INCREASE' && rail.taken.get(serialNumber)?.outcome === 'ACCEPTED')) rail.carryOut(sent);
}

async function inForce(changed: Partial<QuotaPolicyText>): Promise<void> {
  const proposed = { effectiveOn: '2026-11-21', content: { ...SHIPPED_POLICY, ...changed } };
  const { id } = await database.transaction((tx) => world.get(ChangeQuotaPolicy).propose(tx, proposed, { maker: operator, reason: 'spec' }));
  await database.transaction((tx) => world.get(ChangeQuotaPolicy).approve(tx, id, approver));
}

test('the buffer begins with what no house holds, and only its own movements change it', async () => {
  expect(await buffer()).toBe('1000.00');

  await reserve(290_000n);

  expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer: '1000.00', reserveDifference: '-100.00' });
});

test('a difference that a notice explains later is gone; one that nothing explains is told', async () => {
  await reserve(290_000n);
  const moved = { movementNumber: '7', amount: -10_000n, balanceAfter: 290_000n, payerReference: null, purpose: null, occurredAt: world.clock.now() };
  world.clock.advance(1);
  const told = { ...moved, occurredAt: world.clock.now() };
  await database.transaction((tx) => world.get(RecordReserve).move(tx, told));
  await database.transaction((tx) => world.get(RecordReserve).move(tx, told));
  expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer: '900.00', reserveDifference: '0.00', alerts: [] });

  world.clock.advance(1);
  await reserve(280_000n);
  world.clock.advance(31_000);
  expect((await world.get(ReadBuffer).execute()).alerts).toEqual(['RESERVE_DIFFERS']);
});

test('a shift decreases first; what it took is in the buffer until the other house holds it', async () => {
  const { id } = await shift(30_000n);
  expect(await stateOf(id)).toBe('DECREASING');
  expect(world.rail.sent).toEqual([]);

  await round();
  expect(await stateOf(id)).toBe('INCREASING');
  expect(unionPay.mapped).toBe(70_000n);
  expect(await buffer()).toBe('1000.00');
  await round();
  expect(world.rail.sent).toHaveLength(1);
  await carryOutIncreases(world.rail);
  await round();
  await round();

  expect(await stateOf(id)).toBe('DONE');
  expect([unionPay.mapped, world.rail.mapped]).toEqual([70_000n, 130_000n]);
  world.clock.advance(1);
  await reserve(300_000n);
  expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer: '1000.00', reserveDifference: '0.00', alerts: [] });
});

test('a shift works the other way round as well', async () => {
  const { id } = await shift(30_000n, 'NETSUNION');
  await round();
  await round();
  await carryOutIncreases(unionPay);
  await round();
  await round();

  expect(await stateOf(id)).toBe('DONE');
  expect([unionPay.mapped, world.rail.mapped]).toEqual([130_000n, 70_000n]);
});

test('when the second half fails the amount stays in the buffer, an operator is told, and it is tried again under a new adjustment', async () => {
  const { id } = await shift(30_000n);
  world.rail.onAnswer = () => {
    world.rail.taken.clear();
    return railAnswer({ outcome: 'REJECTED_WINDOW', code: '0401' });
  };
  await round();
  await round();
  expect(await stateOf(id)).toBe('IN_BUFFER');
  expect(await buffer()).toBe('1300.00');
  expect((await world.get(ReadPositions).execute()).alerts).toEqual(['SHIFT_IN_BUFFER']);
  expect(world.events.map(({ event }) => event)).toContain('quota-shift-in-buffer');

  world.rail.onAnswer = (answer) => answer;
  world.clock.advance(10_000);
  await round();
  await round();
  await carryOutIncreases(world.rail);
  await round();
  await round();

  expect(await stateOf(id)).toBe('DONE');
  expect((await world.get(ReadPositions).execute()).alerts).toEqual([]);
  expect(await buffer()).toBe('1000.00');
  expect(world.rail.mapped).toBe(130_000n);
});

test('a shift whose decrease is refused has moved nothing', async () => {
  const { id } = await shift(30_000n);
  unionPay.onAnswer = () => {
    unionPay.mapped += 30_000n;
    return railAnswer({ outcome: 'REJECTED_FUNDS', code: '0301' });
  };
  await round();
  await round();

  expect(await stateOf(id)).toBe('FAILED');
  expect(await buffer()).toBe('1000.00');
});

test('a process that dies after the decrease leaves a shift that the next one takes on, once', async () => {
  const { id } = await shift(30_000n);
  await answerGrants();
  await world.get(AdjustQuota).run();
  const next = await QuotasWorld.on(database, { rail: world.rail, others: [unionPay], clock: world.clock });

  await Promise.all([next.get(AdvanceShifts).run(), world.get(AdvanceShifts).run()]);

  expect(await stateOf(id)).toBe('INCREASING');
  expect((await world.get(ListAdjustments).page({ limit: 10 })).filter(({ direction }) => direction === 'INCREASE')).toHaveLength(1);
});

test('a person may leave the amount in the buffer, but not before the second half has failed', async () => {
  const { id } = await shift(30_000n);
  const giveUp = (): Promise<unknown> => database.transaction((tx) => world.get(AdvanceShift).giveUp(tx, id, { actor: operator, reason: 'spec' }));
  await expect(giveUp()).rejects.toMatchObject({ code: 'SHIFT_NOT_IN_BUFFER' });
  world.rail.onAnswer = () => railAnswer({ outcome: 'REJECTED_WINDOW', code: '0401' });
  await round();
  await round();

  await giveUp();
  world.clock.advance(3_600_000);
  await round();

  expect(await stateOf(id)).toBe('GIVEN_UP');
  expect(world.rail.sent).toHaveLength(1);
});

test('above what the policy lets one person shift alone it takes two, and the maker is not one of them', async () => {
  await inForce({ shiftAloneMax: '300.00' });
  await expect(shift(30_001n)).rejects.toMatchObject({ code: 'SHIFT_NEEDS_SECOND_PERSON' });
  const payload = { fromHouse: 'UNIONPAY', toHouse: 'NETSUNION', amount: '300.01' } as const;
  const { id } = await database.transaction((tx) => world.get(ProposeShift).propose(tx, payload, { maker: operator, reason: 'spec' }));
  const approve = (person: Actor): Promise<{ shiftId: string }> => database.transaction((tx) => world.get(ProposeShift).approve(tx, id, person));
  await expect(approve(operator)).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  expect(await world.get(ListShifts).page({ limit: 10 })).toEqual([]);

  const { shiftId } = await approve(approver);
  await expect(approve(approver)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
  await shift(30_000n);

  expect((await world.get(ListShifts).page({ limit: 10 })).map(({ amount }) => amount)).toEqual(['300.00', '300.01']);
  expect(await stateOf(shiftId)).toBe('DECREASING');
});

test('a proposal of another kind is not approved as a shift', async () => {
  const { id } = await database.transaction((tx) => world.get(ProposeIncrease).propose(tx, { clearingHouse: 'NETSUNION', amount: '1.00' }, { maker: operator, reason: 'spec' }));

  await expect(database.transaction((tx) => world.get(ProposeShift).approve(tx, id, approver))).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
});

test('more than the buffer is increased by nobody, and below its minimum by two persons only', async () => {
  await inForce({ minimumBuffer: '400.00' });

  await expect(increase(100_001n)).rejects.toMatchObject({ code: 'INCREASE_EXCEEDS_BUFFER' });
  await expect(increase(60_001n)).rejects.toMatchObject({ code: 'INCREASE_BELOW_MINIMUM' });
  const { id } = await database.transaction((tx) => world.get(ProposeIncrease).propose(tx, { clearingHouse: 'NETSUNION', amount: '700.00' }, { maker: operator, reason: 'spec' }));
  const approve = (person: Actor): Promise<unknown> => database.transaction((tx) => world.get(ProposeIncrease).approve(tx, id, person));
  await expect(approve(operator)).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  await approve(approver);

  expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer: '300.00', alerts: ['BUFFER_BELOW_MINIMUM'] });
});

test('what passes through the buffer in a shift is nobody else\'s, neither a person\'s nor a rule\'s', async () => {
  await shift(30_000n);
  await answerGrants();
  await world.get(AdjustQuota).run();
  expect(await buffer()).toBe('1300.00');

  await expect(increase(100_001n)).rejects.toMatchObject({ code: 'INCREASE_EXCEEDS_BUFFER' });
  await increase(100_000n);
  await round();

  expect((await world.get(ListAdjustments).page({ limit: 10 })).filter(({ direction }) => direction === 'INCREASE').map(({ amount }) => amount).toSorted()).toEqual(['1000.00', '300.00']);
  expect(await buffer()).toBe('0.00');
});

test('two increases that race for one buffer never take more than it has', async () => {
  const raced = await Promise.allSettled([increase(60_000n), increase(60_000n)]);

  expect(raced.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('what the house changes by itself the buffer bears: a negative one is told, and stops increases', async () => {
  unionPay.mapped = 210_000n;
  world.clock.advance(1_000);
  await world.get(CollectQuota).run();

  expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer: '-100.00', alerts: ['BUFFER_NEGATIVE'] });
  await expect(increase(1n)).rejects.toMatchObject({ code: 'INCREASE_EXCEEDS_BUFFER' });
});

test('the movements of the buffer are append-only', async () => {
  await expect(database.query('UPDATE quota_buffer_movement SET amount = 0')).rejects.toMatchObject({ code: '42501' });
  await expect(database.query('DELETE FROM quota_buffer_movement')).rejects.toMatchObject({ code: '42501' });
});

test('a policy that needs a means which is not built is refused by name, and so is one for the past', async () => {
  const propose = (content: typeof SHIPPED_POLICY, effectiveOn = '2026-11-21'): Promise<unknown> =>
    database.transaction((tx) => world.get(ChangeQuotaPolicy).propose(tx, { effectiveOn, content }, { maker: operator, reason: 'spec' }));
  const unionPayTerms = SHIPPED_POLICY.houses.UNIONPAY;

  const virtual = { ...SHIPPED_POLICY, houses: { ...SHIPPED_POLICY.houses, UNIONPAY: { ...unionPayTerms, settlementTarget: 'VIRTUAL' as const } } };
  await expect(propose(virtual)).rejects.toMatchObject({ code: 'POLICY_NEEDS_REPATRIATE', violations: [{ field: 'content.houses.UNIONPAY.settlementTarget', rule: 'is CENTRAL_RESERVE' }] });
  await expect(propose(SHIPPED_POLICY, '2026-11-20')).rejects.toMatchObject({ code: 'POLICY_EFFECTIVE_IN_PAST' });
});

test('a policy that maps less to a house than it keeps there contradicts itself', async () => {
  const houses = { ...SHIPPED_POLICY.houses, UNIONPAY: { ...SHIPPED_POLICY.houses.UNIONPAY, initialMapping: '100.00', floor: '100.01' } };
  const proposed = { effectiveOn: '2026-11-21', content: { ...SHIPPED_POLICY, houses } };

  await expect(database.transaction((tx) => world.get(ChangeQuotaPolicy).propose(tx, proposed, { maker: operator, reason: 'spec' }))).rejects.toMatchObject({
    code: 'POLICY_CONTRADICTS_ITSELF',
    violations: [{ field: 'content.houses.UNIONPAY.floor', rule: 'is at most what the policy maps to the house, 100.00' }],
  });
});

test('a proposal that nobody decided in time ends by itself, and cannot be approved any more', async () => {
  const propose = { clearingHouse: 'NETSUNION', amount: '1.00' } as const;
  const { id } = await database.transaction((tx) => world.get(ProposeIncrease).propose(tx, propose, { maker: operator, reason: 'spec' }));
  world.clock.advance(8 * 24 * 3_600_000);

  await world.get(ExpireProposals).run();

  await expect(database.transaction((tx) => world.get(ProposeIncrease).approve(tx, id, approver))).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
});
