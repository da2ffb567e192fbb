import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import type { Breaker, Happening } from '../domain/breaker.ts';
import { BreakerRepository } from '../persistence/breaker.repository.ts';
import { MoveBreaker } from './move-breaker.ts';

const KEY = 'UNIONPAY/102100099996';
const TROUBLE: Happening = { kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' };
let testing: TestDatabase;
let database: Database;
let one: PayoutsWorld;
let two: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  [one, two] = [await PayoutsWorld.on(database), await PayoutsWorld.on(database)];
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

const happens = (happening: Happening, seenEpoch: bigint | null = null, world = one): Promise<Breaker | null> =>
  database.transaction((tx) => world.get(MoveBreaker).execute(tx, { key: KEY, happening, seenEpoch, by: null }));
const events = async (): Promise<string[]> => (await one.query<{ event: string }>('SELECT event FROM breaker_event ORDER BY key, epoch')).map(({ event }) => event);
const due = () => testing.admin.query(`UPDATE payouts.breaker SET open_until = '2020-01-01' WHERE open_until IS NOT NULL`);

test('many processes meet the same trouble and the breaker opens once', async () => {
  await happens(TROUBLE);
  await testing.admin.query('TRUNCATE payouts.breaker CASCADE');

  await Promise.allSettled(Array.from({ length: 12 }, (_, at) => happens(TROUBLE, null, at % 2 === 0 ? one : two)));

  expect(await events()).toEqual(['trip']);
  expect(await one.get(BreakerRepository).list(database)).toMatchObject([{ key: KEY, state: 'OPEN', epoch: 1n, openings: 1 }]);
});

test('two processes review at once and one of them lets the route try', async () => {
  await happens(TROUBLE);
  await one.get(MoveBreaker).review();
  expect(await events()).toEqual(['trip']);
  await due();

  await Promise.all([one.get(MoveBreaker).review(), two.get(MoveBreaker).review()]);

  expect(await events()).toEqual(['trip', 'probe']);
});

test('the good news of an earlier epoch does not close a route that broke again', async () => {
  await happens(TROUBLE);
  await due();
  await one.get(MoveBreaker).review();
  await happens({ kind: 'PROBE_FAILED', reason: 'PROBE_UNKNOWN' }, 2n);

  expect(await happens({ kind: 'GOOD', count: 2 }, 2n)).toBeNull();

  expect(await one.get(BreakerRepository).list(database)).toMatchObject([{ state: 'OPEN', epoch: 3n, openings: 2 }]);
});

test('goods that are told at once are all counted, and the stages follow each other', async () => {
  await happens(TROUBLE);
  await due();
  await one.get(MoveBreaker).review();

  await Promise.all([happens({ kind: 'GOOD', count: 1 }, 2n), happens({ kind: 'GOOD', count: 1 }, 2n, two)]);
  await happens({ kind: 'GOOD', count: 8 }, 3n);
  await happens({ kind: 'GOOD', count: 32 }, 4n);

  expect(await events()).toEqual(['trip', 'probe', 'advance', 'advance', 'recover']);
  expect(await one.get(BreakerRepository).list(database)).toMatchObject([{ state: 'CLOSED', openings: 0 }]);
  expect(one.events.filter(({ event }) => event === 'breaker-changed').length).toBeGreaterThan(2);
});

test('the database keeps every change of a breaker, and refuses a force that one person decided', async () => {
  await happens(TROUBLE);

  await expect(one.query(`UPDATE breaker_event SET reason = 'another' RETURNING 1`)).rejects.toMatchObject({ code: '42501' });
  await expect(
    one.query(`UPDATE breaker SET open_until = NULL, forced_by = 'alice', forced_approved_by = 'alice', forced_reason = 'r', forced_until = '2026-11-22' RETURNING 1`),
  ).rejects.toMatchObject({ code: '23514' });
});
