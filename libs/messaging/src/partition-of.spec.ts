import { expect, test } from '@jest/globals';
import { partitionOf } from './partition-of.ts';

test('the partition of a key never changes', () => {
  expect(['M10001', 'M10002', '01993c1e-0000-7000-8000-0000000000c1', '杭州'].map((key) => partitionOf(key, 16))).toEqual([8, 1, 11, 3]);
});

test('keys spread over all partitions', () => {
  const counts = new Map<number, number>();
  for (let number = 0; number < 16_000; number += 1) {
    const partition = partitionOf(`M${number}`, 16);
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }

  expect(counts.size).toBe(16);
  expect(Math.min(...counts.values())).toBeGreaterThan(500);
});
