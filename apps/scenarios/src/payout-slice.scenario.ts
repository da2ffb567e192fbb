import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Fates } from '@jinku/cli';
import { loadWhile } from './endless-load.ts';
import { PayoutWorld } from './payout-world.ts';
import { PROFILE } from './profile.ts';

const VICTIMS = {
  embedded: ['treasury', 'postgres', 'rail-simulator', 'treasury', 'postgres', 'treasury', 'rail-simulator', 'treasury'],
  cluster: ['payouts', 'ledger', 'gateway', 'quotas', 'kafka', 'postgres', 'redis', 'payouts', 'rail-simulator', 'accounts', 'payouts', 'kafka'],
} as const;
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
    const { sent, waits } = await loadWhile(world, killEach(world, VICTIMS[PROFILE]));
    const fates = new Fates(sent);
    await world.stack.waitReady({ withinMs: 60_000 });
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(fates.unfinished()).toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(INTAKE_BACK_WITHIN_MS);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
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
