import { expect } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Fates } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import type { Installation, Told } from './installation.ts';

const TOLD_WITHIN_MS = 20_000;
const SETTLED_WITHIN_MS = 30_000;

/** Sends, and waits until every request has been paid. */
export async function settled(world: Installation, requests: readonly PayoutRequest[], send: () => Promise<unknown>): Promise<void> {
  await send();
  const fates = new Fates(requests);
  await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
  expect(requests.map(({ requestId }) => fates.stateOf(requestId))).toEqual(requests.map(() => 'SUCCEEDED'));
  // The ledger follows by messages: what it has still to book must not be taken for what the next request did.
  await toldWithin(world, async () => {
    const [row] = await world.books.ours<{ is_booked: boolean }>(
      `SELECT (SELECT count(*) FROM ledger.journal_entry WHERE rule LIKE 'payout-%') = 2 * (SELECT count(*) FROM payouts.attempt) AS is_booked`,
    );
    return row?.is_booked === true;
  });
}

export async function toldWithin(world: Installation, isTold: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TOLD_WITHIN_MS;
  while (!(await isTold()) && performance.now() < deadline) {
    await world.readResults();
    await pause(50);
  }
}

/** What was rejected after so many results had been told; waits until there are as many as are due. */
export async function rejectionsSince(world: Installation, from: number, due: number): Promise<readonly Told[]> {
  const rejected = (): readonly Told[] => world.told.slice(from).filter(({ state }) => state === 'REJECTED');
  await toldWithin(world, () => rejected().length >= due);
  return rejected();
}
