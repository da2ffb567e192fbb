import { acceleratedClock, systemClock } from './clock.ts';
import { FixedClock, ManualClock } from './manual-clock.ts';

const NOON = new Date('2026-11-21T04:00:00Z');

test('the accelerated clock runs at its rate from its anchor, also before it', () => {
  const wall = new ManualClock('2026-01-01T00:00:00Z');
  const clock = acceleratedClock({ anchorBusiness: NOON, anchorWall: wall.wallNow(), rate: 60 }, wall);

  expect(clock.now()).toEqual(NOON);
  wall.advance(1_000);
  expect(clock.now()).toEqual(new Date('2026-11-21T04:01:00Z'));
  expect(clock.wallNow()).toBe(wall.wallNow());
  wall.advance(-2_000);
  expect(clock.now()).toEqual(new Date('2026-11-21T03:59:00Z'));
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a rate of %p is refused', (rate) => {
  expect(() => acceleratedClock({ anchorBusiness: NOON, anchorWall: 0, rate })).toThrow(RangeError);
});

test('a step of business time leaves wall time alone', () => {
  const clock = new ManualClock(NOON);
  const before = clock.wallNow();

  clock.stepTo('2027-01-01T00:00:00Z');

  expect(clock.now()).toEqual(new Date('2027-01-01T00:00:00Z'));
  expect(clock.wallNow()).toBe(before);
});

test('a sleeper on a manual clock wakes when its time has come and not before', async () => {
  const clock = new ManualClock(NOON);
  let woken = false;
  const sleeping = clock.sleep(100).then(() => {
    woken = true;
  });

  clock.advance(99);
  await Promise.resolve();
  expect(woken).toBe(false);

  clock.advance(1);
  await sleeping;
  expect(woken).toBe(true);
});

test('an aborted sleep rejects', async () => {
  const gone = AbortSignal.abort(new Error('stopping'));

  await expect(systemClock.sleep(60_000, gone)).rejects.toThrow();
  await expect(new ManualClock(NOON).sleep(60_000, gone)).rejects.toThrow('stopping');
  await expect(new FixedClock(NOON).sleep(60_000, gone)).rejects.toThrow('stopping');
});

test('a fixed clock gives a fresh date each time, so that nobody can move it by accident', () => {
  const clock = new FixedClock('2026-11-21T04:00:00Z');

  clock.now().setUTCFullYear(1999);

  expect(clock.now()).toEqual(NOON);
  expect(() => new FixedClock('yesterday')).toThrow(RangeError);
});
