import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Fates, readPayoutFiles, type Profile } from '@jinku/cli';
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
    await world.stop();
  });

  test('every acknowledged request has one fate and the books agree, with every process killed under load', async () => {
    const victims = VICTIMS[PROFILE];
    const messages = messagesFor(victims.length);
    const fates = new Fates(messages.flat());
    const waits: number[] = [];
    let isSending = true;

    const killing = (async () => {
      for (const victim of victims) {
        await pause(2_500);
        if (!isSending) break;
        await world.stack.kill(victim);
      }
    })();
    for (const message of messages) {
      waits.push(await world.send(message));
      await pause(1_000 / MESSAGES_PER_SECOND);
    }
    isSending = false;
    await killing;
    await world.stack.waitReady({ withinMs: 60_000 });
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    await pause(3_000);
    const verdict = world.check();

    expect(fates.unfinished()).toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(INTAKE_BACK_WITHIN_MS);
    expect(verdict).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** Enough of the example's requests to keep more than fifty payouts a second coming while every victim is killed. */
function messagesFor(victimCount: number): ReturnType<typeof readPayoutFiles>['requests'][number]['request'][][] {
  const requests = readPayoutFiles().requests.map(({ request }) => request);
  const wanted = Math.min(requests.length, Math.ceil(victimCount * 3.2 * MESSAGES_PER_SECOND) * REQUESTS_PER_MESSAGE);
  const chosen = requests.slice(0, wanted);
  return Array.from({ length: Math.ceil(chosen.length / REQUESTS_PER_MESSAGE) }, (_, index) =>
    chosen.slice(index * REQUESTS_PER_MESSAGE, (index + 1) * REQUESTS_PER_MESSAGE),
  );
}
