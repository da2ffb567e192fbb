import { setTimeout as pause } from 'node:timers/promises';

const ASKED_EVERY_MS = 150;

/** Asks until there is an answer; a day on which it never comes has failed, and says what it waited for. */
export async function waitFor<T>(what: string, withinMs: number, ask: () => Promise<T | null>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not so after ${withinMs / 1_000} s`);
    await pause(ASKED_EVERY_MS);
  }
}
