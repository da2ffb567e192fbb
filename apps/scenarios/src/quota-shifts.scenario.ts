import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Fates } from '@jinku/cli';
import { aRequest } from './a-request.ts';
import { DayWorld } from './day-world.ts';
import { PROFILE } from './profile.ts';
import { automaticActs, boardOf, byTwo, houseOf, increasedByTwo, mappedAtRail, minorOf, shiftsOf, until, type Shift } from './quota-desk.ts';

const SETTLED_WITHIN_MS = 60_000;
/** The bank of `aRequest`: here NetsUnion alone reaches it, so that what NetsUnion cannot pay has no way round. */
const BANK = '102100099996';
const MAPPED = { NETSUNION: '2000.00', UNIONPAY: '10000000.00' } as const;
/** UnionPay may give 100,000.00 by rule, and the buffer 8,000.00. */
const QUOTA_POLICY = {
  minimumBuffer: '39990000.00',
  automaticShift: { isOn: true, coolDownMs: 0 },
  shiftAloneMax: '10000.00',
  houses: { NETSUNION: { initialMapping: MAPPED.NETSUNION }, UNIONPAY: { initialMapping: MAPPED.UNIONPAY, floor: '9900000.00' } },
};
const ALL_MAPPED = minorOf(MAPPED.NETSUNION) + minorOf(MAPPED.UNIONPAY);

jest.setTimeout(180_000);

describe(`shifts of quota between the houses (F9) on the ${PROFILE} profile`, () => {
  let world: DayWorld;

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE, { quotaPolicy: QUOTA_POLICY, settings: { JINKU_QUOTA_CALL_TIMEOUT_MS: '1000' } });
    await world.as('operator', { method: 'PUT', path: `/v1/routes/UNIONPAY/banks/${BANK}`, body: { reachable: false } });
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  test('the need of a backlog brings quota over from the other house by itself, and everything is paid', async () => {
    const requests = Array.from({ length: 50 }, () => aRequest());
    const fates = new Fates(requests);
    await world.sendBatch(requests);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    await until('no shift is under way', async () => (await shiftsOf(world)).every(({ state }) => state === 'DONE'));
    const shifts = await shiftsOf(world);
    const acts = (await automaticActs(world)).filter(({ kind }) => kind === 'SHIFT');

    expect(fates.unfinished()).toEqual([]);
    expect(fates.count('SUCCEEDED')).toBe(50);
    expect(shifts.length).toBeGreaterThan(0);
    expect(shifts.map(({ id, fromHouse, toHouse, requestedBy }) => [id, fromHouse, toHouse, requestedBy])).toEqual(acts.map(({ subjectId }) => [subjectId, 'UNIONPAY', 'NETSUNION', 'policy']));
    expect(acts.every(({ reason }) => reason.includes('backlog'))).toBe(true);
    await expectMoved(world, shifts);
    // 50 × 88.00 were paid from 2,000.00 and what came over; nothing was taken from the buffer for it.
    expect(minorOf(MAPPED.NETSUNION) + total(shifts)).toBeGreaterThanOrEqual(440_000n);
    expect((await automaticActs(world)).some(({ kind }) => kind === 'INCREASE')).toBe(false);
  });

  test('one person shifts up to the limit of the policy; above it two do, and neither can be left out', async () => {
    const body = { fromHouse: 'UNIONPAY', toHouse: 'NETSUNION', amount: '10000.01', reason: 'scenario' };
    const before = await shiftsOf(world);
    const alone = await world.ask('operator', { method: 'POST', path: '/v1/quotas/shifts', body });
    const byApprover = await world.ask('approver', { method: 'POST', path: '/v1/quotas/shifts', body });
    expect(alone.body).toMatchObject({ status: 422, code: 'SHIFT_NEEDS_SECOND_PERSON', violations: [{ field: 'amount', rule: 'is at most what one person shifts alone, 10000.00' }] });
    expect(byApprover.body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await shiftsOf(world)).toEqual(before);

    const { status, body: approved } = await byTwo(world, '/v1/quotas/shifts/proposals', body);
    const { id } = await world.as<{ id: string }>('operator', { method: 'POST', path: '/v1/quotas/shifts', body: { ...body, amount: '10000.00' } });
    await until('both are done', async () => (await shiftsOf(world)).every(({ state }) => state === 'DONE'));

    expect({ status, approved }).toMatchObject({ status: 200, approved: { state: 'APPROVED' } });
    expect((await shiftsOf(world)).slice(before.length).map(({ id: shiftId }) => shiftId).toSorted()).toEqual([id, (approved as { shiftId: string }).shiftId].toSorted());
    await expectMoved(world, await shiftsOf(world));
  });

  test('when the second half fails the amount stays in the buffer under an alert, and is tried again until the house takes it', async () => {
    // Of a shift's amount, the first increase fails at the house and the second one is taken.
    await world.playFaults({ script: [{ operation: 'QUOTA_INCREASE', amount: '777.00', occurrence: 1, fault: 'BUSINESS_FAILURE' }] }, 'NETSUNION');
    const before = await boardOf(world);
    const id = await shift(world, '777.00');
    await until('the second half has failed', async () => (await shiftOf(world, id)).state === 'IN_BUFFER');
    const stuck = await boardOf(world);
    const failed = await shiftOf(world, id);
    await until('it was tried again', async () => (await shiftOf(world, id)).state === 'DONE');
    await until('the board shows it', async () => houseOf(await boardOf(world), 'NETSUNION').pendingIncreases === '0.00');
    const after = await boardOf(world);
    const done = await shiftOf(world, id);

    expect(stuck.alerts).toEqual(['SHIFT_IN_BUFFER']);
    expect(minorOf(stuck.buffer.unallocatedBuffer) - minorOf(before.buffer.unallocatedBuffer)).toBe(77_700n);
    expect(minorOf(houseOf(stuck, 'UNIONPAY').free) - minorOf(houseOf(before, 'UNIONPAY').free)).toBe(-77_700n);
    expect(houseOf(stuck, 'NETSUNION').free).toBe(houseOf(before, 'NETSUNION').free);
    expect({ ...done, attempts: failed.attempts }).toMatchObject({ attempts: 1, decreaseId: failed.decreaseId });
    expect(done.increaseId).not.toBe(failed.increaseId);
    expect(after.alerts).toEqual([]);
    await expectMoved(world, await shiftsOf(world));
  });

  test('lost answers of both halves are asked for; a decrease that the house refuses moves nothing', async () => {
    await world.playFaults({ script: [{ operation: 'QUOTA_INCREASE', amount: '778.00', fault: 'LOST_NOTICE', delayMs: 500 }] }, 'NETSUNION');
    const faults = [{ operation: 'QUOTA_DECREASE' as const, amount: '778.00', fault: 'TIMEOUT_AFTER_EXECUTION' }, { operation: 'QUOTA_DECREASE' as const, amount: '779.00', fault: 'RISK_REFUSAL' }];
    await world.playFaults({ script: faults }, 'UNIONPAY');
    const ids = [await shift(world, '778.00'), await shift(world, '779.00')];
    await until('both have ended', async () => (await Promise.all(ids.map((id) => shiftOf(world, id)))).every(({ state }) => state === 'DONE' || state === 'FAILED'));

    expect((await Promise.all(ids.map((id) => shiftOf(world, id)))).map(({ state }) => state)).toEqual(['DONE', 'FAILED']);
    await expectMoved(world, await shiftsOf(world));
  });

  test('a need that neither the other house nor the buffer may serve is warned of, and is paid once two persons have gone below the minimum', async () => {
    const requests = Array.from({ length: 3 }, () => aRequest({ amount: '400000.00' }));
    const fates = new Fates(requests);
    await world.sendBatch(requests);
    await until('the rules have given what they may, and warned', async () => (await automaticActs(world)).some(({ kind }) => kind === 'WARNING'));
    await until('what they gave is there', async () => (await shiftsOf(world)).every(({ state }) => state === 'DONE' || state === 'FAILED'));
    const acts = await automaticActs(world);
    const warning = acts.find(({ kind }) => kind === 'WARNING');
    const { body } = await world.ask('operator', { method: 'POST', path: '/v1/quotas/adjustments', body: { clearingHouse: 'NETSUNION', direction: 'INCREASE', amount: '1200000.00', reason: 'scenario' } });
    const { status } = await increasedByTwo(world, { clearingHouse: 'NETSUNION', amount: '1200000.00' });
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(warning).toMatchObject({ toHouse: 'NETSUNION', reason: expect.stringContaining('neither the other house nor the buffer') });
    expect(houseOf(await boardOf(world), 'UNIONPAY').free).toBe('9900000.00');
    expect(acts.filter(({ kind }) => kind === 'INCREASE').map(({ amount }) => amount)).toEqual(['8000.00']);
    expect(body).toMatchObject({ status: 422, code: 'INCREASE_BELOW_MINIMUM' });
    expect(status).toBe(200);
    expect(fates.unfinished()).toEqual([]);
    expect((await boardOf(world)).alerts).toEqual(['BUFFER_BELOW_MINIMUM']);
  });

  test('both sets of books agree at the end', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** What shifts have moved is what both sides hold, and Σ mapped stands. */
async function expectMoved(world: DayWorld, shifts: readonly Shift[]): Promise<void> {
  const moved = total(shifts.filter(({ state }) => state === 'DONE'));
  await until('the board shows it', async () => {
    const { houses } = await boardOf(world);
    return houses.every(({ pendingIncreases, pendingDecreases }) => pendingIncreases === '0.00' && pendingDecreases === '0.00');
  });
  const board = await boardOf(world);
  for (const house of ['NETSUNION', 'UNIONPAY'] as const) expect(houseOf(board, house).mappedQuota).toBe(await mappedAtRail(world, house));
  expect(minorOf(houseOf(board, 'NETSUNION').mappedQuota)).toBe(minorOf(MAPPED.NETSUNION) + moved);
  expect(board.houses.reduce((sum, { mappedQuota }) => sum + minorOf(mappedQuota), 0n)).toBe(ALL_MAPPED);
  expect(board.buffer).toMatchObject({ unallocatedBuffer: '39998000.00', reserveDifference: '0.00' });
}

async function shift(world: DayWorld, amount: string): Promise<string> {
  const body = { fromHouse: 'UNIONPAY', toHouse: 'NETSUNION', amount, reason: 'scenario' };
  return (await world.as<{ id: string }>('operator', { method: 'POST', path: '/v1/quotas/shifts', body })).id;
}

async function shiftOf(world: DayWorld, id: string): Promise<Shift> {
  return await world.as<Shift>('operator', { path: `/v1/quotas/shifts/${id}` });
}

function total(shifts: readonly Shift[]): bigint {
  return shifts.reduce((sum, { amount }) => sum + minorOf(amount), 0n);
}
