import { setTimeout as pause } from 'node:timers/promises';
import { seconds } from './demo-stack.ts';
import type { Fates } from './fates.ts';
import type { Institution } from './institution.ts';
import type { Screen } from './screen.ts';
import type { SettlementClient } from './settlement-client.ts';

const FATES_WITHIN_MS = 120_000;
const READ_EVERY_MS = 200;
const COUNTERS_EVERY_MS = 2_000;

/** Reads the results told to the client until every request has its final fate or the time is over, and tells what is noteworthy on the way. */
export async function followResults(fates: Fates, { client, institution, screen }: { client: SettlementClient; institution: Institution; screen: Screen }): Promise<void> {
  const began = performance.now();
  const story = new Story(fates, screen);
  let cursor = '0';
  let countersAt = 0;
  while (fates.finalCount < fates.total && performance.now() - began < FATES_WITHIN_MS) {
    const page = await client.resultsAfter(cursor);
    for (const { data } of page.items) data.results.forEach((result) => fates.take(result));
    story.tellResults();
    if (performance.now() - countersAt > COUNTERS_EVERY_MS) {
      countersAt = performance.now();
      story.tellRail(await institution.railCounters());
    }
    screen.progress(progressOf(fates, performance.now() - began));
    if (page.next === cursor) await pause(READ_EVERY_MS);
    cursor = page.next;
  }
  screen.endProgress();
  story.tellEnd();
}

/** Tells each noteworthy thing once. */
class Story {
  readonly #fates: Fates;
  readonly #screen: Screen;
  readonly #told = new Set<string>();

  constructor(fates: Fates, screen: Screen) {
    this.#fates = fates;
    this.#screen = screen;
  }

  tellResults(): void {
    const { seen, cleared } = this.#fates.unknowns;
    if (this.#fates.count('SUCCEEDED') > 0) this.#once('first', `First payout after ${seconds()}.`);
    if (seen > 0) this.#once('unknown', 'Some answers of the rail did not come: those payouts are UNKNOWN, and are asked about, never sent again.');
    if (cleared > 0) this.#once('cleared', `The first unknown outcome is known after ${seconds()}.`);
    if (this.#fates.finalCount >= this.#fates.total / 2) this.#once('half', `Half of them have their final fate after ${seconds()}.`);
  }

  tellRail({ faults }: { faults: Readonly<Record<string, number>> }): void {
    const late = (faults['LATE_NOTICE'] ?? 0) + (faults['LOST_NOTICE'] ?? 0);
    if (late > 0) this.#once('late', 'Some results come only with a late notice, and some notices get lost: then an inquiry brings the result.');
    if ((faults['FORGED_NOTICE'] ?? 0) > 0) this.#once('forged', 'A notice with a stranger\'s signature claimed that a payout had failed: it goes to quarantine.');
    if ((faults['DUPLICATE_NOTICE'] ?? 0) > 0) this.#once('duplicate', 'A notice came twice: it counts once.');
  }

  tellEnd(): void {
    const { seen, cleared } = this.#fates.unknowns;
    if (seen > 0) this.#screen.say(`${cleared} of ${seen} unknown outcomes were cleared by inquiry or notice, none by a person.`);
    if (this.#fates.finalCount === this.#fates.total) this.#screen.say(`Every request has its final fate after ${seconds()}.`);
  }

  #once(what: string, line: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#screen.say(line);
  }
}

function progressOf(fates: Fates, elapsedMs: number): string {
  const rate = Math.round((fates.finalCount * 1_000) / Math.max(elapsedMs, 1));
  return `${fates.finalCount}/${fates.total} final (${rate}/s): ${fates.count('SUCCEEDED')} paid, ${fates.count('FAILED')} failed, ${fates.count('UNKNOWN')} unknown`;
}
