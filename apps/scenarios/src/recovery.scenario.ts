import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { readPayoutFiles } from '@jinku/cli';
import { aRequest } from './a-request.ts';
import { CheckoutCopy } from './checkout-copy.ts';
import { LaunchedClient } from './launched-client.ts';
import type { LaunchedCommand } from './launched-command.ts';
import { PROFILE } from './profile.ts';

const READY = 'Jinku is ready';
const READY_WITHIN_MS = 90_000;
const STOPPED_WITHIN_MS = 40_000;
const SETTLED_WITHIN_MS = 60_000;
const CLEAN_WITHIN_MS = 20_000;
const REQUESTS = 400;
const PROFILE_FLAGS = PROFILE === 'cluster' ? ['--cluster'] : [];

jest.setTimeout(300_000);

describe(`./jinku up on the ${PROFILE} profile`, () => {
  let checkout: CheckoutCopy;
  let up: LaunchedCommand | null = null;

  beforeAll(() => {
    checkout = new CheckoutCopy();
  });

  afterAll(async () => {
    await up?.interrupt({ withinMs: STOPPED_WITHIN_MS }).catch(() => undefined);
    (checkout as CheckoutCopy | undefined)?.remove();
  });

  test('after a kill -9 of everything under load, the launcher included, the next start comes up by itself and every request has one fate', async () => {
    up = checkout.launch('up', ...PROFILE_FLAGS);
    await up.waitFor(READY, { withinMs: READY_WITHIN_MS });
    const client = await LaunchedClient.of(checkout);
    const requests = readPayoutFiles().requests.slice(0, REQUESTS).map(({ request }) => request);
    await client.send(requests);
    await up.killEverything();

    up = checkout.launch('up', ...PROFILE_FLAGS);
    await up.waitFor(READY, { withinMs: READY_WITHIN_MS });
    const later = Array.from({ length: 20 }, () => aRequest());
    const again = LaunchedClient.again(checkout.stack);
    await again.send(later);
    const fates = await again.fatesOf([...requests, ...later], { withinMs: SETTLED_WITHIN_MS });

    expect(fates.unfinished()).toEqual([]);
    expect(await checked(checkout)).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  test('a Ctrl-C ends it with everything that it has started', async () => {
    const ended = await up?.interrupt({ withinMs: STOPPED_WITHIN_MS });
    up = null;

    expect(ended).toEqual({ exitCode: 0, leftBehind: [] });
  });
});

/** What is merely late is waited for; what is wrong stays wrong. */
async function checked(checkout: CheckoutCopy): Promise<ReturnType<CheckoutCopy['run']>> {
  const deadline = performance.now() + CLEAN_WITHIN_MS;
  for (;;) {
    const verdict = checkout.run('check', '--quiescent');
    if (verdict.exitCode === 0 || performance.now() > deadline) return verdict;
    await pause(1_000);
  }
}
