import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Fates, readPayoutFiles } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import { aRequest } from './a-request.ts';
import { PayoutWorld } from './payout-world.ts';
import { PROFILE } from './profile.ts';

const REQUESTS_OF_THE_EXAMPLE = 240;
const SETTLED_WITHIN_MS = 60_000;
const EXPIRES_AFTER_MS = 2_500;
/** Payees whose first payout meets a fault that only a sweep can bring to an end. */
const UNANSWERED = '6222020200010000001';
const NEVER_EXECUTED = '6222020200010000002';
const UNTOLD = '6222020200010000003';

jest.setTimeout(180_000);

describe(`with JINKU_JOBS=off on the ${PROFILE} profile`, () => {
  let world: PayoutWorld;

  beforeAll(async () => {
    world = await PayoutWorld.start(PROFILE, { JINKU_JOBS: 'off' });
  });

  afterAll(async () => {
    await (world as PayoutWorld | undefined)?.stop();
  });

  test('a payout that waits past its latest time while payouts are stopped expires and is never sent', async () => {
    const { operator, approver } = world.institution.tokens;
    const body = { reason: 'The house announced an outage' };
    await world.gateway.call({ method: 'POST', path: '/v1/payouts/stop-all', token: operator, body });
    const late = aRequest({ latestBy: new Date(Date.now() + EXPIRES_AFTER_MS).toISOString() });
    const patient = aRequest();
    const fates = new Fates([late]);
    await world.sendBatch([late, patient]);

    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    await world.gateway.call({ method: 'POST', path: '/v1/payouts/start-all', token: operator, body });
    await world.gateway.call({ method: 'POST', path: '/v1/payouts/start-all', token: approver, body });
    const patientFates = new Fates([patient]);
    await world.follow(patientFates, { withinMs: SETTLED_WITHIN_MS });

    expect(fates.stateOf(late.requestId)).toBe('EXPIRED');
    expect(patientFates.unfinished()).toEqual([]);
    expect(await attemptsOf(world, late)).toBe(0);
  });

  test('unknown outcomes, deferred payouts and results that nobody tells of are found by sweeps alone, and the books agree', async () => {
    await world.playFaults({
      rates: { TIMEOUT_AFTER_EXECUTION: { share: 0.03 }, DUPLICATE_NOTICE: { share: 0.03, delayMs: 500 }, BUSINESS_FAILURE: { share: 0.03 } },
      script: [
        { payeeAccount: UNANSWERED, fault: 'RESET_AFTER_EXECUTION' },
        { payeeAccount: NEVER_EXECUTED, occurrence: 1, fault: 'TIMEOUT_BEFORE_EXECUTION' },
        { payeeAccount: NEVER_EXECUTED, fault: null },
        { payeeAccount: UNTOLD, fault: 'LOST_NOTICE', delayMs: 500 },
      ],
    });
    const [unanswered, neverExecuted, untold] = [UNANSWERED, NEVER_EXECUTED, UNTOLD].map((accountNumber) => aRequest({ accountNumber })) as [PayoutRequest, PayoutRequest, PayoutRequest];
    const others = readPayoutFiles().requests.slice(0, REQUESTS_OF_THE_EXAMPLE).map(({ request }) => request);
    const fates = new Fates([unanswered, neverExecuted, untold, ...others]);

    await world.send(others.slice(0, REQUESTS_OF_THE_EXAMPLE / 2));
    await world.sendBatch([unanswered, neverExecuted, untold, ...others.slice(REQUESTS_OF_THE_EXAMPLE / 2)]);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(fates.unfinished()).toEqual([]);
    expect([unanswered, neverExecuted, untold].map(({ requestId }) => fates.stateOf(requestId))).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect([await attemptsOf(world, unanswered), await attemptsOf(world, neverExecuted), await attemptsOf(world, untold)]).toEqual([1, 2, 1]);
    expect(await inquiriesAbout(world, unanswered)).toBeGreaterThan(0);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

async function attemptsOf(world: PayoutWorld, { requestId }: PayoutRequest): Promise<number> {
  const [row] = await world.books.ours<{ attempts: string }>('SELECT count(a.serial_number) AS attempts FROM payouts.payout p LEFT JOIN payouts.attempt a USING (payout_id) WHERE request_id = $1', [requestId]);
  return Number(row?.attempts);
}

async function inquiriesAbout(world: PayoutWorld, { requestId }: PayoutRequest): Promise<number> {
  const [row] = await world.books.ours<{ inquiries: string }>(
    'SELECT count(*) AS inquiries FROM payouts.payout JOIN payouts.attempt USING (payout_id) JOIN payouts.inquiry USING (serial_number) WHERE request_id = $1',
    [requestId],
  );
  return Number(row?.inquiries);
}
