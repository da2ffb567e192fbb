import { setTimeout as pause } from 'node:timers/promises';
import { seconds } from '../demo/demo-stack.ts';
import type { Day } from './day.ts';

const READ_EVERY_MS = 250;

/** Reads the results told to the settlement service until it is stopped, and tells what is noteworthy on the way. */
export async function followPayouts(day: Day, signal: AbortSignal): Promise<void> {
  let cursor = '0';
  while (!signal.aborted) {
    const page = await day.client.resultsAfter(cursor);
    for (const { data } of page.items) data.results.forEach((result) => day.fates.take(result));
    tellWhatIsNew(day);
    // Rejects only when the day is over.
    if (page.next === cursor) await pause(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
    cursor = page.next;
  }
}

function tellWhatIsNew({ fates, story }: Day): void {
  const { seen, cleared } = fates.unknowns;
  if (fates.count('SUCCEEDED') > 0) story.tellOnce('first', `The first payout has succeeded, ${seconds()} after the command`, { who: 'payouts' });
  if (seen > 0) story.tellOnce('unknown', 'An answer of the rail did not come: the payout is UNKNOWN, and is asked about, never sent again', { who: 'payouts' });
  if (cleared > 0) story.tellOnce('cleared', 'The first unknown outcome is known, by inquiry or notice', { who: 'payouts' });
}
