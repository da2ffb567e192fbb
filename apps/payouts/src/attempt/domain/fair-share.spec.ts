import { expect, test } from '@jest/globals';
import { fairShare } from './fair-share.ts';

const shares = (shards: number, members: readonly string[]): number[] => members.map((self) => fairShare({ shards, members, self }));

test('shares add up to all shards and differ by one at most', () => {
  for (let shards = 1; shards <= 9; shards += 1) {
    for (let count = 1; count <= 6; count += 1) {
      const all = shares(shards, Array.from({ length: count }, (_, at) => `process-${at}`));
      expect(all.reduce((sum, share) => sum + share, 0)).toBe(shards);
      expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
    }
  }
});

test('a process that nobody has seen yet counts itself', () => {
  expect(fairShare({ shards: 2, members: ['a'], self: 'b' })).toBe(1);
  expect(fairShare({ shards: 2, members: [], self: 'b' })).toBe(2);
});
