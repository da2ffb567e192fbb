import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Fates } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import { aRequest } from './a-request.ts';
import { DayWorld } from './day-world.ts';
import { PROFILE } from './profile.ts';
import { until } from './quota-desk.ts';

const SETTLED_WITHIN_MS = 90_000;
const AMOUNT = '88.00';
/** Reached by UnionPay alone: what it is not paid through UnionPay has no way round. */
const LONELY_BANK = '105100000017';
/** Reached by both houses. */
const SHARED_BANK = '308584000013';
const OTHER_BANK = '102100099996';
const LONELY_ROUTE = `UNIONPAY:${LONELY_BANK}`;
const UNANSWERED = 4;
/** As many as the stages of a recovery try, and some that only wait. */
const WAITING = 50;

const SETTINGS = {
  JINKU_PAYOUT_CALL_TIMEOUT_MS: '1000',
  JINKU_PAYOUT_BREAKER_UNKNOWN_MIN: '3',
  JINKU_PAYOUT_BREAKER_BACK_OFF_MS: '1000',
  JINKU_PAYOUT_BREAKER_BACK_OFF_MAX_MS: '2000',
};

interface Lived {
  readonly state: string;
  /** Of its last attempt; null without any. */
  readonly house: string | null;
  readonly reason: string | null;
  readonly attempts: number;
}

let payees = 0;
const toBank = (bankCode: string, businessLine: 'DISBURSEMENT' | 'WITHDRAWAL' = 'DISBURSEMENT'): PayoutRequest => {
  const { payee } = aRequest();
  payees += 1;
  return aRequest({ businessLine, amount: AMOUNT, payee: { ...payee, bankCode, accountNumber: `62270000${String(payees).padStart(8, '0')}` } });
};
const several = (count: number, make: () => PayoutRequest): PayoutRequest[] => Array.from({ length: count }, make);

jest.setTimeout(240_000);

describe(`payouts over two houses (F10, F12) on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  const all: PayoutRequest[] = [];

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE, { settings: SETTINGS });
    await world.as('operator', { method: 'PUT', path: `/v1/routes/NETSUNION/banks/${LONELY_BANK}`, body: { reachable: false } });
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  async function send(requests: readonly PayoutRequest[]): Promise<Fates> {
    all.push(...requests);
    await world.sendBatch(requests);
    return new Fates(requests);
  }

  async function paid(fates: Fates): Promise<void> {
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });
    expect(fates.unfinished()).toEqual([]);
    expect(fates.count('SUCCEEDED')).toBe(fates.total);
  }

  /** From now on this bank does not answer UnionPay; returns when its route is broken, with the payouts whose outcome nobody knew. */
  async function breakRoute(bankCode: string): Promise<Fates> {
    await world.playFaults({ script: [{ bankCode, fault: 'TIMEOUT_AFTER_EXECUTION' }] }, 'UNIONPAY');
    const unanswered = await send(several(UNANSWERED, () => toBank(bankCode)));
    await until('its route is broken', async () => (await eventsOf(world, `UNIONPAY:${bankCode}`)).includes('trip'));
    return unanswered;
  }

  test('while a payee bank does not answer at UnionPay its route breaks and all others go on; what nobody knew is found out by asking', async () => {
    const unanswered = await breakRoute(LONELY_BANK);
    const atUnionPay = several(6, () => toBank(OTHER_BANK));
    const atNetsUnion = several(6, () => toBank(OTHER_BANK, 'WITHDRAWAL'));
    await paid(await send([...atUnionPay, ...atNetsUnion]));
    await paid(unanswered);
    const lived = await livedBy(world, all);

    for (const { requestId } of all.slice(0, UNANSWERED)) expect(world.toldOf(requestId).map(({ state }) => state)).toEqual(expect.arrayContaining(['UNKNOWN', 'SUCCEEDED']));
    expect(atUnionPay.map(({ requestId }) => lived.get(requestId))).toEqual(atUnionPay.map(() => expect.objectContaining({ house: 'UNIONPAY', reason: 'PRIMARY' })));
    expect(atNetsUnion.map(({ requestId }) => lived.get(requestId))).toEqual(atNetsUnion.map(() => expect.objectContaining({ house: 'NETSUNION', reason: 'PRIMARY' })));
    // A bank that does not answer is not held against its house.
    expect(await eventsOf(world, 'UNIONPAY')).toEqual([]);
  });

  test('what waits for the broken route spends no attempt; once the bank answers the breaker probes and closes, and all of it goes out once', async () => {
    const waiting = several(WAITING, () => toBank(LONELY_BANK));
    const fates = await send(waiting);
    await paid(await send(several(5, () => toBank(OTHER_BANK))));
    const meanwhile = [...(await livedBy(world, waiting)).values()];
    await world.playFaults({}, 'UNIONPAY');
    await paid(fates);
    await until('the breaker is closed', async () => (await eventsOf(world, LONELY_ROUTE)).at(-1) === 'recover');
    const events = await eventsOf(world, LONELY_ROUTE);
    const lived = [...(await livedBy(world, all)).values()];

    // What tried the route meanwhile were probes, two at a time.
    expect(meanwhile.filter(({ state }) => state === 'QUEUED').length).toBeGreaterThanOrEqual(WAITING / 2);
    expect(meanwhile.filter(({ state, attempts }) => state === 'QUEUED' && attempts > 0)).toEqual([]);
    expect(events[0]).toBe('trip');
    expect(events.slice(-4)).toEqual(['probe', 'advance', 'advance', 'recover']);
    expect(lived.filter(({ attempts }) => attempts !== 1)).toEqual([]);
    expect(await timesPaid(world, all)).toEqual(all.map(() => 1));
  });

  test('what has a way round a broken route takes it, and is paid by the other house alone', async () => {
    const unanswered = await breakRoute(SHARED_BANK);
    const round = several(10, () => toBank(SHARED_BANK));
    await paid(await send(round));
    await paid(unanswered);
    await world.playFaults({}, 'UNIONPAY');
    const lived = await livedBy(world, round);

    // The others, two at a time, tried the broken route.
    expect([...lived.values()].filter(({ house, reason }) => house === 'NETSUNION' && reason === 'PRIMARY_BANK_BROKEN').length).toBeGreaterThanOrEqual(6);
    expect([...lived.values()].filter(({ house, reason }) => house === 'UNIONPAY' && reason !== 'PROBE')).toEqual([]);
    expect(await timesPaid(world, all)).toEqual(all.map(() => 1));
  });

  test('what fails at UnionPay fails by its reason, once, and its quota is free again', async () => {
    const cases = [
      { code: '0101', reason: 'RAIL_14' },
      { code: '0102', reason: 'RAIL_16' },
      { code: '0103', reason: 'RAIL_17' },
    ].map((failure) => ({ ...failure, fault: 'BUSINESS_FAILURE', request: toBank(OTHER_BANK) }));
    const refused = { fault: 'RISK_REFUSAL', reason: 'REJECTED_RISK', request: toBank(OTHER_BANK) };
    const script = [...cases.map(({ code, fault, request }) => ({ payeeAccount: request.payee.accountNumber, code, fault })), { payeeAccount: refused.request.payee.accountNumber, fault: refused.fault }];
    await world.playFaults({ script }, 'UNIONPAY');
    const requests = [...cases, refused].map(({ request }) => request);
    const fates = await send(requests);
    await world.follow(fates, { withinMs: SETTLED_WITHIN_MS });

    expect(requests.map(({ requestId }) => world.toldOf(requestId).at(-1))).toMatchObject([...cases, refused].map(({ reason }) => ({ state: 'FAILED', reasonCode: reason })));
    expect(await timesPaid(world, requests)).toEqual(requests.map(() => 0));
    const [reserved] = await world.books.ours<{ sum: string }>("SELECT sum(reserved) AS sum FROM payouts.quota_grant WHERE clearing_house = 'UNIONPAY'");
    expect(reserved?.sum).toBe('0');
  });

  test('what comes back through UnionPay, whole or in parts, is told once each, never more than was paid, and counts in the session', async () => {
    await world.playFaults({}, 'UNIONPAY');
    const [whole, inParts] = [toBank(OTHER_BANK), toBank(OTHER_BANK)];
    await paid(await send([whole, inParts]));
    const returned = (): string[] => [whole, inParts].flatMap(({ requestId }) => world.toldOf(requestId).flatMap(({ returned: back }) => (back === undefined ? [] : [`${back.amount} of ${back.total}`])));
    for (const [times, [request, amount]] of ([[whole, AMOUNT], [inParts, '30.00'], [inParts, '58.00']] as const).entries()) {
      expect((await giveBack(world, request, amount)).status).toBe(200);
      // One by one: the house's notices may overtake each other.
      await until('the return is told', async () => (await world.readResults(), returned().length > times));
    }
    const tooMuch = await giveBack(world, inParts, '0.01');
    const inSession = async (): Promise<string | undefined> =>
      (await world.as<{ items: { own: { returns: string } }[] }>('operator', { path: '/v1/quotas/sessions?clearingHouse=UNIONPAY' })).items[0]?.own.returns;
    await until('the session counts them', async () => (await inSession()) === '176.00');

    expect(tooMuch).toMatchObject({ status: 409, body: { error: 'NOTHING_TO_RETURN' } });
    expect(returned().toSorted()).toEqual([`${AMOUNT} of ${AMOUNT}`, '30.00 of 30.00', '58.00 of 88.00'].toSorted());
    expect([whole, inParts].map(({ requestId }) => world.toldOf(requestId).at(-1)?.state)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('both sets of books agree at the end', async () => {
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** What became of a breaker, in its order. */
async function eventsOf(world: DayWorld, key: string): Promise<string[]> {
  return (await world.as<{ items: { event: string }[] }>('operator', { path: `/v1/routes/breakers/${key}/history` })).items.map(({ event }) => event).toReversed();
}

async function livedBy({ books }: DayWorld, requests: readonly PayoutRequest[]): Promise<Map<string, Lived>> {
  const rows = await books.ours<{ requestId: string; state: string; house: string | null; reason: string | null; attempts: number }>(
    `SELECT p.request_id AS "requestId", p.state, a.route AS house, a.route_reason AS reason, coalesce(a.attempt_number, 0) AS attempts
     FROM payouts.payout p LEFT JOIN LATERAL (SELECT * FROM payouts.attempt WHERE payout_id = p.payout_id ORDER BY attempt_number DESC LIMIT 1) a ON true
     WHERE p.request_id = ANY ($1)`,
    [requests.map(({ requestId }) => requestId)],
  );
  return new Map(rows.map(({ requestId, ...lived }) => [requestId, lived]));
}

/** By the houses' own books, in the order of the requests. */
async function timesPaid({ books }: DayWorld, requests: readonly PayoutRequest[]): Promise<number[]> {
  const rows = await books.rails<{ payee_account: string; times: string }>('SELECT payee_account, count(*) AS times FROM rails.executed_payout GROUP BY payee_account');
  const times = new Map(rows.map(({ payee_account: account, times: count }) => [account, Number(count)]));
  return requests.map(({ payee }) => times.get(payee.accountNumber) ?? 0);
}

/** The payee's bank sends money back. */
async function giveBack({ books, rail }: DayWorld, { requestId }: PayoutRequest, amount: string): Promise<{ status: number; body: unknown }> {
  const [row] = await books.ours<{ serial_number: string }>('SELECT serial_number FROM payouts.payout JOIN payouts.attempt USING (payout_id) WHERE request_id = $1', [requestId]);
  return await rail.ask({ method: 'POST', path: '/admin/returns?house=UNIONPAY', body: { serialNumber: row?.serial_number, amount } });
}
