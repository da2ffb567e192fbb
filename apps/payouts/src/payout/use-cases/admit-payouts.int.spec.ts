import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Refusal } from '@jinku/errors';
import type { PayoutResultsReportedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { aPayoutsDatabase, PayoutsWorld, resetPayouts, type TestDatabase } from '../../payouts-world.builder.ts';
import { aRequest } from '../payout.builder.ts';
import { AdmissionGroup } from './admission-group.ts';
import { readPayoutRequest, type Admission, type Admitted } from './admit-payouts.ts';

let testing: TestDatabase;
let database: Database;
let world: PayoutsWorld;

beforeAll(async () => {
  ({ test: testing, database } = await aPayoutsDatabase());
  world = await PayoutsWorld.on(database);
});
beforeEach(() => resetPayouts(testing));
afterAll(() => testing.drop());

function admitAll(given: readonly unknown[], clientId = 'settlement'): Promise<Admission[]> {
  return world.get(AdmissionGroup).all(given.map((request, at) => readPayoutRequest(request, { clientId, root: `payouts[${at}]` })));
}

async function counts(): Promise<Record<string, bigint>> {
  const [row] = await world.query<Record<string, bigint>>(
    'SELECT (SELECT count(*) FROM payout_request) AS requests, (SELECT count(*) FROM payout) AS payouts, (SELECT count(*) FROM queue_entry) AS queued',
  );
  return row ?? {};
}

test('the same request id with the same content is the same payout, also within one batch', async () => {
  const request = aRequest();

  const [first, second] = (await admitAll([request, { ...request }])) as Admitted[];
  const [third] = (await admitAll([request])) as Admitted[];

  expect(second?.payoutId).toBe(first?.payoutId);
  expect(third).toMatchObject({ payoutId: first?.payoutId, isNew: false, state: 'QUEUED' });
  expect([first?.isNew, second?.isNew]).toEqual([true, false]);
  expect(await counts()).toEqual({ requests: 1n, payouts: 1n, queued: 1n });
});

test('the same request id with other content is refused, in one batch and later', async () => {
  const request = aRequest();

  const [, inBatch] = await admitAll([request, { ...request, amount: '100.01' }]);
  const [later] = await admitAll([{ ...request, purpose: '别的用途' }]);

  for (const refusal of [inBatch, later]) expect(refusal).toMatchObject({ code: 'REQUEST_ID_REUSED' });
  expect((inBatch as Refusal).violations[0]?.field).toBe('payouts[1].requestId');
  expect((await counts())['payouts']).toBe(1n);
});

test('two clients may use the same request id', async () => {
  const request = aRequest();

  const [one] = (await admitAll([request], 'settlement')) as Admitted[];
  const [other] = (await admitAll([request], 'wallet')) as Admitted[];

  expect(one?.payoutId).not.toBe(other?.payoutId);
});

test('twenty callers race with one request id and all get one payout', async () => {
  const request = aRequest();
  const noise = (): object[] => Array.from({ length: 5 }, () => aRequest());

  const answers = await Promise.all(Array.from({ length: 20 }, () => admitAll([...noise(), request, ...noise()])));

  const ids = new Set(answers.map((answer) => (answer[5] as Admitted).payoutId));
  expect(ids.size).toBe(1);
  expect(answers.filter((answer) => (answer[5] as Admitted).isNew)).toHaveLength(1);
  expect(await counts()).toEqual({ requests: 201n, payouts: 201n, queued: 201n });
});

test('a bad row is refused by field and hurts no other row', async () => {
  const answers = await admitAll([aRequest(), aRequest({ amount: '0.001' }), aRequest({ merchantId: 'M10002' }), aRequest()]);

  expect(answers.map((answer) => (answer instanceof Refusal ? answer.code : 'ADMITTED'))).toEqual(['ADMITTED', 'INVALID_REQUEST', 'MERCHANT_SUSPENDED', 'ADMITTED']);
  expect((answers[1] as Refusal).violations[0]?.field).toBe('payouts[1].amount');
  expect((await counts())['payouts']).toBe(2n);
});

test('a refused request id is not used up', async () => {
  const request = aRequest({ merchantId: 'M10002' });
  await admitAll([request]);

  const [, corrected] = await admitAll([request, { ...request, merchantId: 'M10001' }]);

  expect(corrected).toMatchObject({ isNew: true });
});

test('a known request is answered as it was, also when its merchant was suspended since', async () => {
  const request = aRequest();
  const [first] = (await admitAll([request])) as Admitted[];
  await testing.admin.query(`UPDATE payouts.merchant SET state = 'SUSPENDED' WHERE merchant_id = 'M10001'`);

  const [again] = (await admitAll([request])) as Admitted[];

  expect(again?.payoutId).toBe(first?.payoutId);
});

test('the payee is stored encrypted, bound to its payout, and found by its hash', async () => {
  await admitAll([aRequest()]);

  const [row] = await world.query<{ payee_cipher: string; payee_masked: string }>('SELECT payee_cipher, payee_masked FROM payout');
  expect(row?.payee_masked).toBe('6222****5678');
  expect(row?.payee_cipher).not.toContain('6222020200012345678');
});

test('a batch of new payouts is told in one message per client and shard', async () => {
  await admitAll(Array.from({ length: 30 }, () => aRequest()));

  const [message, ...rest] = await world.told<PayoutResultsReportedV1>('payouts.payout-results-reported.v1');
  expect(rest).toEqual([]);
  expect(message?.results).toHaveLength(30);
  expect(message?.results[0]).toMatchObject({ state: 'QUEUED', sequence: 1, amount: '100.00' });
});

test('the database refuses a whole statement in which one payout names a merchant that is not on the register', async () => {
  await admitAll([aRequest()]);
  const copy = (merchantId: string): Promise<unknown> =>
    world.query(
      `INSERT INTO payout SELECT (jsonb_populate_record(p, jsonb_build_object('payout_id', uuidv7(), 'merchant_id', $1::text))).* FROM payout p RETURNING 1`,
      [merchantId],
    );

  await expect(copy('NOBODY')).rejects.toMatchObject({ code: '23503' });
  expect((await counts())['payouts']).toBe(1n);
  await expect(copy('M10001')).resolves.toHaveLength(1);
});
