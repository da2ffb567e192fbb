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
  readonly waits: readonly number[];
}

/** More than 50 payouts a second of the example, under ids of their own, for as long as `during` goes on. */
export async function loadWhile(world: Installation, during: Promise<unknown>): Promise<Load> {
  const sent: PayoutRequest[] = [];
  const waits: number[] = [];
  let isOver = false;
  const watched = during.finally(() => {
    isOver = true;
  });
  // What `during` fails with is thrown below; until then it must not count as nobody's.
  watched.catch(() => undefined);
  for (const message of endlessMessages()) {
    if (isOver) break;
    waits.push(await world.send(message));
    sent.push(...message);
    await pause(1_000 / MESSAGES_PER_SECOND);
  }
  await watched;
  return { sent, waits };
}

/** The example's requests again and again, each time under new ids. */
function* endlessMessages(): Generator<PayoutRequest[]> {
  const requests = readPayoutFiles().requests.map(({ request }) => request);
  for (let round = 1; ; round += 1) {
    for (let from = 0; from < requests.length; from += REQUESTS_PER_MESSAGE) {
      yield requests.slice(from, from + REQUESTS_PER_MESSAGE).map((request) => ({ ...request, requestId: `${request.requestId}-${round}` }));
    }
  }
}
