import { createRequire } from 'node:module';
import { systemClock } from '@jinku/calendar';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const CHECK_MS = 10;

/**
 * kafkajs 2.2.4 re-arms a timer for ever, with a negative delay, once a connection was used: 3 % of a core when idle and a warning on
 * Node 24. A
 * check is only needed while requests wait, and each new one arms it itself.
 */
export function patchRequestQueue(): void {
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const throttledMs = this.throttledUntil - systemClock.wallNow();
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, Math.max(throttledMs, CHECK_MS));
  };
}
