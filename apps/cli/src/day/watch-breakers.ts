import { setTimeout as pause } from 'node:timers/promises';
import type { Day } from './day.ts';

const ASKED_EVERY_MS = 500;

interface Breaker {
  readonly key: string;
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly epoch: number;
  readonly reason: string | null;
}

const WORDS = {
  OPEN: 'is broken: nothing more is claimed for this route, the others go on',
  HALF_OPEN: 'is probed with a few payouts',
  CLOSED: 'works again: what waited for it goes out',
} as const;

/** Tells what becomes of the routes' breakers. */
export async function watchBreakers({ gateway, people, story }: Day, signal: AbortSignal): Promise<void> {
  const known = new Map<string, number>();
  while (!signal.aborted) {
    const { items } = await gateway.call<{ items: Breaker[] }>({ path: '/v1/routes/breakers', token: people.operator.token });
    for (const { key, state, epoch, reason } of items) {
      if (known.get(key) === epoch) continue;
      known.set(key, epoch);
      story.tell(`Route ${key} ${WORDS[state]}${state === 'OPEN' && reason !== null ? ` (${reason})` : ''}`, { who: 'payouts' });
    }
    // Rejects only when the day is over.
    await pause(ASKED_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
