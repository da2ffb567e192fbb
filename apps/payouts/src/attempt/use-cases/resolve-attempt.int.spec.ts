import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@jinku/calendar';
import type { AttemptConclusion, RailNoticeReceivedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import type { Actor } from '@jinku/service';
import { aRequest } from '../../payout/payout.builder.ts';
import { ListPayouts } from '../../payout/queries/list-payouts.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest, type Admitted } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase, instructionsOf } from '../../payouts-world.builder.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';
import { ListResolutions } from '../queries/list-resolutions.ts';
import { DispatchBatch } from './dispatch-batch.ts';
import { RecordNotices } from './record-notices.ts';
import { ResolveAttempt } from './resolve-attempt.ts';

const VALIDITY_MS = 60_000;
const [alice, bob, carol] = (['alice', 'bob', 'carol'] as const).map((id): Actor => ({ kind: 'PERSON', id, roles: ['operator', 'approver', 'admin'] })) as [Actor, Actor, Actor];
const clock = new ManualClock('2026-11-21T02:00:00Z');
let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database, { clock, config: { validityMs: VALIDITY_MS } });
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

/** A payout whose attempt is out, and whose answer was lost. */
async function lost(): Promise<{ payoutId: string; serialNumber: string }> {
  const payout = await dispatched();
  await database.transaction((tx) => world.get(AttemptRepository).scheduleInquiries(tx, [{ serialNumber: payout.serialNumber, inquireAt: new Date(clock.wallNow()) }]));
  return payout;
}

async function dispatched(): Promise<{ payoutId: string; serialNumber: string }> {
  await world.get(AdmissionGroup).all([readPayoutRequest(aRequest(), { clientId: 'settlement', root: '' })]) as Admitted[];
  const lease = world.lease(0);
  await lease.acquire();
  const claimed = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(1) });
  await lease.release();
  if ('halt' in claimed) throw new Error(claimed.halt);
  const [{ payoutId, serialNumber } = { payoutId: '', serialNumber: '' }] = instructionsOf(claimed);
  return { payoutId, serialNumber };
}

const propose = (payoutId: string, conclusion: AttemptConclusion = 'SUCCEEDED', actor = alice) =>
  database.transaction((tx) => world.get(ResolveAttempt).propose(tx, { payoutId, conclusion, evidence: 'letter of the house', reason: 'asked by phone', actor }));
const decide = (verb: 'approve' | 'reject' | 'withdraw', payoutId: string, { resolutionId }: { resolutionId: string }, actor: Actor) =>
  database.transaction((tx): Promise<unknown> => world.get(ResolveAttempt)[verb](tx, { payoutId, resolutionId, actor, reason: 'seen' }));
const answer = (serialNumber: string, outcome: 'SUCCEEDED' | 'FAILED') => {
  const notice: RailNoticeReceivedV1 = {
    noticeId: `N-${serialNumber}`, clearingHouse: 'NETSUNION', kind: 'PAYOUT_RESULT', serialNumber, outcome, code: outcome === 'FAILED' ? '0101' : '0000', amount: '100.00', occurredAt: clock.now().toISOString(),
  };
  return database.transaction((tx) => world.get(RecordNotices).execute(tx, [notice]));
};
const stateOf = async (payoutId: string) => (await world.get(ListPayouts).find(payoutId))?.state;
const resolutions = async (payoutId: string) => (await world.get(ListResolutions).ofPayout(payoutId)).map(({ state, conclusion }) => `${conclusion} ${state}`).sort();
const endVoid = () => world.get(ResolveAttempt).endVoid();

test('one person proposes with evidence, another approves, and the payout ends at once with its reservation', async () => {
  const { payoutId, serialNumber } = await lost();

  const proposal = await propose(payoutId);
  expect(await world.get(ListResolutions).open({ now: clock.now(), limit: 10 })).toMatchObject([{ ...proposal, payoutId, serialNumber, proposedBy: 'alice', evidence: 'letter of the house' }]);
  expect(await decide('approve', payoutId, proposal, bob)).toEqual({ ...proposal, state: 'APPROVED' });

  expect(await stateOf(payoutId)).toBe('SUCCEEDED');
  expect(await world.get(ListResolutions).ofPayout(payoutId)).toMatchObject([{ state: 'APPROVED', decidedBy: 'bob', note: 'seen', reason: 'asked by phone' }]);
  expect(await world.query('SELECT concluded_by, conclusion FROM attempt')).toEqual([{ concluded_by: 'RESOLUTION', conclusion: 'SUCCEEDED' }]);
  expect(await world.query('SELECT reserved, consumed_total FROM quota_grant')).toEqual([{ reserved: 0n, consumed_total: 10_000n }]);
  const audited = await world.query<{ content: string }>('SELECT content FROM audit_entry ORDER BY sequence');
  expect(audited.map(({ content }) => (JSON.parse(content) as { action: string; actor: { id: string } }).action)).toEqual(['payouts.propose-resolution', 'payouts.approve-resolution']);
});

test('whoever proposed it can neither approve nor reject it, under whatever role, and nobody else can take it back', async () => {
  const { payoutId } = await lost();
  const proposal = await propose(payoutId);
  const asAdmin: Actor = { ...alice, roles: ['admin'] };

  await expect(decide('approve', payoutId, proposal, asAdmin)).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  await expect(decide('reject', payoutId, proposal, asAdmin)).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });
  await expect(decide('withdraw', payoutId, proposal, bob)).rejects.toMatchObject({ code: 'ONLY_MAKER_WITHDRAWS' });

  expect(await resolutions(payoutId)).toEqual(['SUCCEEDED PROPOSED']);
  expect(await world.query('SELECT 1 FROM open_attempt')).toHaveLength(1);
});

test('a rejected, a withdrawn and an expired proposal have no effect, and a new one may be made', async () => {
  const { payoutId } = await lost();

  await decide('reject', payoutId, await propose(payoutId), bob);
  await decide('withdraw', payoutId, await propose(payoutId), alice);
  const stale = await propose(payoutId);
  clock.advance(86_400_000);
  await expect(decide('approve', payoutId, stale, bob)).rejects.toMatchObject({ code: 'APPROVAL_EXPIRED' });
  expect(await endVoid()).toBe(1);
  const fresh = await propose(payoutId);

  expect(await resolutions(payoutId)).toEqual(['SUCCEEDED EXPIRED', 'SUCCEEDED PROPOSED', 'SUCCEEDED REJECTED', 'SUCCEEDED WITHDRAWN']);
  await decide('approve', payoutId, fresh, bob);
  expect(await stateOf(payoutId)).toBe('SUCCEEDED');
});

test('two approve at once: one decides, the outcome is recorded once', async () => {
  const { payoutId } = await lost();
  const proposal = await propose(payoutId);

  const racing = await Promise.allSettled([decide('approve', payoutId, proposal, bob), decide('approve', payoutId, proposal, carol)]);

  expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await world.query('SELECT consumed_total FROM quota_grant')).toEqual([{ consumed_total: 10_000n }]);
});

test('the rail\'s definite answer ends the open proposal: it is seen as overtaken at once, cannot be approved, and is closed', async () => {
  const { payoutId, serialNumber } = await lost();
  clock.advance(VALIDITY_MS + 1);
  const proposal = await propose(payoutId, 'FAILED');

  await answer(serialNumber, 'SUCCEEDED');

  expect(await resolutions(payoutId)).toEqual(['FAILED OVERTAKEN']);
  expect(await world.get(ListResolutions).open({ now: clock.now(), limit: 10 })).toEqual([]);
  await expect(decide('approve', payoutId, proposal, bob)).rejects.toMatchObject({ code: 'RESOLUTION_OVERTAKEN' });
  expect(await endVoid()).toBe(1);
  expect(await endVoid()).toBe(0);
  await expect(decide('approve', payoutId, proposal, bob)).rejects.toMatchObject({ code: 'ALREADY_DECIDED' });
  expect(await resolutions(payoutId)).toEqual(['FAILED OVERTAKEN']);
  expect(await stateOf(payoutId)).toBe('SUCCEEDED');
});

test('the rail answers at the moment of the approval: whoever comes second changes nothing', async () => {
  const { payoutId, serialNumber } = await lost();
  clock.advance(VALIDITY_MS + 1);
  const proposal = await propose(payoutId, 'FAILED');

  const [approval] = await Promise.allSettled([decide('approve', payoutId, proposal, bob), answer(serialNumber, 'SUCCEEDED')]);

  const [attempt] = await world.query<{ conclusion: string }>('SELECT conclusion FROM attempt');
  expect(attempt?.conclusion).toBe(approval.status === 'fulfilled' ? 'FAILED' : 'SUCCEEDED');
  expect(await stateOf(payoutId)).toBe(attempt?.conclusion);
  // A word that came too late contradicts what two persons decided, and is put before a person.
  expect(await world.query('SELECT 1 FROM outcome_conflict')).toHaveLength(approval.status === 'fulfilled' ? 1 : 0);
});

test('one of two proposals about an attempt is approved, and the other is void', async () => {
  const { payoutId } = await lost();
  clock.advance(VALIDITY_MS + 1);
  const [failed, succeeded] = [await propose(payoutId, 'FAILED'), await propose(payoutId, 'SUCCEEDED', bob)];

  await decide('approve', payoutId, failed, carol);

  await expect(decide('approve', payoutId, succeeded, carol)).rejects.toMatchObject({ code: 'RESOLUTION_OVERTAKEN' });
  await endVoid();
  expect(await resolutions(payoutId)).toEqual(['FAILED APPROVED', 'SUCCEEDED OVERTAKEN']);
  expect(await stateOf(payoutId)).toBe('FAILED');
});

test('nobody can say that an attempt failed while its number is valid, nor anything while its answer is waited for', async () => {
  const { payoutId } = await lost();
  const waited = await dispatched();

  await expect(propose(payoutId, 'FAILED')).rejects.toMatchObject({ code: 'ATTEMPT_STILL_VALID' });
  await expect(propose(waited.payoutId)).rejects.toMatchObject({ code: 'ATTEMPT_NOT_UNKNOWN' });
  clock.advance(VALIDITY_MS);
  await expect(propose(payoutId, 'FAILED')).resolves.toHaveProperty('resolutionId');
});

test('a proposal is found under its own payout only', async () => {
  const [one, other] = [await lost(), await lost()];
  const proposal = await propose(one.payoutId);

  await expect(decide('approve', other.payoutId, proposal, bob)).rejects.toMatchObject({ code: 'RESOLUTION_NOT_FOUND' });
  await expect(propose('01993c1e-0000-7000-8000-00000000dead')).rejects.toMatchObject({ code: 'PAYOUT_NOT_FOUND' });
});
