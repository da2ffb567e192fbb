import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Api, Fates } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import { aRequest } from './a-request.ts';
import { PayoutWorld } from './payout-world.ts';
import { PROFILE } from './profile.ts';

const SETTLED_WITHIN_MS = 60_000;
const TOLD_WITHIN_MS = 20_000;
/** Of each fault so many payouts at once, each to a payee of its own. */
const PAYOUTS_PER_FAULT = 3;
const CALL_TIMEOUT_MS = 1_000;
const VALIDITY_MS = 3_000;
const SOON_MS = 400;
const AFTER_THE_CALL_MS = CALL_TIMEOUT_MS + 1_000;
const AFTER_THE_VALIDITY_MS = VALIDITY_MS + 3_000;

interface ExpectedFate {
  readonly fault: string;
  readonly delayMs?: number;
  readonly code?: string;
  readonly state: 'SUCCEEDED' | 'FAILED';
  readonly reasonCode: string | null;
  /** Told as UNKNOWN on the way: nobody could say whether the house had paid. */
  readonly wasUnknown: boolean;
  /** A second one only where the house has definitely not executed the first. */
  readonly attempts: 1 | 2;
  /** Who told the end of the first attempt. */
  readonly concludedBy: 'ANSWER' | 'INQUIRY' | 'NOTICE';
}

const paid = (fault: string, given: Partial<ExpectedFate> = {}): ExpectedFate => ({ fault, state: 'SUCCEEDED', reasonCode: null, wasUnknown: false, attempts: 1, concludedBy: 'ANSWER', ...given });
/** Executed, and learnt by asking. */
const foundOut = (fault: string, given: Partial<ExpectedFate> = {}): ExpectedFate => paid(fault, { wasUnknown: true, concludedBy: 'INQUIRY', ...given });
/** Never executed: given up once the number's validity and the quiet time have passed, and paid by a second attempt. */
const givenUp = (fault: string, given: Partial<ExpectedFate> = {}): ExpectedFate => foundOut(fault, { attempts: 2, ...given });
const failed = (fault: string, reasonCode: string, given: Partial<ExpectedFate> = {}): ExpectedFate => paid(fault, { state: 'FAILED', reasonCode, ...given });

const TABLE: readonly ExpectedFate[] = [
  givenUp('TIMEOUT_BEFORE_EXECUTION'),
  foundOut('TIMEOUT_AFTER_EXECUTION'),
  givenUp('RESET_BEFORE_EXECUTION'),
  foundOut('RESET_AFTER_EXECUTION'),
  givenUp('SERVER_ERROR_BEFORE_EXECUTION'),
  foundOut('SERVER_ERROR_AFTER_EXECUTION'),
  givenUp('SYSTEM_BUSY'),
  foundOut('LATE_EXECUTION', { delayMs: AFTER_THE_CALL_MS }),
  givenUp('LATE_EXECUTION', { delayMs: AFTER_THE_VALIDITY_MS }),
  paid('SLOW_ANSWER', { delayMs: SOON_MS }),
  foundOut('SLOW_ANSWER', { delayMs: AFTER_THE_CALL_MS }),
  foundOut('HTML_ANSWER'),
  foundOut('EMPTY_ANSWER'),
  foundOut('WRONG_SIGNATURE'),
  failed('BUSINESS_FAILURE', 'RAIL_0101', { code: '0101' }),
  failed('BUSINESS_FAILURE', 'RAIL_0102', { code: '0102' }),
  failed('BUSINESS_FAILURE', 'RAIL_0103', { code: '0103' }),
  failed('RISK_REFUSAL', 'REJECTED_RISK'),
  paid('LATE_NOTICE', { delayMs: SOON_MS, concludedBy: 'NOTICE' }),
  failed('LATE_NOTICE', 'RAIL_0103', { delayMs: SOON_MS, code: '0103', concludedBy: 'NOTICE' }),
  paid('LOST_NOTICE', { delayMs: SOON_MS, concludedBy: 'INQUIRY' }),
  paid('DUPLICATE_NOTICE', { delayMs: SOON_MS, concludedBy: 'NOTICE' }),
  paid('FORGED_NOTICE', { delayMs: SOON_MS, concludedBy: 'NOTICE' }),
  paid('WRONG_AMOUNT_NOTICE', { delayMs: SOON_MS, concludedBy: 'INQUIRY' }),
];

jest.setTimeout(180_000);

describe(`the rail's misbehaviour on the ${PROFILE} profile`, () => {
  let world: PayoutWorld;

  beforeAll(async () => {
    const settings = { JINKU_PAYOUT_CALL_TIMEOUT_MS: String(CALL_TIMEOUT_MS), JINKU_PAYOUT_VALIDITY_MS: String(VALIDITY_MS), JINKU_PAYOUT_NOT_FOUND_SPACING_MS: '300' };
    world = await PayoutWorld.start(PROFILE, settings);
  });

  afterAll(async () => {
    await (world as PayoutWorld | undefined)?.stop();
  });

  test('the table names every fault that the simulator knows', async () => {
    const rail = new Api(world.stack.urls['rail-simulator']);
    const { body } = await rail.ask({ method: 'PUT', path: '/admin/faults', body: { script: [{ fault: 'NONE_OF_THESE' }] } });
    const known = (body as { issues: { values: string[] }[] }).issues[0]?.values ?? [];

    expect(known.length).toBeGreaterThanOrEqual(19);
    expect([...new Set(TABLE.map(({ fault }) => fault))].sort()).toEqual(known.sort());
  });

  test('each fault leads to the one fate that is right for it, and the house has paid each payee at most once', async () => {
    const cases = TABLE.flatMap((expected, row) =>
      Array.from({ length: PAYOUTS_PER_FAULT }, (_, nth) => {
        const accountNumber = `62220202${String(row).padStart(4, '0')}${String(nth).padStart(4, '0')}`;
        return { expected, accountNumber, request: aRequest({ accountNumber }) };
      }),
    );
    await world.playFaults({
      script: cases.map(({ accountNumber, expected: { fault, delayMs, code } }) => ({
        payeeAccount: accountNumber,
        occurrence: 1,
        fault,
        ...(delayMs === undefined ? {} : { delayMs }),
        ...(code === undefined ? {} : { code }),
      })),
    });
    const requests = cases.map(({ request }) => request);
    const fates = new Fates(requests);
    await world.send(requests);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    const verdict = await world.verdict();
    const lived = await fatesLived(world, requests);
    const paidByHouse = new Map((await world.books.rails<{ payee_account: string; times: string }>('SELECT payee_account, count(*) AS times FROM rails.executed_payout GROUP BY payee_account')).map((row) => [row.payee_account, Number(row.times)]));
    const { faults } = await world.institution.railCounters();

    expect(cases.map(({ request, expected }) => ({ fault: expected.fault, ...lived.get(request.requestId) }))).toEqual(
      cases.map(({ expected: { fault, state, reasonCode, wasUnknown, attempts, concludedBy } }) => ({ fault, state, reasonCode, wasUnknown, attempts, concludedBy })),
    );
    expect(cases.map(({ accountNumber }) => paidByHouse.get(accountNumber) ?? 0)).toEqual(cases.map(({ expected }) => (expected.state === 'SUCCEEDED' ? 1 : 0)));
    expect(Object.keys(faults).sort()).toEqual([...new Set(TABLE.map(({ fault }) => fault))].sort());
    expect(verdict).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  test('a forged notice stands in quarantine, and a notice of another amount is kept for a person', async () => {
    const { 'gateway.quarantined_notice': forged, 'payouts.outcome_conflict': contradictions } = await world.books.counts(['gateway.quarantined_notice', 'payouts.outcome_conflict']);

    expect(forged).toBeGreaterThanOrEqual(PAYOUTS_PER_FAULT);
    expect(contradictions).toBeGreaterThanOrEqual(PAYOUTS_PER_FAULT);
  });

  test('money that comes back later is an event of its own: the payout stays paid, and no more returns than was paid', async () => {
    await world.playFaults({});
    const request = aRequest({ accountNumber: '6222020299990001' });
    const fates = new Fates([request]);
    await world.sendOne(request);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    const rail = new Api(world.stack.urls['rail-simulator']);
    const serialNumber = await serialNumberOf(world, request);
    await rail.call({ method: 'POST', path: '/admin/returns', body: { serialNumber, amount: '8.00' } });
    const tooMuch = await rail.ask({ method: 'POST', path: '/admin/returns', body: { serialNumber, amount: '80.01' } });
    await within(async () => (await returnsOf(world, serialNumber)).length > 0);

    expect(tooMuch.status).toBe(409);
    expect(await returnsOf(world, serialNumber)).toEqual(['800']);
    expect(world.toldOf(request.requestId).at(-1)?.state).toBe('SUCCEEDED');
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  test('while the house is away two persons decide by evidence what an attempt came to, one person alone cannot, and it is never sent again', async () => {
    const [executed, neverSeen] = [aRequest({ accountNumber: '6222020299990011' }), aRequest({ accountNumber: '6222020299990012' })];
    await world.playFaults({ script: [{ payeeAccount: executed.payee.accountNumber, fault: 'TIMEOUT_AFTER_EXECUTION' }] });
    const executedId = await world.sendOne(executed);
    await within(async () => (await timesPaid(world, executed)) === 1);
    // From now on nobody at the house answers anything; what arrives meanwhile it will find when it is back, too late to be executed.
    await world.stack.kill('rail-simulator', 'SIGSTOP');
    const neverSeenId = await world.sendOne(neverSeen);
    await within(async () => {
      await world.readResults();
      return [executed, neverSeen].every(({ requestId }) => world.toldOf(requestId).at(-1)?.state === 'UNKNOWN');
    });
    await pause(VALIDITY_MS);

    const alone = await decide(world, executedId, { conclusion: 'SUCCEEDED', by: 'operator' });
    const together = [await decide(world, executedId, { conclusion: 'SUCCEEDED', by: 'approver' }), await decide(world, neverSeenId, { conclusion: 'FAILED', by: 'approver' })];
    await world.stack.kill('rail-simulator', 'SIGCONT');
    const fates = new Fates([executed, neverSeen]);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(alone).toEqual({ status: 403, code: expect.stringMatching(/^(SAME_PERSON|MAKER_CANNOT_CHECK)$/) });
    expect(together.map(({ status }) => status)).toEqual([200, 200]);
    expect([fates.stateOf(executed.requestId), fates.stateOf(neverSeen.requestId)]).toEqual(['SUCCEEDED', 'FAILED']);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
    expect([await timesPaid(world, executed), await timesPaid(world, neverSeen)]).toEqual([1, 0]);
  });

  test('a house whose quota has run short is never overdrawn, and what it refused is paid by a new attempt once there is quota again', async () => {
    await world.playFaults({});
    const rail = new Api(world.stack.urls['rail-simulator']);
    // The other house has nothing for us: what this one cannot pay has no way round.
    await leaveQuota(rail, 'UNIONPAY', { available: 0n, notify: true });
    // The house takes quota away without a word; we learn of it by its refusals and by asking.
    await leaveQuota(rail, 'NETSUNION', { available: 20_000n, notify: false });
    const requests = Array.from({ length: 5 }, (_, nth) => aRequest({ accountNumber: `622202029999002${nth}` }));
    await world.sendBatch(requests);
    const paidTimes = async (): Promise<number[]> => await Promise.all(requests.map((request) => timesPaid(world, request)));
    await within(async () => (await paidTimes()).some((times) => times === 1));
    await pause(VALIDITY_MS);
    const whileShort = await paidTimes();
    await leaveQuota(rail, 'NETSUNION', { available: 120_000_000_000n, notify: true });
    const fates = new Fates(requests);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    // Two of 88.00 fit into 200.00; once that is split over two shards, perhaps only one.
    expect([1, 2]).toContain(whileShort.filter((times) => times === 1).length);
    expect(fates.unfinished()).toEqual([]);
    expect(await paidTimes()).toEqual([1, 1, 1, 1, 1]);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** Changes the mapping so that so much of it may still be paid from; what was paid stays paid. */
async function leaveQuota(rail: Api, house: string, { available, notify }: { available: bigint; notify: boolean }): Promise<void> {
  const path = `/admin/quota?house=${house}`;
  const now = await rail.call<{ mappedQuota: string; availableQuota: string }>({ path });
  const minorOf = (text: string): bigint => BigInt(text.replace('.', ''));
  const mapped = minorOf(now.mappedQuota) - minorOf(now.availableQuota) + available;
  const text = `${mapped / 100n}.${String(mapped % 100n).padStart(2, '0')}`;
  await rail.call({ method: 'POST', path, body: { mapped: text, resetConsumed: false, notify } });
}

/** What really became of each request, by our books and by what was told. */
async function fatesLived(world: PayoutWorld, requests: readonly PayoutRequest[]): Promise<Map<string, Record<string, unknown>>> {
  const rows = await world.books.ours<{ request_id: string; state: string; reason_code: string | null; attempts: string; concluded_by: string | null }>(
    `SELECT p.request_id, p.state, p.reason_code, count(a.serial_number) AS attempts, min(a.concluded_by) FILTER (WHERE a.attempt_number = 1) AS concluded_by
     FROM payouts.payout p LEFT JOIN payouts.attempt a USING (payout_id) WHERE p.request_id = ANY ($1) GROUP BY p.payout_id`,
    [requests.map(({ requestId }) => requestId)],
  );
  return new Map(
    rows.map(({ request_id: requestId, state, reason_code: reasonCode, attempts, concluded_by: concludedBy }) => {
      const wasUnknown = world.toldOf(requestId).some((told) => told.state === 'UNKNOWN');
      return [requestId, { state, reasonCode, wasUnknown, attempts: Number(attempts), concludedBy }];
    }),
  );
}

/** The operator proposes, and `by` approves. */
async function decide(world: PayoutWorld, payoutId: string, { conclusion, by }: { conclusion: 'SUCCEEDED' | 'FAILED'; by: 'operator' | 'approver' }): Promise<{ status: number; code?: unknown }> {
  const { tokens } = world.institution;
  const path = `/v1/payouts/${payoutId}/resolutions`;
  const proposal = { conclusion, evidence: 'Statement of the house by telephone, reference 4711', reason: 'The house does not answer' };
  const { resolutionId } = await world.gateway.call<{ resolutionId: string }>({ method: 'POST', path, token: tokens.operator, body: proposal });
  const { status, body } = await world.gateway.ask({ method: 'POST', path: `${path}/${resolutionId}/approve`, token: tokens[by], body: { reason: 'Checked' } });
  return status === 200 ? { status } : { status, code: (body as { code: string }).code };
}

async function serialNumberOf(world: PayoutWorld, { requestId }: PayoutRequest): Promise<string> {
  const [row] = await world.books.ours<{ serial_number: string }>('SELECT serial_number FROM payouts.payout JOIN payouts.attempt USING (payout_id) WHERE request_id = $1', [requestId]);
  return row?.serial_number ?? '';
}

async function returnsOf(world: PayoutWorld, serialNumber: string): Promise<string[]> {
  const rows = await world.books.ours<{ amount_minor: string }>('SELECT amount_minor FROM payouts.payout_return WHERE serial_number = $1', [serialNumber]);
  return rows.map((row) => row.amount_minor);
}

async function timesPaid(world: PayoutWorld, { payee }: PayoutRequest): Promise<number> {
  const [row] = await world.books.rails<{ times: string }>('SELECT count(*) AS times FROM rails.executed_payout WHERE payee_account = $1', [payee.accountNumber]);
  return Number(row?.times);
}

async function within(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TOLD_WITHIN_MS;
  while (!(await isSo()) && performance.now() < deadline) await pause(50);
}
