import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { PayoutResultsReportedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { aRequest } from '../payout.builder.ts';
import { ListPayouts } from '../queries/list-payouts.ts';
import { AdmissionGroup } from './admission-group.ts';
import { readPayoutRequest, type Admitted } from './admit-payouts.ts';
import { ControlPayout } from './control-payout.ts';
import { ForgetWatchedPayees } from './forget-watched-payees.ts';

const WINDOW_MS = 60_000;
const alice: Actor = { kind: 'PERSON', id: 'alice', roles: ['operator'] };
const clock = new ManualClock('2026-11-21T02:00:00Z');
let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database, { clock, config: { duplicateWindowMs: WINDOW_MS } });
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

async function admit(requests: readonly unknown[], on = world): Promise<Admitted[]> {
  return (await on.get(AdmissionGroup).all(requests.map((given) => readPayoutRequest(given, { clientId: 'settlement', root: '' })))) as Admitted[];
}

const count = async (table: string): Promise<number> => Number((await world.query<{ count: bigint }>(`SELECT count(*) AS count FROM ${table}`))[0]?.count);

test('the second payout of one amount to one payee within the window is held, told so, and stays out of the queue', async () => {
  const [first] = await admit([aRequest()]);
  clock.advance(WINDOW_MS);
  const [second] = await admit([aRequest()]);

  const results = (await world.told<PayoutResultsReportedV1>('payouts.payout-results-reported.v1')).flatMap((message) => message.results);
  expect([first?.state, second?.state]).toEqual(['QUEUED', 'HELD']);
  expect(results.at(-1)).toMatchObject({ payoutId: second?.payoutId, state: 'HELD', sequence: 1, reasonCode: 'DUPLICATE_SUSPECTED' });
  expect(await world.get(ListPayouts).find(second?.payoutId ?? '')).toMatchObject({ state: 'HELD', reasonCode: 'DUPLICATE_SUSPECTED', duplicateOf: first?.payoutId });
  expect([await count('queue_entry'), await count('held_entry')]).toEqual([1, 1]);
});

test('after the window, for another amount or for another payee it is queued', async () => {
  await admit([aRequest()]);
  clock.advance(WINDOW_MS + 1);

  const answers = await admit([aRequest(), aRequest({ amount: '100.01' }), aRequest({ payee: { ...aRequest().payee, accountNumber: '6222020200012345679' } })]);

  expect(answers.map(({ state }) => state)).toEqual(['QUEUED', 'QUEUED', 'QUEUED']);
});

test('within one batch the later ones are held, each for the one before it', async () => {
  const [first, second, third] = await admit([aRequest(), aRequest(), aRequest()]);

  expect([first, second, third].map((one) => one?.state)).toEqual(['QUEUED', 'HELD', 'HELD']);
  expect(await world.get(ListPayouts).find(third?.payoutId ?? '')).toMatchObject({ duplicateOf: second?.payoutId });
});

test('a repetition under the same request id is the same payout and no suspicion, also of one that is held', async () => {
  const [original, suspect] = [aRequest(), aRequest()];
  await admit([original, suspect]);

  const answers = await admit([original, suspect]);

  expect(answers.map(({ state, isNew }) => [state, isNew])).toEqual([['QUEUED', false], ['HELD', false]]);
  expect(await count('payout')).toBe(2);
});

test('twenty batches race with one payee and amount, and exactly one payout goes on', async () => {
  const answers = (await Promise.all(Array.from({ length: 20 }, () => admit([aRequest()])))).flat();

  expect(answers.filter(({ state }) => state === 'QUEUED')).toHaveLength(1);
  expect(answers.filter(({ state }) => state === 'HELD')).toHaveLength(19);
});

test('a refused request leaves no trace that would hold the corrected one', async () => {
  await admit([aRequest({ merchantId: 'M10002' })]);

  expect(await admit([aRequest()])).toMatchObject([{ state: 'QUEUED' }]);
});

test('the merchant\'s own window goes before the institution\'s, and without any window nothing is written', async () => {
  await testing.admin.query('UPDATE payouts.merchant SET duplicate_window_seconds = 0');
  const off = await admit([aRequest(), aRequest()]);
  const unwatched = await count('watched_payee');
  await testing.admin.query('UPDATE payouts.merchant SET duplicate_window_seconds = 5');
  const quiet = await PayoutsWorld.on(database, { clock, config: { duplicateWindowMs: 0 } });
  const on = await admit([aRequest(), aRequest()], quiet);

  expect([off, on].map((answers) => answers.map(({ state }) => state))).toEqual([['QUEUED', 'QUEUED'], ['QUEUED', 'HELD']]);
  expect([unwatched, await count('watched_payee')]).toEqual([0, 1]);
});

test('an operator releases a suspect into the queue, or cancels it, with a reason', async () => {
  const [, one, other] = await admit([aRequest(), aRequest(), aRequest()]);
  const control = world.get(ControlPayout);
  const command = (payoutId = ''): { payoutId: string; reason: string; actor: Actor } => ({ payoutId, reason: 'asked the merchant', actor: alice });

  const released = await database.transaction((tx) => control.release(tx, command(one?.payoutId)));
  const cancelled = await database.transaction((tx) => control.cancel(tx, command(other?.payoutId)));

  expect([released.state, cancelled.state]).toEqual(['QUEUED', 'CANCELLED']);
  expect(await count('queue_entry')).toBe(2);
});

test('what no window reaches any more is forgotten', async () => {
  await admit([aRequest()]);
  clock.advance(86_400_000 - 1);
  expect(await world.get(ForgetWatchedPayees).execute()).toBe(0);
  clock.advance(2);
  expect(await world.get(ForgetWatchedPayees).execute()).toBe(1);
  expect(await count('watched_payee')).toBe(0);
});
