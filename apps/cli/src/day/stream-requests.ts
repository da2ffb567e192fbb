import { setTimeout as pause } from 'node:timers/promises';
import { formatAmount, parseAmount } from '@jinku/money';
import { messagesOf, sendMessages, sendSingles } from '../demo/send-requests.ts';
import type { Day } from './day.ts';
import type { DayRequest } from './day-files.ts';

const LOOKED_AT_EVERY_MS = 200;
const TOLD_EVERY_MINUTES = 120;

/** The settlement service all day long: each request by its door when its time has come, recorded as soon as it is acknowledged. */
export async function streamRequests(day: Day, signal: AbortSignal): Promise<void> {
  const { files, clock, client, acknowledgements } = day;
  const doors = { client, acknowledgements };
  const tally = new Tally(day);
  let next = 0;
  while (next < files.requests.length && !signal.aborted) {
    const minute = clock.minute();
    const due = files.requests.slice(next).filter(({ at }) => at <= minute);
    next += due.length;
    const by = (door: DayRequest['door']): DayRequest['request'][] => due.filter((one) => one.door === door).map(({ request }) => request);
    await Promise.all([sendMessages(messagesOf(by('MESSAGE')), doors), sendSingles(by('API'), doors)]);
    tally.add(due, files.requests[next]?.at ?? Infinity);
    // Rejects only when the day is over.
    if (due.length === 0) await pause(LOOKED_AT_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Tells what was sent in one line for each span of the day. */
class Tally {
  readonly #day: Day;
  #sent: DayRequest[] = [];

  constructor(day: Day) {
    this.#day = day;
  }

  add(sent: readonly DayRequest[], nextAt: number): void {
    this.#sent.push(...sent);
    const [first] = this.#sent;
    if (first === undefined || spanOf(first.at) === spanOf(nextAt)) return;
    const byMessage = this.#sent.filter(({ door }) => door === 'MESSAGE').length;
    const amount = formatAmount(this.#sent.reduce((sum, { request }) => sum + (parseAmount(request.amount) ?? 0n), 0n));
    this.#day.story.tell(`${this.#sent.length} payout requests are acknowledged, ${byMessage} by message and ${this.#sent.length - byMessage} by API`, { amount, who: 'settlement' });
    this.#sent = [];
  }
}

function spanOf(minute: number): number {
  return Math.floor(minute / TOLD_EVERY_MINUTES);
}
