import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { PayoutResultsReportedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { DispatchBatch } from '../../attempt/use-cases/dispatch-batch.ts';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase, instructionsOf } from '../../payouts-world.builder.ts';
import { QueueRepository } from '../persistence/queue.repository.ts';
import { aRequest } from '../payout.builder.ts';
import { ListPayouts } from '../queries/list-payouts.ts';
import { AdmissionGroup } from './admission-group.ts';
import { readPayoutRequest, type Admitted } from './admit-payouts.ts';
import { ControlPayout, type Controlled } from './control-payout.ts';

const alice: Actor = { kind: 'PERSON', id: 'alice', roles: ['operator'] };
const clock = new ManualClock('2026-11-21T02:00:00Z');
const VERBS = ['hold', 'release', 'cancel', 'expedite'] as const;
let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database, { clock });
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

async function admit(): Promise<string> {
  clock.advance(1_000);
  const [admitted] = (await world.get(AdmissionGroup).all([readPayoutRequest(aRequest(), { clientId: 'settlement', root: '' })])) as Admitted[];
  return admitted?.payoutId ?? '';
}

function control(verb: (typeof VERBS)[number], payoutId: string, reason = 'asked by the merchant'): Promise<Controlled> {
  return database.transaction((tx) => world.get(ControlPayout)[verb](tx, { payoutId, reason, actor: alice }));
}

/** Claims so many, and answers which. */
async function claim(countMax = 10): Promise<string[]> {
  const lease = world.lease(0);
  await lease.acquire();
  const dispatched = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(countMax) });
  await lease.release();
  return 'halt' in dispatched ? [] : instructionsOf(dispatched).map(({ payoutId }) => payoutId);
}

const told = async () => (await world.told<PayoutResultsReportedV1>('payouts.payout-results-reported.v1')).flatMap(({ results }) => results).map(({ state, sequence, reasonCode }) => `${sequence} ${state} ${reasonCode ?? ''}`.trim());

test('a held payout is not claimed, and a released one stands at its old place', async () => {
  const [first, second, third] = [await admit(), await admit(), await admit()];

  expect(await control('hold', second)).toEqual({ payoutId: second, state: 'HELD' });
  expect(await claim(1)).toEqual([first]);
  expect(await control('release', second)).toEqual({ payoutId: second, state: 'QUEUED' });

  expect(await claim(1)).toEqual([second]);
  expect(await claim()).toEqual([third]);
  expect((await told()).slice(3)).toEqual(['2 HELD HELD_BY_OPERATOR', '3 QUEUED']);
});

test('a cancelled payout never leaves, whether it waited or was held', async () => {
  const [waiting, held] = [await admit(), await admit()];
  await control('hold', held);

  await control('cancel', waiting);
  await control('cancel', held);

  expect(await claim()).toEqual([]);
  for (const payoutId of [waiting, held]) for (const verb of VERBS) await expect(control(verb, payoutId)).rejects.toMatchObject({ message: 'The payout is CANCELLED.' });
});

test('an expedited payout is claimed first, keeps that place through hold and release, and its client is told nothing', async () => {
  const [first, , third] = [await admit(), await admit(), await admit()];

  expect(await control('expedite', third)).toEqual({ payoutId: third, state: 'QUEUED' });
  expect(await told()).toHaveLength(3);
  await control('hold', third);
  await control('release', third);

  expect(await claim(1)).toEqual([third]);
  expect(await claim(1)).toEqual([first]);
});

test('a payout that waits before its next attempt is expedited into the queue at once', async () => {
  const payoutId = await admit();
  await database.transaction(async (tx) => {
    await world.get(QueueRepository).remove(tx, payoutId);
    await world.get(QueueRepository).defer(tx, [{ payoutId, dueAt: new Date(clock.now().getTime() + 300_000) }]);
  });
  expect(await claim()).toEqual([]);

  await control('expedite', payoutId);

  expect(await claim()).toEqual([payoutId]);
});

test('held payouts are found by themselves, and no longer when they are released or cancelled', async () => {
  const [one, two, three] = [await admit(), await admit(), await admit()];
  for (const payoutId of [one, two, three]) await control('hold', payoutId);
  const held = async (): Promise<string[]> => (await world.get(ListPayouts).execute({ clientId: null, state: 'HELD', limit: 10 })).map(({ payoutId }) => payoutId);

  expect(await held()).toEqual([one, two, three].sort());
  await control('release', one);
  await control('cancel', two);

  expect(await held()).toEqual([three]);
  expect(await world.query('SELECT payout_id AS id FROM held_entry')).toEqual([{ id: three }]);
});

test('what was claimed is out of the operators\' hands', async () => {
  const payoutId = await admit();
  await claim();

  for (const verb of VERBS) await expect(control(verb, payoutId)).rejects.toMatchObject({ message: 'The payout is DISPATCHED.' });
  await expect(control('cancel', '01993c1e-0000-7000-8000-00000000dead')).rejects.toMatchObject({ code: 'PAYOUT_NOT_FOUND' });
});

test('a cancellation races with a claim: the payout is either cancelled or sent, never both', async () => {
  for (let round = 0; round < 10; round += 1) {
    const payoutId = await admit();
    const [cancelled, claimed] = await Promise.allSettled([control('cancel', payoutId), claim()]);

    const isSent = claimed.status === 'fulfilled' && claimed.value.includes(payoutId);
    expect(isSent).toBe(cancelled.status === 'rejected');
    expect(await world.query('SELECT 1 FROM open_attempt WHERE payout_id = $1', [payoutId])).toHaveLength(isSent ? 1 : 0);
  }
});

test('a release and a cancellation race for a held payout, and its place in the queue agrees with its state', async () => {
  for (let round = 0; round < 20; round += 1) {
    const payoutId = await admit();
    await control('hold', payoutId);

    const [, cancelled] = await Promise.allSettled([control('release', payoutId), control('cancel', payoutId)]);

    const [row] = await world.query('SELECT state, (SELECT count(*) FROM queue_entry q WHERE q.payout_id = p.payout_id) AS places FROM payout p WHERE payout_id = $1', [payoutId]);
    expect(row).toEqual(cancelled.status === 'fulfilled' ? { state: 'CANCELLED', places: 0n } : { state: 'QUEUED', places: 1n });
  }
});

test('each of it is audited with person and reason', async () => {
  const payoutId = await admit();
  for (const verb of ['expedite', 'hold', 'release', 'cancel'] as const) await control(verb, payoutId, `why ${verb}`);

  const audited = (await world.query<{ content: string }>('SELECT content FROM audit_entry ORDER BY sequence')).map(({ content }) => JSON.parse(content) as object);
  expect(audited).toMatchObject(['expedite', 'hold', 'release', 'cancel'].map((verb) => ({ action: `payouts.${verb}`, reason: `why ${verb}`, subject: `payout:${payoutId}`, actor: { id: 'alice' } })));
});
