import { setTimeout as pause } from 'node:timers/promises';
import { readPayoutFiles } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import type { Installation } from './installation.ts';

const REQUESTS_PER_MESSAGE = 25;
const MESSAGES_PER_SECOND = 2.2;

export interface Load {
  /** Every request that was acknowledged. */
  readonly sent: readonly PayoutRequest[];
  /** How long each message took until it was acknowledged. */
  readonly waits: readonly Wait[];
}

export interface Wait {
  /** By `performance.now()`. */
  readonly from: number;
  readonly tookMs: number;
}

/**
 * More than 50 payouts a second of the requests, or of the example's, under ids of their own, for as long as `during` goes on. What an interruption
 * has held up is made up for.
 */
export async function loadWhile(world: Installation, during: Promise<unknown>, requests: readonly PayoutRequest[] = exampleRequests()): Promise<Load> {
  const sent: PayoutRequest[] = [];
  const waits: Wait[] = [];
  let isOver = false;
  const watched = during.finally(() => {
    isOver = true;
  });
  // What `during` fails with is thrown below; until then it must not count as nobody's.
  watched.catch(() => undefined);
  let due = performance.now();
  for (const message of endlessMessages(requests)) {
    await pause(Math.max(0, due - performance.now()));
    if (isOver) break;
    due += 1_000 / MESSAGES_PER_SECOND;
    const from = performance.now();
    waits.push({ from, tookMs: await world.send(message) });
    sent.push(...message);
  }
  await watched;
  return { sent, waits };
}

export function exampleRequests(): PayoutRequest[] {
  return readPayoutFiles().requests.map(({ request }) => request);
}

/** The requests again and again, each time under new ids. */
function* endlessMessages(requests: readonly PayoutRequest[]): Generator<PayoutRequest[]> {
  for (let round = 1; ; round += 1) {
    for (let from = 0; from < requests.length; from += REQUESTS_PER_MESSAGE) {
      yield requests.slice(from, from + REQUESTS_PER_MESSAGE).map((request) => ({ ...request, requestId: `${request.requestId}-${round}` }));
    }
  }
}
