import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { DispatchBatch } from '../../attempt/use-cases/dispatch-batch.ts';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase, instructionsOf } from '../../payouts-world.builder.ts';
import { aRequest } from '../payout.builder.ts';
import { AdmissionGroup } from './admission-group.ts';
import { readPayoutRequest } from './admit-payouts.ts';
import { SwitchDispatch } from './switch-dispatch.ts';

const [alice, bob, carol] = (['alice', 'bob', 'carol'] as const).map((id): Actor => ({ kind: 'PERSON', id, roles: ['operator'] })) as [Actor, Actor, Actor];
let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database);
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

const stop = (actor: Actor, reason = 'drill') => database.transaction((tx) => world.get(SwitchDispatch).stop(tx, { actor, reason }));
const start = (actor: Actor, reason = 'all clear') => database.transaction((tx) => world.get(SwitchDispatch).start(tx, { actor, reason }));
const audited = async () =>
  (await world.query<{ content: string }>('SELECT content FROM audit_entry ORDER BY sequence')).map(({ content }) => {
    const { action, actor, reason } = JSON.parse(content) as { action: string; actor: { id: string }; reason: string };
    return `${actor.id} ${action}: ${reason}`;
  });

async function claim(): Promise<string> {
  const lease = world.lease(0);
  await lease.acquire();
  const dispatched = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(10) });
  await lease.release();
  return 'halt' in dispatched ? dispatched.halt : `${instructionsOf(dispatched).length} claimed`;
}

test('one person stops: requests are still admitted, nothing is claimed; after two have started it all goes on', async () => {
  await stop(alice, 'the house behaves strangely');
  await world.get(AdmissionGroup).all([readPayoutRequest(aRequest(), { clientId: 'settlement', root: '' })]);

  expect(await claim()).toBe('STOPPED');
  expect(await start(alice)).toMatchObject({ stopped: true, startProposedBy: 'alice' });
  expect(await claim()).toBe('STOPPED');
  expect(await start(bob, 'seen the answers')).toMatchObject({ stopped: false, startProposedBy: null, stoppedBy: null });
  expect(await claim()).toBe('1 claimed');
  expect(await audited()).toEqual([
    'alice payouts.stop-all: the house behaves strangely',
    'alice payouts.propose-start-all: all clear',
    'bob payouts.start-all: seen the answers',
  ]);
});

test('one person cannot start alone, however often and under whatever role', async () => {
  await stop(alice);
  await start(bob);

  await expect(start({ ...bob, roles: ['admin'] })).rejects.toMatchObject({ code: 'SAME_PERSON' });
  const racing = await Promise.allSettled([start(bob), start(bob)]);

  expect(racing.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await world.get(SwitchDispatch).read(database)).toMatchObject({ stopped: true, startProposedBy: 'bob' });
});

test('of two who start at once one proposes and the other starts', async () => {
  await stop(alice);

  await Promise.all([start(alice), start(bob)]);

  expect(await world.get(SwitchDispatch).read(database)).toMatchObject({ stopped: false });
});

test('whoever stops again takes a proposal to start back, so that it needs two persons anew', async () => {
  await stop(alice);
  await start(alice);

  expect(await stop(bob, 'not yet')).toMatchObject({ stopped: true, startProposedBy: null });
  expect(await start(carol)).toMatchObject({ stopped: true, startProposedBy: 'carol' });
  expect((await audited())[2]).toBe('bob payouts.keep-stopped: not yet');
});

test('stopping what is stopped and starting what runs is refused', async () => {
  await expect(start(alice)).rejects.toMatchObject({ code: 'DISPATCH_NOT_STOPPED' });
  await stop(alice);
  await expect(stop(bob)).rejects.toMatchObject({ code: 'DISPATCH_STOPPED' });
});

test('the schema keeps who stopped, when and why', async () => {
  await expect(world.query('UPDATE dispatch_switch SET stopped = true RETURNING 1')).rejects.toMatchObject({ code: '23514' });
});
