import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Fates, readPayoutFiles, type Profile } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import { PayoutWorld } from './payout-world.ts';

const PROFILE: Profile = process.env['JINKU_SCENARIO_PROFILE'] === 'cluster' ? 'cluster' : 'embedded';
const VICTIMS = {
  embedded: ['treasury', 'postgres', 'rail-simulator', 'treasury', 'postgres', 'treasury', 'rail-simulator', 'treasury'],
  cluster: ['payouts', 'ledger', 'gateway', 'quotas', 'kafka', 'postgres', 'redis', 'payouts', 'rail-simulator', 'accounts', 'payouts', 'kafka'],
} as const;
const REQUESTS_PER_MESSAGE = 25;
const MESSAGES_PER_SECOND = 2.2;
const INTAKE_BACK_WITHIN_MS = 10_000;
const SETTLED_WITHIN_MS = 120_000;

jest.setTimeout(420_000);

describe(`payouts on the ${PROFILE} profile`, () => {
  let world: PayoutWorld;

  beforeAll(async () => {
    world = await PayoutWorld.start(PROFILE);
  });

  afterAll(async () => {
    await (world as PayoutWorld | undefined)?.stop();
  });

  test('every acknowledged request has one fate and the books agree, with every process killed under load', async () => {
    const sent: PayoutRequest[] = [];
    const waits: number[] = [];
    let isKilling = true;

    const killing = killEach(world, VICTIMS[PROFILE]).finally(() => {
      isKilling = false;
    });
    for (const message of endlessMessages()) {
      if (!isKilling) break;
      waits.push(await world.send(message));
      sent.push(...message);
      await pause(1_000 / MESSAGES_PER_SECOND);
    }
    await killing;
    const fates = new Fates(sent);
    await world.stack.waitReady({ withinMs: 60_000 });
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    await pause(3_000);
    const verdict = world.check();

    expect(fates.unfinished()).toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(INTAKE_BACK_WITHIN_MS);
    expect(verdict).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** One after the other, each once what was killed before is back. */
async function killEach(world: PayoutWorld, victims: readonly string[]): Promise<void> {
  for (const victim of victims) {
    await pause(1_500);
    await world.stack.kill(victim);
    await world.stack.waitReady({ withinMs: 60_000 });
  }
}

/** The example's requests again and again, each time under new ids. */
function* endlessMessages(): Generator<PayoutRequest[]> {
  const requests = readPayoutFiles().requests.map(({ request }) => request);
  for (let round = 1; ; round += 1) {
    for (let from = 0; from < requests.length; from += REQUESTS_PER_MESSAGE) {
      yield requests.slice(from, from + REQUESTS_PER_MESSAGE).map((request) => ({ ...request, requestId: `${request.requestId}-${round}` }));
    }
  }
}
