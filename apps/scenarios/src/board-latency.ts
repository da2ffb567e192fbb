import { ClearingHouse } from '@jinku/contracts';
import type { DayWorld } from './day-world.ts';
import { boardOf, houseOf, mappedAtRail, minorOf, textOf, until } from './quota-desk.ts';

/** Movements of the reserve, and changes of each house's mapping, one after the other. */
const OBSERVATIONS = 7;

export interface BoardLatencies {
  /** From a movement of the central reserve at the central bank to its balance on the board. */
  readonly reserve: readonly number[];
  /** From a change of the mapping at a house to the figure on the board. */
  readonly quota: readonly number[];
  /** From the instant that an answer to a query names to the figure on the board. */
  readonly queried: readonly number[];
}

/**
 * Lets the outside world change what the board shows, and reads from both sets of books how long each figure took: from the instant at which it was so, by
 * the simulator's books, to the instant at which the board had it, by ours. All processes read one clock.
 */
export async function figuresOnBoardAfterMs(world: DayWorld): Promise<BoardLatencies> {
  const reserve = await moveReserve(world);
  const quota = await changeMappings(world);
  const queried = await world.books.ours<{ ms: string }>(
    `SELECT extract(epoch FROM recorded_at - as_of) * 1000 AS ms FROM quotas.position_observation WHERE source = 'QUERY'
     UNION ALL SELECT extract(epoch FROM recorded_at - as_of) * 1000 FROM quotas.quota_observation`,
  );
  return { reserve, quota, queried: queried.map(({ ms }) => Number(ms)) };
}

export function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}

/** In and out again, so that the reserve ends as it began; each balance is one that it never had before. */
async function moveReserve(world: DayWorld): Promise<number[]> {
  const { rail, books } = world;
  const latencies: number[] = [];
  for (let nth = 1; nth <= OBSERVATIONS; nth += 1) {
    const body = { direction: nth % 2 === 1 ? 'CREDIT' : 'DEBIT', amount: textOf(BigInt(100 + nth)), counterparty: '某商户', purpose: '来账' };
    await rail.call({ method: 'POST', path: '/admin/central-bank/movements', body });
    const [moved] = await books.rails<{ balance: string; at: Date }>('SELECT balance_after_minor AS balance, occurred_at AS at FROM rails.reserve_movement ORDER BY movement_number DESC LIMIT 1');
    if (moved === undefined) throw new Error('the central bank has booked nothing');
    await until('the board shows the balance', async () => minorOf((await boardOf(world)).buffer.centralReserve.balance) === BigInt(moved.balance));
    latencies.push(await recordedAfterMs(world, { sql: 'SELECT min(recorded_at) AS at FROM quotas.position_observation WHERE balance = $1 AND recorded_at >= $2', value: moved.balance, since: moved.at }));
  }
  return latencies;
}

/** A house changes the mapping by itself, and says so. */
async function changeMappings(world: DayWorld): Promise<number[]> {
  const { rail, books } = world;
  const latencies: number[] = [];
  for (const house of Object.values(ClearingHouse)) {
    const mapped = minorOf(await mappedAtRail(world, house));
    for (let nth = 1; nth <= OBSERVATIONS; nth += 1) {
      const changed = mapped + BigInt(nth === OBSERVATIONS ? 0 : nth);
      await rail.call({ method: 'POST', path: `/admin/quota?house=${house}`, body: { mapped: textOf(changed), resetConsumed: false, notify: true } });
      const [told] = await books.rails<{ at: Date }>("SELECT max(occurred_at) AS at FROM rails.notice WHERE kind = 'QUOTA_CHANGED' AND clearing_house = $1", [house]);
      if (told === undefined) throw new Error('the house has told nothing');
      await until('the board shows the mapping', async () => minorOf(houseOf(await boardOf(world), house).mappedQuota) === changed);
      latencies.push(await recordedAfterMs(world, { sql: 'SELECT min(recorded_at) AS at FROM quotas.quota_observation WHERE mapped = $1 AND recorded_at >= $2', value: String(changed), since: told.at }));
    }
  }
  return latencies;
}

async function recordedAfterMs({ books }: DayWorld, { sql, value, since }: { sql: string; value: string; since: Date }): Promise<number> {
  const [recorded] = await books.ours<{ at: Date | null }>(sql, [value, since]);
  if (recorded?.at == null) throw new Error('the board shows a figure that the books have not');
  return recorded.at.getTime() - since.getTime();
}
