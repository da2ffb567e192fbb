import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Topic } from '@jinku/contracts';
import { BUSINESS_DATE } from './day-institution.ts';
import { DayWorld } from './day-world.ts';
import { problem, problemIn, type Expected } from './problem-answer.ts';
import { PROFILE } from './profile.ts';
import { boardOf, byTwo, textOf, until } from './quota-desk.ts';
import { knock, type RawRequest } from './raw-door.ts';

const ADJUSTMENTS = '/v1/quotas/adjustments';
const SHIFTS = '/v1/quotas/shifts';
const POLICIES = '/v1/quotas/policy/proposals';
/** What a refused request must leave as it was. */
const UNTOUCHED = ['quota_adjustment', 'quota_adjustment_event', 'quota_shift', 'quota_policy', 'approval_decision', 'quota_buffer_movement', 'automatic_act', 'grant_event', 'collection_total'].map((table) => `quotas.${table}`);
const COLLECTIONS = `/v1/messages/${Topic.COLLECTIONS}`;

type Case = readonly [string, RawRequest, Expected];

const adjustment = { clearingHouse: 'NETSUNION', direction: 'INCREASE', amount: '1.00', reason: 'scenario' };
const shift = { fromHouse: 'UNIONPAY', toHouse: 'NETSUNION', amount: '1.00', reason: 'scenario' };

const invalid = (field: string | null): Expected => ({ status: 400, code: 'INVALID_REQUEST', field });
const broken = (what: string, changed: Readonly<Record<string, unknown>>, field: string): Case[] => [
  [`an adjustment with ${what}`, { path: ADJUSTMENTS, body: { ...adjustment, ...changed } }, invalid(field)],
  [`a shift with ${what}`, { path: SHIFTS, body: { ...shift, ...changed } }, invalid(field)],
  [`a proposed shift with ${what}`, { path: `${SHIFTS}/proposals`, body: { ...shift, ...changed } }, invalid(field)],
];

const BODIES: readonly Case[] = [
  ...broken('an unknown field', { urgent: true }, 'urgent'),
  ...broken('no amount', { amount: undefined }, 'amount'),
  ...broken('an amount that is a number', { amount: 1 }, 'amount'),
  ...broken('a negative amount', { amount: '-1.00' }, 'amount'),
  ...broken('an amount of zero', { amount: '0.00' }, 'amount'),
  ...broken('an amount of three decimals', { amount: '1.234' }, 'amount'),
  ...broken('an amount of twenty digits', { amount: '12345678901234567890.00' }, 'amount'),
  ...broken('an amount in full-width digits', { amount: '１.００' }, 'amount'),
  ...broken('an empty reason', { reason: ' ' }, 'reason'),
  ['an adjustment at a house that does not exist', { path: ADJUSTMENTS, body: { ...adjustment, clearingHouse: 'ALIPAY' } }, invalid('clearingHouse')],
  ['an adjustment in no direction', { path: ADJUSTMENTS, body: { ...adjustment, direction: 'SIDEWAYS' } }, invalid('direction')],
  ['a shift from a house that does not exist', { path: SHIFTS, body: { ...shift, fromHouse: 'ALIPAY' } }, invalid('fromHouse')],
  ['a shift within one house', { path: SHIFTS, body: { ...shift, toHouse: 'UNIONPAY' } }, { status: 422, code: 'SHIFT_WITHIN_ONE_HOUSE', field: 'toHouse' }],
  ['a proposed shift within one house', { path: `${SHIFTS}/proposals`, body: { ...shift, toHouse: 'UNIONPAY' } }, { status: 422, code: 'SHIFT_WITHIN_ONE_HOUSE', field: 'toHouse' }],
  ['a shift of more than the house has free', { path: SHIFTS, body: { ...shift, amount: '10000000.01' } }, { status: 422, code: 'DECREASE_EXCEEDS_FREE', field: 'amount' }],
  ['an increase above the buffer', { path: ADJUSTMENTS, body: { ...adjustment, amount: '30000000.01' } }, { status: 422, code: 'INCREASE_EXCEEDS_BUFFER', field: 'amount' }],
  ['an increase below the minimum buffer', { path: ADJUSTMENTS, body: { ...adjustment, amount: '29000000.01' } }, { status: 422, code: 'INCREASE_BELOW_MINIMUM', field: 'amount' }],
  ['malformed JSON', { path: ADJUSTMENTS, body: '{"amount": ' }, { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
  ['no idempotency key', { path: SHIFTS, body: shift, headers: { 'idempotency-key': '' } }, { status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' }],
  ['an adjustment to be cancelled that does not exist', { path: `${ADJUSTMENTS}/${randomUUID()}/cancel`, body: { reason: 'x' } }, { status: 404, code: 'ADJUSTMENT_NOT_FOUND' }],
  ['an adjustment to be cancelled that has no id', { path: `${ADJUSTMENTS}/first/cancel`, body: { reason: 'x' } }, invalid('id')],
  ['a shift to be given up that does not exist', { path: `${SHIFTS}/${randomUUID()}/give-up`, body: { reason: 'x' } }, { status: 404, code: 'SHIFT_NOT_FOUND' }],
  ['the history of a house that does not exist', { method: 'GET', path: '/v1/quotas/ALIPAY/history' }, invalid('clearingHouse')],
  ['a history from no instant', { method: 'GET', path: '/v1/quotas/UNIONPAY/history?from=yesterday' }, invalid('from')],
  ['the history of an account without an id', { method: 'GET', path: '/v1/positions/reserve/history' }, invalid('accountId')],
  ['sessions of a house that does not exist', { method: 'GET', path: '/v1/quotas/sessions?clearingHouse=ALIPAY' }, invalid('clearingHouse')],
  ['a page of 501', { method: 'GET', path: '/v1/quotas/shifts?limit=501' }, invalid('limit')],
  ['an unknown filter', { method: 'GET', path: '/v1/quotas/adjustments?house=UNIONPAY' }, invalid('house')],
];

jest.setTimeout(180_000);

describe(`bad input at the doors of quotas on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let before: Record<string, number>;
  /** Who proposes and would approve. */
  let both: string;

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE);
    both = await world.engage('both', ['operator', 'approver']);
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  beforeEach(async () => {
    before = await world.books.counts(UNTOUCHED);
  });

  async function expectNothingDone(): Promise<void> {
    expect(await world.books.counts(UNTOUCHED)).toEqual(before);
  }

  test('what breaks a rule is a problem document with field and rule, and nothing is done', async () => {
    const answers = new Map<string, unknown>();
    for (const [what, request] of BODIES) answers.set(what, problemIn(await world.knock('operator', request)));

    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(BODIES.map(([what, , expected]) => [what, problem(expected)])));
    await expectNothingDone();
  });

  test('a policy that is incomplete, contradicts itself, needs what is not built, or is for the past is refused by its field, and the one in force stays', async () => {
    const { content } = await world.as<{ content: { houses: Record<string, Record<string, unknown>>; automaticShift: object } }>('operator', { path: '/v1/quotas/policy' });
    const house = (changed: Readonly<Record<string, unknown>>): object => ({ ...content, houses: { ...content.houses, UNIONPAY: { ...content.houses['UNIONPAY'], ...changed } } });
    const automatic = (changed: Readonly<Record<string, unknown>>): object => ({ ...content, automaticShift: { ...content.automaticShift, ...changed } });
    const at = (field: string): string => `content.houses.UNIONPAY.${field}`;
    const cases: readonly [string, unknown, Expected][] = [
      ['no content', undefined, invalid('content')],
      ['an unknown field', { ...content, primary: 'UNIONPAY' }, invalid('content.primary')],
      ['an unknown field of a house', house({ ceiling: '1.00' }), invalid(at('ceiling'))],
      ['a third house', { ...content, houses: { ...content.houses, ALIPAY: content.houses['UNIONPAY'] } }, invalid('content.houses.ALIPAY')],
      ['one house only', { ...content, houses: { UNIONPAY: content.houses['UNIONPAY'] } }, invalid('content.houses.NETSUNION')],
      ['a day cut at another hour', house({ dayCut: '22:00' }), invalid(at('dayCut'))],
      ['receipts that count by a word of its own', house({ receiptsCount: 'SOON' }), invalid(at('receiptsCount'))],
      ['a negative floor', house({ floor: '-0.01' }), invalid(at('floor'))],
      ['a mapping that is a number', house({ initialMapping: 5 }), invalid(at('initialMapping'))],
      ['a floor above what it maps', house({ initialMapping: '100.00', floor: '100.01' }), { status: 422, code: 'POLICY_CONTRADICTS_ITSELF', field: at('floor') }],
      ['settlement to the virtual account', house({ settlementTarget: 'VIRTUAL' }), { status: 422, code: 'POLICY_NEEDS_REPATRIATE', field: at('settlementTarget') }],
      ['settlements drawn from the virtual account', house({ merchantSettlementDraws: 'VIRTUAL' }), { status: 422, code: 'POLICY_NEEDS_VIRTUAL_POSITION', field: at('merchantSettlementDraws') }],
      ['notices from nobody', { ...content, reserveNoticesFrom: 'CENTRAL_BANK' }, invalid('content.reserveNoticesFrom')],
      ['a minimum buffer without decimals', { ...content, minimumBuffer: '5' }, invalid('content.minimumBuffer')],
      ['a shift limit of nothing', { ...content, shiftAloneMax: '0.00' }, invalid('content.shiftAloneMax')],
      ['a cool-down of half a millisecond', automatic({ coolDownMs: 0.5 }), invalid('content.automaticShift.coolDownMs')],
      ['a daily cap of nothing', automatic({ dailyAmountMax: '0.00' }), invalid('content.automaticShift.dailyAmountMax')],
      ['rules that are neither on nor off', automatic({ isOn: 'perhaps' }), invalid('content.automaticShift.isOn')],
    ];
    const dates: readonly [string, unknown, Expected][] = [
      ['yesterday', '2026-11-22', { status: 422, code: 'POLICY_EFFECTIVE_IN_PAST', field: 'effectiveOn' }],
      ['a date that is none', '2026-02-30', invalid('effectiveOn')],
      ['no date', undefined, invalid('effectiveOn')],
    ];
    const bodies = [
      ...cases.map(([what, given, expected]) => ({ what, expected, body: { effectiveOn: BUSINESS_DATE, content: given, reason: 'scenario' } })),
      ...dates.map(([what, effectiveOn, expected]) => ({ what, expected, body: { effectiveOn, content, reason: 'scenario' } })),
    ];
    const answers = new Map<string, unknown>();
    for (const { what, body } of bodies) answers.set(what, problemIn(await world.knock('operator', { path: POLICIES, body })));

    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(bodies.map(({ what, expected }) => [what, problem(expected)])));
    expect((await world.as<{ content: unknown }>('operator', { path: '/v1/quotas/policy' })).content).toEqual(content);
    expect(await world.books.ours("SELECT 1 FROM quotas.approval WHERE state = 'PROPOSED'")).toEqual([]);
    await expectNothingDone();
  });

  test('whoever proposed approves nothing, whatever role they have; nobody approves by the wrong door, and only operators ask', async () => {
    const { content } = await world.as<{ content: object }>('operator', { path: '/v1/quotas/policy' });
    const doors: readonly (readonly [string, object])[] = [
      [POLICIES, { effectiveOn: '2026-12-01', content, reason: 'scenario' }],
      [`${ADJUSTMENTS}/proposals`, { clearingHouse: 'NETSUNION', amount: '29500000.00', reason: 'scenario' }],
      [`${SHIFTS}/proposals`, shift],
    ];
    const url = world.stack.urls.gateway;
    for (const [index, [path, body]] of doors.entries()) {
      const { status, body: proposal } = await knock(url, { path, token: both, body });
      const approve = (door: string): RawRequest => ({ path: `${door}/${String(proposal['id'])}/approve`, body: {} });
      const [wrongDoor] = doors[(index + 1) % doors.length] ?? [''];

      expect(status).toBe(202);
      expect(problemIn(await knock(url, { ...approve(path), token: both }))).toEqual(problem({ status: 403, code: 'MAKER_CANNOT_CHECK' }));
      expect(problemIn(await world.knock('operator', approve(path)))).toEqual(problem({ status: 403, code: 'FORBIDDEN' }));
      expect(problemIn(await world.knock('approver', approve(wrongDoor)))).toEqual(problem({ status: 404, code: 'APPROVAL_NOT_FOUND' }));
      for (const person of ['approver', 'auditor', 'second-admin'] as const) {
        if (path === POLICIES && person === 'second-admin') continue;
        expect(problemIn(await world.knock(person, { path, body }))).toEqual(problem({ status: 403, code: 'FORBIDDEN' }));
      }
      expect(problemIn(await knock(url, { path, body }))).toEqual(problem({ status: 401, code: 'UNAUTHENTICATED' }));
    }
    await expectNothingDone();
  });

  test('what was asked for once is not asked for again under its key, nor under other words', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const asked = { path: SHIFTS, headers, body: shift };
    const first = await world.knock('operator', asked);
    const again = await world.knock('operator', asked);
    const other = await world.knock('operator', { ...asked, body: { ...shift, amount: '2.00' } });

    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(problemIn(other)).toEqual(problem({ status: 409, code: 'IDEMPOTENCY_KEY_REUSED' }));
    expect(await world.books.ours('SELECT amount FROM quotas.quota_shift')).toEqual([{ amount: '100' }]);
    await until('it is done', async () => (await world.as<{ state: string }>('operator', { path: `${SHIFTS}/${String(first.body['id'])}` })).state === 'DONE');
    await until('the board shows it', async () => (await boardOf(world)).houses.every(({ pendingIncreases, pendingDecreases }) => pendingIncreases === '0.00' && pendingDecreases === '0.00'));
    const giveUp = await world.knock('operator', { path: `${SHIFTS}/${String(first.body['id'])}/give-up`, body: { reason: 'x' } });
    expect(problemIn(giveUp)).toEqual(problem({ status: 409, code: 'SHIFT_NOT_IN_BUFFER' }));
  });

  test('a report of collections that breaks its contract is quarantined whole with the field and the rule, and no quota comes of it', async () => {
    const report = { clearingHouse: 'NETSUNION', channel: 'QUICK', clearingDate: BUSINESS_DATE, sequence: 1, countTotal: 1, amountTotal: '5.00', isFinal: false, asOf: world.clock.now().toISOString() };
    const bad: readonly (readonly [Readonly<Record<string, unknown>>, string, string])[] = [
      [{ clearingHouse: 'ALIPAY' }, 'INVALID', 'clearingHouse: '],
      [{ amountTotal: '-5.00' }, 'INVALID', 'amountTotal: '],
      [{ amountTotal: 5 }, 'INVALID', 'amountTotal: '],
      [{ clearingDate: 'today' }, 'INVALID', 'clearingDate: '],
      [{ clearingDate: '2027-11-23' }, 'FAR_DATE', 'clearingDate: '],
      [{ clearingDate: '2025-11-23' }, 'FAR_DATE', 'clearingDate: '],
      [{ bonus: true }, 'INVALID', 'bonus: '],
    ];
    for (const [changed] of bad) await reported(world, { ...report, ...changed });
    await until('all are in quarantine', async () => (await quarantined(world)).length === bad.length);
    const kept = await quarantined(world);
    await expectNothingDone();
    await reported(world, { ...report, sequence: 2, amountTotal: '6.00' });
    await until('a good one is counted', async () => (await world.books.counts(['quotas.collection_total']))['quotas.collection_total'] === 1);
    await reported(world, { ...report, sequence: 3, amountTotal: '5.99' });
    await until('a total that fell is not', async () => (await quarantined(world)).length === bad.length + 1);

    expect(kept.map(({ fault }) => fault).toSorted()).toEqual(bad.map(([, fault]) => fault).toSorted());
    for (const [, , field] of bad) expect(kept.some(({ reason }) => reason.startsWith(field))).toBe(true);
    expect(await world.books.ours('SELECT amount_total FROM quotas.collection_total')).toEqual([{ amount_total: '600' }]);
  });

  test('after all that the doors do what they are asked to, and both sets of books agree', async () => {
    const { status } = await byTwo(world, `${SHIFTS}/proposals`, { ...shift, amount: textOf(12_300n) });

    expect(status).toBe(200);
    await until('it is done', async () => (await world.books.ours("SELECT 1 FROM quotas.quota_shift WHERE amount = 12300 AND state = 'DONE'")).length === 1);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });
});

/** As the settlement service, signed, whatever it says. */
async function reported({ client, gateway }: DayWorld, report: object): Promise<void> {
  const body = JSON.stringify(report);
  const headers = { 'x-message-type': 'settlement.report-collections.v1', 'x-message-id': randomUUID(), 'x-jws-signature': client.signatureOf(body) };
  await gateway.call({ method: 'POST', path: COLLECTIONS, token: await client.accessToken(), body, headers });
}

async function quarantined({ books }: DayWorld): Promise<{ fault: string; reason: string }[]> {
  return await books.ours<{ fault: string; reason: string }>('SELECT fault, reason FROM quotas.quarantined_collection');
}
