import { setTimeout as pause } from 'node:timers/promises';
import { formatAmount, parseAmount } from '@jinku/money';
import { CollectionsReporter } from '../demo/collections-reporter.ts';
import type { Day } from './day.ts';
import type { Collection } from './day-files.ts';

const LOOKED_AT_EVERY_MS = 250;
const TOLD_EVERY_MINUTES = 240;

/** Clients pay in over the houses all day, and the settlement service tells the treasury the totals. Resolves once the last total is told. */
export async function streamCollections(day: Day, signal: AbortSignal): Promise<void> {
  const { files, clock, rail, client } = day;
  const reporter = new CollectionsReporter({ simulator: rail, client });
  // What a round could not tell is told by the next one, and the last round's failure ends the day.
  reporter.start(() => undefined);
  try {
    const tally = new Tally(day);
    for (let next = 0; next < files.collections.length && !signal.aborted; ) {
      const minute = clock.minute();
      const due = files.collections.slice(next).filter(({ at }) => at <= minute);
      next += due.length;
      for (const { clearingHouse, channel, count, amount } of due) {
        await rail.call({ method: 'POST', path: `/admin/collections?house=${clearingHouse}`, body: { channel, count, amount } });
      }
      tally.add(due, files.collections[next]?.at ?? Infinity);
      // Rejects only when the day is over.
      if (due.length === 0) await pause(LOOKED_AT_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    // Totals become final when their sessions are cut.
    await clock.until(day.files.day.endsAt, signal).catch(() => undefined);
  } finally {
    await reporter.stop();
  }
}

/** Tells what came in in one line for each span of the day. */
class Tally {
  readonly #day: Day;
  #collected: Collection[] = [];

  constructor(day: Day) {
    this.#day = day;
  }

  add(collected: readonly Collection[], nextAt: number): void {
    this.#collected.push(...collected);
    const [first] = this.#collected;
    if (first === undefined || Math.floor(first.at / TOLD_EVERY_MINUTES) === Math.floor(nextAt / TOLD_EVERY_MINUTES)) return;
    const count = this.#collected.reduce((sum, one) => sum + one.count, 0);
    const amount = formatAmount(this.#collected.reduce((sum, one) => sum + (parseAmount(one.amount) ?? 0n), 0n));
    this.#day.story.tell(`Clients have paid in ${count} times over both houses; the settlement service tells the totals`, { amount, who: 'settlement' });
    this.#collected = [];
  }
}
