import fc from 'fast-check';

import { AdaptiveConcurrency, type ConcurrencyPolicy } from './adaptive-concurrency.ts';

const POLICY: ConcurrencyPolicy = { concurrencyMin: 4, concurrencyInitial: 16, concurrencyMax: 64, latencyTargetMs: 100 };

/** Fills the limit, then answers everything alike. */
function round(concurrency: AdaptiveConcurrency, answer: { latencyMs: number; overloaded?: boolean }): void {
  while (concurrency.free > 0) concurrency.start();
  while (concurrency.inFlight > 0) concurrency.finish({ overloaded: false, ...answer });
}

test('quick answers raise the limit step by step, up to the maximum', () => {
  const concurrency = new AdaptiveConcurrency(POLICY);

  round(concurrency, { latencyMs: 20 });
  expect(concurrency.limit).toBe(24);
  for (let rounds = 0; rounds < 20; rounds += 1) round(concurrency, { latencyMs: 20 });
  expect(concurrency.limit).toBe(64);
});

test('slow answers lower the limit by a quarter, down to the minimum', () => {
  const concurrency = new AdaptiveConcurrency(POLICY);

  round(concurrency, { latencyMs: 500 });
  expect(concurrency.limit).toBe(12);
  for (let rounds = 0; rounds < 20; rounds += 1) round(concurrency, { latencyMs: 500 });
  expect(concurrency.limit).toBe(4);
});

test('a rail that times out is backed off from however quick its other answers are', () => {
  const concurrency = new AdaptiveConcurrency(POLICY);

  for (let count = 0; count < 16; count += 1) concurrency.start();
  for (let count = 0; count < 16; count += 1) concurrency.finish({ latencyMs: 5, overloaded: count < 2 });

  expect(concurrency.limit).toBe(12);
});

test('one lost answer in a hundred is not an overload', () => {
  const concurrency = new AdaptiveConcurrency({ ...POLICY, concurrencyInitial: 64 });

  for (let count = 0; count < 64; count += 1) concurrency.start();
  for (let count = 0; count < 64; count += 1) concurrency.finish({ latencyMs: 5, overloaded: count === 0 });

  expect(concurrency.limit).toBe(64);
});

test('a limit that was never reached does not grow', () => {
  const concurrency = new AdaptiveConcurrency(POLICY);

  for (let count = 0; count < 200; count += 1) {
    concurrency.start();
    concurrency.finish({ latencyMs: 5, overloaded: false });
  }

  expect(concurrency.limit).toBe(16);
});

test('whoever waits for a free place is woken by the next answer, one waiter for one place', async () => {
  const concurrency = new AdaptiveConcurrency({ ...POLICY, concurrencyMin: 1, concurrencyInitial: 1, concurrencyMax: 1 });
  const woken: string[] = [];
  concurrency.start();
  const waiting = ['first', 'second'].map(async (name) => {
    await concurrency.whenFree();
    concurrency.start();
    woken.push(name);
  });

  concurrency.finish({ latencyMs: 1, overloaded: false });
  await waiting[0];
  expect(woken).toEqual(['first']);

  concurrency.finish({ latencyMs: 1, overloaded: false });
  await waiting[1];
  expect(woken).toEqual(['first', 'second']);
});

test('whatever the rail does, the limit stays inside its bounds', () => {
  const answers = fc.array(fc.record({ latencyMs: fc.integer({ min: 0, max: 60_000 }), overloaded: fc.boolean() }), { maxLength: 500 });
  fc.assert(
    fc.property(answers, (all) => {
      const concurrency = new AdaptiveConcurrency(POLICY);
      return all.every((answer) => {
        concurrency.start();
        concurrency.finish(answer);
        return concurrency.limit >= 4 && concurrency.limit <= 64 && concurrency.inFlight === 0;
      });
    }),
  );
});

test('a policy that contradicts itself is refused', () => {
  expect(() => new AdaptiveConcurrency({ ...POLICY, concurrencyMin: 0 })).toThrow(RangeError);
  expect(() => new AdaptiveConcurrency({ ...POLICY, concurrencyInitial: 65 })).toThrow(RangeError);
});
