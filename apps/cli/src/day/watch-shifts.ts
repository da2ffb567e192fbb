import { setTimeout as pause } from 'node:timers/promises';
import type { Day } from './day.ts';

const ASKED_EVERY_MS = 500;

interface Shift {
  readonly id: string;
  readonly fromHouse: string;
  readonly toHouse: string;
  readonly amount: string;
  readonly state: string;
  readonly reason: string;
  readonly requestedBy: string;
}

/** Tells of each shift of quota between the houses when it is asked for, and when it has ended (F9). */
export async function watchShifts({ gateway, people, story }: Day, signal: AbortSignal): Promise<void> {
  const known = new Map<string, string>();
  while (!signal.aborted) {
    const { items } = await gateway.call<{ items: Shift[] }>({ path: '/v1/quotas/shifts', token: people.operator.token });
    for (const { id, fromHouse, toHouse, amount, state, reason, requestedBy } of items.toReversed()) {
      if (known.get(id) === state) continue;
      const isNew = !known.has(id);
      known.set(id, state);
      if (isNew) story.tell(`Quota is shifted from ${fromHouse} to ${toHouse}: ${reason}`, { amount, who: requestedBy });
      if (state === 'DONE' || state === 'IN_BUFFER' || state === 'FAILED') story.tell(`The shift of quota to ${toHouse} is ${state}`, { amount, who: 'quotas' });
    }
    // Rejects only when the day is over.
    await pause(ASKED_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
