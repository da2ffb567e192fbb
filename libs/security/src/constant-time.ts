import { hash, timingSafeEqual } from 'node:crypto';

/** Compares secrets without telling by time where they differ, or that their lengths do. */
export function constantTimeEquals(pair: { given: string | Uint8Array; expected: string | Uint8Array }): boolean {
  return timingSafeEqual(hash('sha256', pair.given, 'buffer'), hash('sha256', pair.expected, 'buffer'));
}
