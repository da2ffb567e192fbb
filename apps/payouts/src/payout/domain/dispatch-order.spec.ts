import { expect, test } from '@jest/globals';
import { dispatchOrder, expeditedOrder, shardOf } from './dispatch-order.ts';

const noon = Date.parse('2026-11-21T04:00:00Z');
const at = (ms: number, linePriority = 0, merchantPriority = 0): bigint =>
  dispatchOrder({ queuedAt: new Date(noon + ms), linePriority, merchantPriority });

test('of equal priority the earlier one goes first', () => {
  expect(at(0) < at(1)).toBe(true);
});

test('a higher priority goes before those that waited less than its head start longer', () => {
  expect(at(59_000, 1) < at(0)).toBe(true);
  expect(at(61_000, 1) > at(0)).toBe(true);
});

test('priorities of line and merchant add up', () => {
  expect(at(0, 2, 3)).toBe(at(0, 5, 0));
});

test('nothing starves: whatever comes 18 minutes later stands behind, at any priority', () => {
  expect(at(18 * 60_000 + 1, 9, 9) > at(0, 0, 0)).toBe(true);
});

test('an expedited payout goes before every priority, behind what was expedited earlier, and behind what waited longer than a day', () => {
  expect(expeditedOrder(new Date(noon)) < at(0, 9, 9)).toBe(true);
  expect(expeditedOrder(new Date(noon)) < expeditedOrder(new Date(noon + 1))).toBe(true);
  expect(expeditedOrder(new Date(noon)) > at(-86_400_001)).toBe(true);
});

test('a merchant stays in its shard, and merchants spread over all shards', () => {
  const shards = Array.from({ length: 1_000 }, (_, n) => shardOf(`M${10_000 + n}`, 4));

  expect(shardOf('M10001', 4)).toBe(shardOf('M10001', 4));
  for (const shard of [0, 1, 2, 3]) expect(shards.filter((one) => one === shard).length).toBeGreaterThan(180);
});
