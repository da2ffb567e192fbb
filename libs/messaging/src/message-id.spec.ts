import { expect, test } from '@jest/globals';
import { uuidv7 } from './message-id.ts';

test('ids of one millisecond stand in the order in which they were given, and before those of the next', () => {
  const ids = [...Array.from({ length: 3_000 }, () => uuidv7(1_000)), uuidv7(1_001)];

  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(3_001);
});

test('more ids than a millisecond can count are still each its own, of version 7 and of that millisecond', () => {
  const ids = Array.from({ length: 10_000 }, () => uuidv7(0x0123456789ab));

  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every((id) => /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
});
