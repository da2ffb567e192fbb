import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Fates, readPayoutFiles } from '@jinku/cli';
import { DayWorld } from './day-world.ts';
import { flowWhile } from './endless-flows.ts';
import { exampleRequests, loadWhile, type Wait } from './endless-load.ts';
import { PROFILE } from './profile.ts';
import { StandingTransfers } from './standing-transfers.ts';
import { differences, flowed, otherThanAcknowledged, underWay, wrongEffects } from './treasury-books.ts';

const VICTIMS = {
  embedded: ['treasury', 'postgres', 'rail-simulator', 'treasury', 'postgres', 'treasury', 'rail-simulator', 'treasury'],
  cluster: [
    ...['payouts', 'transfers', 'ledger', 'gateway', 'quotas', 'kafka', 'postgres', 'redis', 'transfers', 'quotas'],
    ...['rail-simulator', 'accounts', 'audit', 'payouts', 'kafka'],
  ],
} as const;
/** The process that carries out transfers. */
const TRANSFERS = { embedded: 'treasury', cluster: 'transfers' } as const;
const KILLED_AFTER_MS = 1_500;
const READY_WITHIN_MS = 180_000;
const INTAKE_BACK_WITHIN_MS = 10_000;
const SETTLED_WITHIN_MS = 120_000;
const LOOKED_AGAIN_AFTER_MS = 250;
/** Of each flow; what flows is no matter of chance, only how much. */
const AT_LEAST = 2;
/** The quota is enough for many minutes of these, however slow the machine is. */
const PAYOUT_MAX = 2_000;
/** The account goes above its ceiling with each credit; what clients pay in is booked by the audit of the day after, and is less than what is retained. */
const SWEEP_RULE = {
  name: '预付卡备付金归集', payer: 'prepaid-card', payee: 'reserve', purpose: 'SWEEP_UP', reference: 'SWEEP-PREPAID-CARD',
  trigger: { kind: 'THRESHOLD', payerCeiling: '1605000.00' }, amount: { mode: 'ABOVE_RETAINED' }, retainAmount: '1600000.00', roundingUnit: '1000.00',
};
const MAPPING = { initialMapping: '20000000.00' };
const CLEAN = { exitCode: 0, said: expect.stringContaining('checker: clean') };

jest.setTimeout(900_000);

describe(`a treasury whose processes are killed, on the ${PROFILE} profile`, () => {
  let world: DayWorld;

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE, {
      quotaPolicy: { houses: { UNIONPAY: MAPPING, NETSUNION: MAPPING } },
      transferRules: [SWEEP_RULE],
      feeAccrued: '40000000.00',
      // Long enough that kills meet money in transit.
      settings: { JINKU_RAILS_ARRIVAL_MS: '5000' },
    });
    await world.setHvps('OPEN');
    for (const house of ['UNIONPAY', 'NETSUNION']) await world.rail.call({ method: 'PUT', path: `/admin/faults?house=${house}`, body: readPayoutFiles().faults });
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  test('every acknowledged payout has one fate, and every transfer, shift and collection one effect, with every process killed under load', async () => {
    const killing = killEach(world, VICTIMS[PROFILE]);
    const requests = exampleRequests().filter(({ amount }) => Number(amount) <= PAYOUT_MAX);
    const [{ sent, waits }, flows, kills] = await Promise.all([loadWhile(world, killing, requests), flowWhile(world, killing), killing]);
    const fates = new Fates(sent);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(fates.unfinished()).toEqual([]);
    expect(await stillUnderWay(world)).toEqual([]);
    expect(Object.entries(await flowed(world.books)).filter(([, count]) => count < AT_LEAST)).toEqual([]);
    expect(await otherThanAcknowledged(world.books, flows)).toEqual([]);
    expect(await wrongEffects(world.books)).toEqual([]);
    expect(await differences(world.books, { withinMs: SETTLED_WITHIN_MS })).toEqual({});
    expect(await world.verdict()).toEqual(CLEAN);
    expect(intakeBackAfter(kills, waits).filter(({ afterMs }) => afterMs > INTAKE_BACK_WITHIN_MS)).toEqual([]);
  });

  test('a transfer goes on from whichever step it stood at when its process was killed, and moves its money once', async () => {
    const standing = new StandingTransfers(world);
    await standing.standAtEachStep();
    const before = await standing.steps();
    await world.stack.kill(TRANSFERS[PROFILE]);
    await standing.letRailsAnswer();
    await world.stack.waitReady({ withinMs: READY_WITHIN_MS });
    await standing.letGoOn();

    expect(before).toEqual(['ACCEPTED', 'INSTRUCTED', 'IN_TRANSIT', 'PLANNED', 'PROPOSED', 'UNKNOWN']);
    expect(await stillUnderWay(world)).toEqual([]);
    expect(await standing.moved()).toEqual({ ACCEPTED: 1, INSTRUCTED: 1, IN_TRANSIT: 1, PLANNED: 1, PROPOSED: 1, UNKNOWN: 1 });
    expect(await wrongEffects(world.books)).toEqual([]);
    expect(await differences(world.books, { withinMs: SETTLED_WITHIN_MS })).toEqual({});
    expect(await world.verdict()).toEqual(CLEAN);
  });
});

interface Kill {
  readonly victim: string;
  /** By `performance.now()`. */
  readonly at: number;
}

/** One after the other, each once what was killed before is back; tells when. */
async function killEach(world: DayWorld, victims: readonly string[]): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (const victim of victims) {
    await pause(KILLED_AFTER_MS);
    kills.push({ victim, at: performance.now() });
    await world.stack.kill(victim);
    await world.stack.waitReady({ withinMs: READY_WITHIN_MS });
  }
  return kills;
}

/** After each kill, the longest that a message waited until it was acknowledged. */
function intakeBackAfter(kills: readonly Kill[], waits: readonly Wait[]): { victim: string; afterMs: number }[] {
  return kills.map(({ victim, at }, index) => {
    const next = kills[index + 1]?.at ?? Infinity;
    const afterMs = Math.max(0, ...waits.filter(({ from, tookMs }) => from + tookMs >= at && from < next).map(({ tookMs }) => tookMs));
    return { victim, afterMs };
  });
}

/** What has not come to its end in time. A person resumes what a rail definitely did not execute. */
async function stillUnderWay(world: DayWorld): Promise<string[]> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const { items } = await world.as<{ items: { id: string }[] }>('operator', { path: '/v1/transfers?state=STOPPED' });
    for (const { id } of items) await world.as('operator', { method: 'POST', path: `/v1/transfers/${id}/resume`, body: { reason: 'It definitely did not move' } });
    const open = await underWay(world.books);
    if (open.length === 0 || performance.now() > deadline) return open;
    await pause(LOOKED_AGAIN_AFTER_MS);
  }
}
