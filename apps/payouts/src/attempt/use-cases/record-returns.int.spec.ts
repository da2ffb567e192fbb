import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { payoutResultsReportedV1, payoutsReturnedV1, type PayoutResultsReportedV1, type PayoutsReturnedV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { aRequest } from '../../payout/payout.builder.ts';
import { ListPayouts } from '../../payout/queries/list-payouts.ts';
import { AdmissionGroup } from '../../payout/use-cases/admission-group.ts';
import { readPayoutRequest, type Admitted } from '../../payout/use-cases/admit-payouts.ts';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase, instructionsOf } from '../../payouts-world.builder.ts';
import { ListOutcomeConflicts } from '../queries/list-outcome-conflicts.ts';
import { ListReturns } from '../queries/list-returns.ts';
import { DispatchBatch } from './dispatch-batch.ts';
import { RecordNotices } from './record-notices.ts';
import { RecordReturns } from './record-returns.ts';

let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;
let noticeCount = 0;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database);
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

/** A payout of 100.00 whose attempt is on its way. */
async function dispatched(): Promise<{ payoutId: string; serialNumber: string }> {
  const [admitted] = (await world.get(AdmissionGroup).all([readPayoutRequest(aRequest(), { clientId: 'settlement', root: '' })])) as Admitted[];
  const lease = world.lease(0);
  await lease.acquire();
  const claimed = await world.get(DispatchBatch).execute({ shard: 0, lease, rooms: world.rooms(10) });
  await lease.release();
  const instruction = 'halt' in claimed ? undefined : instructionsOf(claimed).find(({ payoutId }) => payoutId === admitted?.payoutId);
  return { payoutId: admitted?.payoutId ?? '', serialNumber: instruction?.serialNumber ?? '' };
}

async function succeeded(): Promise<{ payoutId: string; serialNumber: string }> {
  const payout = await dispatched();
  await hear(resultOf(payout.serialNumber));
  return payout;
}

function notice(change: Partial<RailNoticeReceivedV1>): RailNoticeReceivedV1 {
  noticeCount += 1;
  return { noticeId: `N-${noticeCount}`, clearingHouse: 'NETSUNION', kind: 'PAYOUT_RETURNED', serialNumber: '', outcome: 'RETURNED', code: '0000', occurredAt: '2026-11-21T02:00:00.000Z', ...change };
}
const returnOf = (serialNumber: string, amount: string, change: Partial<RailNoticeReceivedV1> = {}) => notice({ serialNumber, amount, clearingDate: '2026-11-23', ...change });
const resultOf = (serialNumber: string, outcome: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED') => notice({ serialNumber, kind: 'PAYOUT_RESULT', outcome, amount: '100.00' });

const hear = (...notices: readonly RailNoticeReceivedV1[]): Promise<void> => database.transaction((tx) => world.get(RecordNotices).execute(tx, notices));
const told = async () =>
  (await world.told<PayoutResultsReportedV1>(payoutResultsReportedV1.name)).flatMap(({ results }) => results).flatMap(({ state, sequence, returned }) => (returned === undefined ? [] : [`${state} ${sequence}: ${returned.amount} of ${returned.total}`]));
const messages = () => world.told<PayoutsReturnedV1>(payoutsReturnedV1.name);
const fates = async () => (await world.get(ListReturns).latest({ limit: 50 })).map(({ amount, state, fault }) => `${amount} ${fault ?? state}`).sort();
const returnedOf = async (payoutId: string) => (await world.get(ListPayouts).find(payoutId))?.returned;

test('two parts come back as the whole: two events under their own sequence, the payout stays SUCCEEDED and its quota consumed', async () => {
  const { payoutId, serialNumber } = await succeeded();
  const [grant] = await world.query('SELECT consumed_total, reserved FROM quota_grant');

  await hear(returnOf(serialNumber, '30.00'));
  await hear(returnOf(serialNumber, '70.00'));

  expect(await told()).toEqual(['SUCCEEDED 3: 30.00 of 30.00', 'SUCCEEDED 4: 70.00 of 100.00']);
  expect((await messages()).flatMap(({ returns }) => returns)).toMatchObject([
    { payoutId, serialNumber, amount: '30.00', returnedTotal: '30.00', clearingDate: '2026-11-23', merchantId: 'M10001', businessLine: 'SETTLEMENT' },
    { payoutId, serialNumber, amount: '70.00', returnedTotal: '100.00' },
  ]);
  expect(await world.get(ListPayouts).find(payoutId)).toMatchObject({ state: 'SUCCEEDED', returned: '100.00', amount: '100.00' });
  expect(await world.query('SELECT consumed_total, reserved FROM quota_grant')).toEqual([grant]);
});

test('several returns of one payout in one batch are told one after the other, in one message', async () => {
  const { serialNumber } = await succeeded();

  await hear(returnOf(serialNumber, '1.00'), returnOf(serialNumber, '2.00'), returnOf(serialNumber, '3.00'));

  expect(await told()).toEqual(['SUCCEEDED 3: 1.00 of 1.00', 'SUCCEEDED 4: 2.00 of 3.00', 'SUCCEEDED 5: 3.00 of 6.00']);
  expect(await messages()).toHaveLength(1);
});

test('a notice told again, in the same batch, later or by two at once, returns once', async () => {
  const { payoutId, serialNumber } = await succeeded();
  const once = returnOf(serialNumber, '30.00');

  await hear(once, once);
  await hear(once);
  const other = returnOf(serialNumber, '10.00');
  const racing = await Promise.allSettled([hear(other), hear(other), hear(other)]);

  expect(racing.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(await told()).toEqual(['SUCCEEDED 3: 30.00 of 30.00', 'SUCCEEDED 4: 10.00 of 40.00']);
  expect(await returnedOf(payoutId)).toBe('40.00');
});

test('more than was paid never comes back: the excess is set aside and alerted, also when two race for the rest', async () => {
  const { payoutId, serialNumber } = await succeeded();

  await hear(returnOf(serialNumber, '60.00'));
  await hear(returnOf(serialNumber, '40.01'));
  await Promise.all([hear(returnOf(serialNumber, '40.00')), hear(returnOf(serialNumber, '40.00'))]);

  expect(await fates()).toEqual(['40.00 ABOVE_AMOUNT', '40.00 RECORDED', '40.01 ABOVE_AMOUNT', '60.00 RECORDED']);
  expect(await returnedOf(payoutId)).toBe('100.00');
  expect(await told()).toHaveLength(2);
  expect(world.events.filter(({ event }) => event === 'payout-return-quarantined')).toMatchObject([{ fields: { fault: 'ABOVE_AMOUNT' } }, { fields: { fault: 'ABOVE_AMOUNT' } }]);
});

test('the schema itself refuses a total above the amount, and a return of what did not succeed', async () => {
  const { payoutId } = await succeeded();
  const open = await dispatched();

  await expect(world.query('UPDATE payout SET returned_minor = 10001 WHERE payout_id = $1 RETURNING 1', [payoutId])).rejects.toMatchObject({ code: '23514' });
  await expect(world.query('UPDATE payout SET returned_minor = 1 WHERE payout_id = $1 RETURNING 1', [open.payoutId])).rejects.toMatchObject({ code: '23514' });
});

test('a return told before our success is known waits, has the house asked at once, and is recorded when the success is', async () => {
  const { payoutId, serialNumber } = await dispatched();

  await hear(returnOf(serialNumber, '25.00'));
  expect(await fates()).toEqual(['25.00 WAITING']);
  expect(await world.query('SELECT 1 FROM open_attempt WHERE inquire_at <= clock_timestamp()')).toHaveLength(1);
  expect(await world.get(RecordReturns).settleWaiting()).toBe(0);

  await hear(resultOf(serialNumber));
  expect(await world.get(RecordReturns).settleWaiting()).toBe(1);
  expect(await world.get(RecordReturns).settleWaiting()).toBe(0);
  expect(await fates()).toEqual(['25.00 RECORDED']);
  expect(await told()).toEqual(['SUCCEEDED 3: 25.00 of 25.00']);
  expect(await returnedOf(payoutId)).toBe('25.00');
});

test('a return and the success that it follows from may come in one batch', async () => {
  const { serialNumber } = await dispatched();

  await hear(returnOf(serialNumber, '5.00'), resultOf(serialNumber));
  await world.get(RecordReturns).settleWaiting();

  expect(await told()).toEqual(['SUCCEEDED 3: 5.00 of 5.00']);
});

test('a return of what failed by our record is set aside and put before a person as a contradiction', async () => {
  const waiting = await dispatched();
  await hear(returnOf(waiting.serialNumber, '3.00'));
  await hear(resultOf(waiting.serialNumber, 'FAILED'));
  await world.get(RecordReturns).settleWaiting();
  await hear(returnOf(waiting.serialNumber, '4.00'));

  expect(await fates()).toEqual(['3.00 NOT_SUCCEEDED', '4.00 NOT_SUCCEEDED']);
  const { payoutId, serialNumber } = waiting;
  expect(await world.get(ListOutcomeConflicts).execute({ limit: 10 })).toMatchObject([
    { payoutId, serialNumber, source: 'NOTICE', toldOutcome: 'RETURNED', toldAmount: '4.00', recordedConclusion: 'FAILED' },
    { payoutId, serialNumber, source: 'NOTICE', toldOutcome: 'RETURNED', toldAmount: '3.00', recordedConclusion: 'FAILED' },
  ]);
  expect(await messages()).toEqual([]);
});

test('a number that is not ours, no amount and a word that is not definite are set aside, and hurt no other return of their batch', async () => {
  const { serialNumber } = await succeeded();

  await hear(returnOf('JINKU001202611210000099999', '1.00'), returnOf(serialNumber, '0.00'), returnOf(serialNumber, '7.00', { outcome: 'UNKNOWN' }), returnOf(serialNumber, '2.00'));

  expect(await fates()).toEqual(['0.00 NOT_DEFINITE', '1.00 UNKNOWN_NUMBER', '2.00 RECORDED', '7.00 NOT_DEFINITE']);
});

test('results and returns of numbers that other services of ours drew are theirs, and contradict nothing here', async () => {
  const ours = 'JINKU001202611210000099999';
  const [ofQuotas, ofTransfers] = ['JINKU001202611211000000001', 'JINKU001202611212000000001'];

  await hear(resultOf(ofQuotas), resultOf(ofTransfers), returnOf(ofTransfers, '1.00'), resultOf(ours));

  expect(await fates()).toEqual([]);
  expect((await world.get(ListOutcomeConflicts).execute({ limit: 10 })).map(({ serialNumber }) => serialNumber)).toEqual([ours]);
});
