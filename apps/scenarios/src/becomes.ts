import { expect } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

const READ_EVERY_MS = 200;
const WITHIN_MS = 120_000;

/** Reads until it is what it should be; what is still otherwise at the end fails with the difference. */
export async function becomes<T>(read: () => Promise<T>, expected: unknown, { withinMs = WITHIN_MS }: { withinMs?: number } = {}): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const actual = await read();
    try {
      expect(actual).toEqual(expected);
      return;
    } catch (difference) {
      if (performance.now() > deadline) throw difference;
    }
    await pause(READ_EVERY_MS);
  }
}
