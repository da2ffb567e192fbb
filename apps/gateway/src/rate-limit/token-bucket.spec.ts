import { TokenBuckets } from './token-bucket.ts';

test('a burst is let through and what goes beyond it is refused until tokens have come back', () => {
  const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });

  expect([1, 2, 3, 4].map(() => buckets.take('a', 1_000))).toEqual([0, 0, 0, 500]);
  expect(buckets.take('a', 1_499)).toBe(1);
  expect(buckets.take('a', 1_500)).toBe(0);
});

test('callers have buckets of their own', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });

  expect(buckets.take('a', 0)).toBe(0);
  expect(buckets.take('b', 0)).toBe(0);
  expect(buckets.take('a', 0)).toBe(1_000);
});

test('a bucket never holds more than its burst, and a clock that steps back gives nothing', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 2 });
  buckets.take('a', 10_000);

  expect(buckets.take('a', 0)).toBe(0);
  expect(buckets.take('a', 0)).toBe(1_000);
  expect([1, 2, 3].map(() => buckets.take('a', 1_000_000))).toEqual([0, 0, 1_000]);
});
