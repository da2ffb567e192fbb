import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ClearingHouse } from '@jinku/contracts';
import { aRequest } from './a-request.ts';
import { figuresOnBoardAfterMs, middleOf } from './board-latency.ts';
import { DayWorld } from './day-world.ts';
import { PROFILE } from './profile.ts';
import { adjust, automaticActs, boardOf, eventsOf, houseOf, increasedByTwo, mappedAtRail, minorOf, textOf, until } from './quota-desk.ts';

const VALIDITY_MS = 3_000;
const ON_BOARD_WITHIN_MS = 1_000;
const MAPPED = '10000000.00';
const RESERVE = '50000000.00';

/** What one adjustment of the house meets, and what is right for it. */
interface ExpectedEnd {
  readonly fault: string | null;
  readonly delayMs?: number;
  readonly state: 'SUCCEEDED' | 'FAILED';
  /** Who told the end; null where it may be a notice or an inquiry, whichever comes first. */
  readonly by: 'ANSWER' | 'NOTICE' | 'INQUIRY' | null;
}

const INCREASES: readonly ExpectedEnd[] = [
  { fault: null, state: 'SUCCEEDED', by: null },
  { fault: 'LATE_NOTICE', delayMs: 1_500, state: 'SUCCEEDED', by: null },
  { fault: 'LOST_NOTICE', delayMs: 500, state: 'SUCCEEDED', by: 'INQUIRY' },
  { fault: 'DUPLICATE_NOTICE', delayMs: 500, state: 'SUCCEEDED', by: null },
  { fault: 'FORGED_NOTICE', delayMs: 500, state: 'SUCCEEDED', by: null },
  { fault: 'WRONG_AMOUNT_NOTICE', delayMs: 500, state: 'SUCCEEDED', by: 'INQUIRY' },
  { fault: 'BUSINESS_FAILURE', state: 'FAILED', by: null },
  { fault: 'RISK_REFUSAL', state: 'FAILED', by: 'ANSWER' },
  { fault: 'TIMEOUT_AFTER_EXECUTION', state: 'SUCCEEDED', by: null },
  { fault: 'TIMEOUT_BEFORE_EXECUTION', state: 'FAILED', by: 'INQUIRY' },
];

const DECREASES: readonly ExpectedEnd[] = [
  { fault: null, state: 'SUCCEEDED', by: 'ANSWER' },
  { fault: 'TIMEOUT_AFTER_EXECUTION', state: 'SUCCEEDED', by: 'INQUIRY' },
  { fault: 'RESET_AFTER_EXECUTION', state: 'SUCCEEDED', by: 'INQUIRY' },
  { fault: 'WRONG_SIGNATURE', state: 'SUCCEEDED', by: 'INQUIRY' },
  { fault: 'BUSINESS_FAILURE', state: 'FAILED', by: 'ANSWER' },
  { fault: 'RISK_REFUSAL', state: 'FAILED', by: 'ANSWER' },
  { fault: 'TIMEOUT_BEFORE_EXECUTION', state: 'FAILED', by: 'INQUIRY' },
];

const amountOf = (row: number): string => `${1_000 + row}.00`;

jest.setTimeout(180_000);

describe(`adjustments of the mapped quota (F7, F8) on the ${PROFILE} profile`, () => {
  let world: DayWorld;

  beforeAll(async () => {
    // Figures are polled as seldom as they ship: what is on the board within a second came there by notice.
    const settings = { JINKU_QUOTA_POLL_MS: '5000', JINKU_POSITION_POLL_MS: '2000', JINKU_QUOTA_CALL_TIMEOUT_MS: '1000', JINKU_QUOTA_ADJUST_VALIDITY_MS: String(VALIDITY_MS) };
    world = await DayWorld.start(PROFILE, { settings });
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  test('the policy has mapped quota to both houses, and what it left stays in the buffer', async () => {
    const { buffer, houses, alerts } = await boardOf(world);

    expect(houses).toMatchObject([{ clearingHouse: 'NETSUNION', mappedQuota: MAPPED, free: MAPPED }, { clearingHouse: 'UNIONPAY', mappedQuota: MAPPED, free: MAPPED }]);
    expect([await mappedAtRail(world, 'NETSUNION'), await mappedAtRail(world, 'UNIONPAY')]).toEqual([MAPPED, MAPPED]);
    expect(buffer).toMatchObject({ unallocatedBuffer: '30000000.00', centralReserve: { balance: RESERVE }, reserveDifference: '0.00' });
    expect(alerts).toEqual([]);
    expect((await automaticActs(world)).map(({ kind, toHouse, amount }) => [kind, toHouse, amount]).toSorted()).toEqual([['INITIAL_MAPPING', 'NETSUNION', MAPPED], ['INITIAL_MAPPING', 'UNIONPAY', MAPPED]]);
  });

  test.each(['NETSUNION', 'UNIONPAY'] as const)('an increase at %s that is only accepted is out of the buffer and not available yet', async (house) => {
    await world.playFaults({ script: [{ operation: 'QUOTA_INCREASE', amount: '500.00', fault: 'LATE_NOTICE', delayMs: 3_000 }] }, house);
    const before = await boardOf(world);

    const id = await adjust(world, { clearingHouse: house, direction: 'INCREASE', amount: '500.00' });
    await until('the house has accepted it', async () => (await eventsOf(world, id)).some(({ state }) => state === 'ACCEPTED'));
    const pending = await boardOf(world);
    await until('the board shows it', async () => houseOf(await boardOf(world), house).pendingIncreases === '0.00');
    const after = await boardOf(world);

    const [was, meanwhile, is] = [before, pending, after].map((board) => houseOf(board, house));
    expect(meanwhile).toMatchObject({ mappedQuota: was?.mappedQuota, bookAvailable: was?.bookAvailable, free: was?.free, pendingIncreases: '500.00' });
    expect(minorOf(pending.buffer.unallocatedBuffer) - minorOf(before.buffer.unallocatedBuffer)).toBe(-50_000n);
    expect(pending.buffer.reserveDifference).toBe('0.00');
    expect(minorOf(is?.bookAvailable) - minorOf(was?.bookAvailable)).toBe(50_000n);
    expect(after.buffer.unallocatedBuffer).toBe(pending.buffer.unallocatedBuffer);
  });

  test.each([
    ['an increase', 'INCREASE', INCREASES],
    ['a decrease', 'DECREASE', DECREASES],
  ] as const)('whatever a house does with %s, it ends once and rightly: a lost word is asked for, and what was not done is given back', async (_, direction, table) => {
    const houses: readonly ClearingHouse[] = ['NETSUNION', 'UNIONPAY'];
    const before = await boardOf(world);
    const faults = table.map(({ fault, delayMs }, row) => ({ operation: `QUOTA_${direction}` as const, amount: amountOf(row), fault, ...(delayMs === undefined ? {} : { delayMs }) }));
    await Promise.all(houses.map((house) => world.playFaults({ script: faults }, house)));
    const ids = await Promise.all(houses.map((clearingHouse) => Promise.all(table.map((_end, row) => adjust(world, { clearingHouse, direction, amount: amountOf(row) })))));

    const isOver = async (): Promise<boolean> => {
      const { houses: now } = await boardOf(world);
      const states = await statesOf(world, ids.flat());
      return states.every((state) => state === 'SUCCEEDED' || state === 'FAILED') && now.every(({ pendingIncreases, pendingDecreases }) => pendingIncreases === '0.00' && pendingDecreases === '0.00');
    };
    await until('every adjustment has ended and is on the board', isOver);
    const after = await boardOf(world);

    const done = table.reduce((sum, { state }, row) => (state === 'SUCCEEDED' ? sum + minorOf(amountOf(row)) : sum), 0n) * (direction === 'INCREASE' ? 1n : -1n);
    for (const [index, house] of houses.entries()) {
      const lived = await Promise.all((ids[index] ?? []).map((id) => endOf(world, id)));
      expect(lived.map(({ state }) => state)).toEqual(table.map(({ state }) => state));
      expect(lived.map(({ by }, row) => (table[row]?.by === null ? null : by))).toEqual(table.map(({ by }) => by));
      expect(minorOf(houseOf(after, house).mappedQuota) - minorOf(houseOf(before, house).mappedQuota)).toBe(done);
      expect(await mappedAtRail(world, house)).toBe(houseOf(after, house).mappedQuota);
    }
    expect(minorOf(after.buffer.unallocatedBuffer) - minorOf(before.buffer.unallocatedBuffer)).toBe(-2n * done);
    expect(after.buffer).toMatchObject({ centralReserve: { balance: RESERVE }, reserveDifference: '0.00', alerts: [] });
    expect(await timesTaken(world, ids.flat())).toEqual(ids.flat().map(() => 1));
  });

  test('what payouts have used or hold is not decreased, and nothing is increased beyond the buffer or, alone, below its minimum', async () => {
    const request = aRequest();
    await world.sendOne(request);
    await until('the payout is paid', async () => (await world.readResults(), world.toldOf(request.requestId).at(-1)?.state === 'SUCCEEDED'));
    await until('the board knows of it', async () => minorOf(houseOf(await boardOf(world), 'NETSUNION').mappedQuota) - minorOf(houseOf(await boardOf(world), 'NETSUNION').bookAvailable) === 8_800n);
    const before = await boardOf(world);
    const { mappedQuota, free } = houseOf(before, 'NETSUNION');
    const buffer = minorOf(before.buffer.unallocatedBuffer);
    const ask = async (direction: 'INCREASE' | 'DECREASE', amount: string): Promise<unknown> =>
      (await world.ask('operator', { method: 'POST', path: '/v1/quotas/adjustments', body: { clearingHouse: 'NETSUNION', direction, amount, reason: 'scenario' } })).body;

    expect(await ask('DECREASE', mappedQuota)).toMatchObject({ status: 422, code: 'DECREASE_EXCEEDS_FREE', violations: [{ field: 'amount', rule: `is at most the free quota that is mapped, ${free}` }] });
    expect(await ask('INCREASE', textOf(buffer + 1n))).toMatchObject({ status: 422, code: 'INCREASE_EXCEEDS_BUFFER', violations: [{ field: 'amount' }] });
    expect(await ask('INCREASE', textOf(buffer - 99_999_999n))).toMatchObject({ status: 422, code: 'INCREASE_BELOW_MINIMUM', violations: [{ field: 'amount' }] });
    expect(await boardOf(world)).toMatchObject({ buffer: { unallocatedBuffer: textOf(buffer) }, houses: [{ mappedQuota, free }, {}] });
  });

  test('a figure is on the position board within a second of its observation', async () => {
    const latencies = await figuresOnBoardAfterMs(world);

    expect(latencies.reserve.length).toBeGreaterThanOrEqual(7);
    expect(latencies.quota.length).toBeGreaterThanOrEqual(7);
    expect(latencies.queried.length).toBeGreaterThanOrEqual(7);
    for (const observed of [latencies.reserve, latencies.quota, latencies.queried]) expect(middleOf(observed)).toBeLessThanOrEqual(ON_BOARD_WITHIN_MS);
  });

  test('a net outflow while the mapping stood still makes the buffer negative: nothing is increased, an alert stands, and a decrease is proposed until a person makes it', async () => {
    const { buffer } = await boardOf(world);
    const outflow = minorOf(buffer.unallocatedBuffer) + 25_000_000n;
    await world.rail.call({ method: 'POST', path: '/admin/central-bank/movements', body: { direction: 'DEBIT', amount: textOf(outflow), counterparty: '某清算机构', purpose: '清算净额' } });
    await until('the buffer is negative', async () => (await boardOf(world)).alerts.includes('BUFFER_NEGATIVE'));
    const negative = await boardOf(world);
    const asked = { clearingHouse: 'UNIONPAY', direction: 'INCREASE', amount: '0.01', reason: 'scenario' };
    const refused = [
      await world.ask('operator', { method: 'POST', path: '/v1/quotas/adjustments', body: asked }),
      await increasedByTwo(world, { clearingHouse: 'UNIONPAY', amount: '0.01' }),
    ];
    await until('a decrease is proposed', async () => (await automaticActs(world)).some(({ kind }) => kind === 'DECREASE_PROPOSED'));
    const proposed = (await automaticActs(world)).find(({ kind }) => kind === 'DECREASE_PROPOSED');

    expect(negative.buffer).toMatchObject({ unallocatedBuffer: '-250000.00', reserveDifference: '0.00' });
    expect(refused.map(({ status, body }) => ({ status, body }))).toEqual([422, 422].map((status) => ({ status, body: expect.objectContaining({ code: 'INCREASE_EXCEEDS_BUFFER' }) })));
    expect(proposed).toMatchObject({ amount: '250000.00', toHouse: expect.stringMatching(/^(NETSUNION|UNIONPAY)$/), reason: expect.stringContaining('negative') });

    await adjust(world, { clearingHouse: proposed?.toHouse ?? 'UNIONPAY', direction: 'DECREASE', amount: '1250000.00' });
    await until('the alert is gone', async () => (await boardOf(world)).alerts.length === 0);
    expect((await boardOf(world)).buffer).toMatchObject({ unallocatedBuffer: '1000000.00', reserveDifference: '0.00' });
  });

  test('both sets of books agree at the end', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

async function statesOf(world: DayWorld, ids: readonly string[]): Promise<string[]> {
  return (await world.books.ours<{ state: string }>('SELECT state FROM quotas.quota_adjustment WHERE id = ANY ($1)', [ids])).map(({ state }) => state);
}

async function endOf(world: DayWorld, id: string): Promise<{ state: string | undefined; by: string | undefined }> {
  const last = (await eventsOf(world, id)).at(-1);
  return { state: last?.state, by: last?.source };
}

/** How often each adjustment has left: under one number, whatever was heard of it. */
async function timesTaken({ books }: DayWorld, ids: readonly string[]): Promise<number[]> {
  const rows = await books.ours<{ serial_number: string | null }>('SELECT serial_number FROM quotas.quota_adjustment WHERE id = ANY ($1)', [ids]);
  const instructed = await books.ours<{ times: string }>("SELECT count(*) AS times FROM quotas.quota_adjustment_event WHERE adjustment_id = ANY ($1) AND state = 'INSTRUCTED' GROUP BY adjustment_id", [ids]);
  expect(new Set(rows.map(({ serial_number: number }) => number)).size).toBe(ids.length);
  return instructed.map(({ times }) => Number(times));
}
