import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Fates } from '@jinku/cli';
import { Redis } from 'ioredis';
import { loadWhile } from './endless-load.ts';
import { PayoutWorld } from './payout-world.ts';

const FLUSHES = 5;
const FLUSHED_EVERY_MS = 1_500;
const STOPPED_FOR_MS = 6_000;
const INTAKE_WITHIN_MS = 10_000;
const SETTLED_WITHIN_MS = 60_000;
const BELLS_BACK_WITHIN_MS = 60_000;
const RUNG_AGAIN_AFTER_MS = 500;
/** So rare that within this scenario nothing but a ring collects the quota. */
const QUOTA_POLL_MS = '600000';

jest.setTimeout(240_000);

describe('Redis on the cluster profile', () => {
  let world: PayoutWorld;
  let redis: Redis;

  beforeAll(async () => {
    world = await PayoutWorld.start('cluster', { JINKU_QUOTA_POLL_MS: QUOTA_POLL_MS });
    redis = new Redis(world.stack.env['JINKU_REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
  });

  afterAll(async () => {
    (redis as Redis | undefined)?.disconnect();
    await (world as PayoutWorld | undefined)?.stop();
  });

  test('flushed again and again under load and then stopped for seconds, it loses nothing and doubles nothing', async () => {
    const { sent, waits } = await loadWhile(world, flushAndStop(world, redis));
    const fates = new Fates(sent);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(fates.unfinished()).toEqual([]);
    expect(Math.max(...waits.map(({ tookMs }) => tookMs))).toBeLessThan(INTAKE_WITHIN_MS);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  test('a doorbell is heard again within 60 seconds after a flush', async () => {
    await redis.flushall();

    expect(await msUntilBellIsHeard(world)).toBeLessThan(BELLS_BACK_WITHIN_MS);
  });

  test('a doorbell is heard again within 60 seconds after Redis was killed and came back empty', async () => {
    await redis.flushall();
    await world.stack.kill('redis');
    await world.stack.waitReady();

    expect(await msUntilBellIsHeard(world)).toBeLessThan(BELLS_BACK_WITHIN_MS);
  });
});

async function flushAndStop(world: PayoutWorld, redis: Redis): Promise<void> {
  for (let flush = 0; flush < FLUSHES; flush += 1) {
    await pause(FLUSHED_EVERY_MS);
    await redis.flushall();
  }
  // A process that does not run but holds its connections is the harder failure: nobody is told that it is gone.
  await world.stack.kill('redis', 'SIGSTOP');
  await pause(STOPPED_FOR_MS);
  await world.stack.kill('redis', 'SIGCONT');
  await pause(FLUSHED_EVERY_MS);
}

/** Rings until the clearing house was asked for its quota, which nothing but the ring brings about; a ring may be lost, so it is rung again. */
async function msUntilBellIsHeard(world: PayoutWorld): Promise<number> {
  const token = world.institution.operatorToken;
  const asOf = async (): Promise<string> => {
    const { items } = await world.gateway.call<{ items: { asOf: string }[] }>({ path: '/v1/quotas', token });
    return items[0]?.asOf ?? '';
  };
  const before = await asOf();
  const began = performance.now();
  while ((await asOf()) === before && performance.now() - began < BELLS_BACK_WITHIN_MS) {
    await world.gateway.call({ method: 'POST', path: '/v1/quotas/collections', token });
    await pause(RUNG_AGAIN_AFTER_MS);
  }
  return performance.now() - began;
}
