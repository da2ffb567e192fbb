import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { BUSINESS_DATE, type Person } from './day-institution.ts';
import { DayWorld } from './day-world.ts';
import { problem, problemIn, type Expected } from './problem-answer.ts';
import { PROFILE } from './profile.ts';
import { knock, type RawRequest } from './raw-door.ts';
import { TransferDesk } from './transfer-desk.ts';

/** What a refused request must leave as it was. */
const UNTOUCHED = [
  ...['transfer_order', 'transfer_order_event', 'transfer_leg', 'leg_instruction', 'position_reservation', 'approval', 'approval_decision'],
  ...['transfer_rule', 'transfer_rule_version', 'audit_entry'],
].map((table) => `transfers.${table}`);
const NOBODYS = '01993c1e-0000-7000-8000-00000000dead';
const ORDERS = '/v1/transfers';
const RULES = '/v1/transfer-rules';

type Changes = Readonly<Record<string, unknown>>;
/** What is wrong, how, and how it is refused: field by field as the caller wrote it. */
type Bad = readonly [what: string, changes: (world: DayWorld) => Changes, code: string, field: string];

const invalid = (what: string, changes: Changes, field: string): Bad => [what, () => changes, 'INVALID_REQUEST', field];
const pair = (payer: Parameters<DayWorld['account']>[0], payee: Parameters<DayWorld['account']>[0], rest: Changes = {}) => (world: DayWorld): Changes => 
  ({ payerAccountId: world.account(payer).id, payeeAccountId: world.account(payee).id, ...rest });

const BAD_ORDERS: readonly Bad[] = [
  invalid('an unknown field', { urgent: true }, 'urgent'),
  invalid('a payer that is no id', { payerAccountId: 'prepaid-card' }, 'payerAccountId'),
  invalid('no payee', { payeeAccountId: undefined }, 'payeeAccountId'),
  invalid('an amount that is a number', { amount: 100 }, 'amount'),
  invalid('an amount below zero', { amount: '-1.00' }, 'amount'),
  invalid('an amount of zero', { amount: '0.00' }, 'amount'),
  invalid('an amount of three decimals', { amount: '1.001' }, 'amount'),
  invalid('an amount of twenty digits', { amount: '12345678901234567890.00' }, 'amount'),
  invalid('an amount in full-width digits', { amount: '１.００' }, 'amount'),
  invalid('a purpose that does not exist', { purpose: 'GIFT' }, 'purpose'),
  invalid('a means that does not exist', { means: 'CASH' }, 'means'),
  invalid('an empty reference', { reference: ' ' }, 'reference'),
  invalid('a reference of 65 characters', { reference: 'R'.repeat(65) }, 'reference'),
  invalid('no reason', { reason: undefined }, 'reason'),
  ['a payer that is not in the register', () => ({ payerAccountId: NOBODYS }), 'ACCOUNT_UNKNOWN', 'payerAccountId'],
  ['a payee that is not in the register', () => ({ payeeAccountId: NOBODYS }), 'ACCOUNT_UNKNOWN', 'payeeAccountId'],
  ['an account to itself', pair('fund-sales', 'fund-sales'), 'TRANSFER_NOT_ALLOWED', 'payeeAccountId'],
  ['a pair that the matrix does not have', pair('reserve', 'reserve'), 'TRANSFER_NOT_ALLOWED', 'payeeAccountId'],
  ['a purpose of another pair', () => ({ purpose: 'FUND_DOWN' }), 'TRANSFER_NOT_ALLOWED', 'purpose'],
  ['client money as if it were own money', pair('fund-sales', 'own-fund', { purpose: 'CONCENTRATION' }), 'TRANSFER_NOT_ALLOWED', 'purpose'],
  ['a means of another pair', () => ({ means: 'NETSUNION_PAYOUT' }), 'TRANSFER_NOT_ALLOWED', 'means'],
  ['a means that is not built', () => ({ means: 'VIRTUAL_ACCOUNT' }), 'MEANS_NOT_BUILT', 'means'],
  ['more than the payer holds', () => ({ amount: '1200000.01' }), 'POSITION_SHORT', 'amount'],
  ['fees to an account that is not filed', pair('reserve', 'own-fund', { purpose: 'FEE_INCOME_TRANSFER' }), 'FEE_INCOME_NOT_TO_FILED', 'payeeAccountId'],
  ['fees above what is accrued', pair('reserve', 'filed-own-fund', { purpose: 'FEE_INCOME_TRANSFER', amount: '500000.01' }), 'FEE_INCOME_ABOVE_ACCRUED', 'amount'],
];

const EVERY_DAY = { every: 'DAY', times: ['11:00'], onNonWorkingDay: 'SKIP' };
const onSchedule = (schedule: Changes): Changes => ({ trigger: { kind: 'SCHEDULE', schedule: { ...EVERY_DAY, ...schedule } } });
const above = (payerCeiling: unknown): Changes => ({ trigger: { kind: 'THRESHOLD', payerCeiling } });
const overReserve = pair('reserve', 'filed-own-fund', { purpose: 'FEE_INCOME_TRANSFER' });

/** Contents of rules; fields are below `content`. */
const BAD_RULES: readonly Bad[] = [
  invalid('an unknown field', { urgent: true }, 'urgent'),
  invalid('a payer that is no id', { payerAccountId: 'prepaid-card' }, 'payerAccountId'),
  invalid('a threshold that is a number', above(2_000_000), 'trigger.payerCeiling'),
  invalid('a threshold of zero', above('0.00'), 'trigger.payerCeiling'),
  invalid('a threshold below the retained amount', above('499999.99'), 'trigger.payerCeiling'),
  invalid('a threshold that leaves no least amount above the retained one', { ...above('500999.99'), minimum: '1000.00' }, 'trigger.payerCeiling'),
  invalid('a retained amount below zero', { retainAmount: '-1.00' }, 'retainAmount'),
  invalid('a maximum below the minimum', { minimum: '1000.00', maximum: '999.99' }, 'maximum'),
  invalid('a daily cap below the minimum', { minimum: '1000.00', dailyCap: '999.99' }, 'dailyCap'),
  invalid('a rounding unit above the maximum', { maximum: '5000.00', roundingUnit: '10000.00' }, 'roundingUnit'),
  invalid('a rounding unit above the daily cap', { dailyCap: '5000.00', roundingUnit: '10000.00' }, 'roundingUnit'),
  invalid('a fixed amount above the daily cap', { amount: { mode: 'FIXED', fixed: '1000.00' }, dailyCap: '999.99', roundingUnit: null }, 'dailyCap'),
  invalid('a fixed amount that is rounded', { amount: { mode: 'FIXED', fixed: '1000.00' } }, 'roundingUnit'),
  invalid('a way to the amount that does not exist', { amount: { mode: 'HALF' } }, 'amount.mode'),
  invalid('a trigger that does not exist', { trigger: { kind: 'WHIM' } }, 'trigger.kind'),
  invalid('a threshold with a schedule', { trigger: { kind: 'THRESHOLD', payerCeiling: '2000000.00', schedule: EVERY_DAY } }, 'trigger.schedule'),
  invalid('a schedule without a time', onSchedule({ times: [] }), 'trigger.schedule.times'),
  invalid('a schedule that names a time twice', onSchedule({ times: ['11:00', '11:00'] }), 'trigger.schedule.times'),
  invalid('a schedule at 25 o\'clock', onSchedule({ times: ['25:00'] }), 'trigger.schedule.times[0]'),
  invalid('a schedule on an eighth weekday', { trigger: { kind: 'SCHEDULE', schedule: { ...EVERY_DAY, every: 'WEEK', weekdays: [8] } } }, 'trigger.schedule.weekdays[0]'),
  invalid('an end before the beginning', { effectiveUntil: '2026-11-22' }, 'effectiveUntil'),
  invalid('a day that does not exist', { effectiveFrom: '2026-02-30' }, 'effectiveFrom'),
  invalid('a reference of 51 characters', { reference: 'R'.repeat(51) }, 'reference'),
  ['an account to itself', pair('fund-sales', 'fund-sales'), 'INVALID_REQUEST', 'payeeAccountId'],
  ['a payee that is not in the register', () => ({ payeeAccountId: NOBODYS }), 'ACCOUNT_UNKNOWN', 'payeeAccountId'],
  ['the reserve to itself', pair('reserve', 'reserve'), 'INVALID_REQUEST', 'payeeAccountId'],
  ['a purpose of another pair', () => ({ purpose: 'FEE_INCOME_TRANSFER' }), 'TRANSFER_NOT_ALLOWED', 'purpose'],
  ['a means that is not built', () => ({ means: 'VIRTUAL_ACCOUNT' }), 'MEANS_NOT_BUILT', 'means'],
  ['fees to an account that is not filed', pair('reserve', 'own-fund', { purpose: 'FEE_INCOME_TRANSFER' }), 'FEE_INCOME_NOT_TO_FILED', 'payeeAccountId'],
  ['a threshold over the central reserve', overReserve, 'RULE_OVER_RESERVE', 'trigger.kind'],
  ['a variable amount over the central reserve', (world) => ({ ...overReserve(world), ...onSchedule({}) }), 'RULE_OVER_RESERVE', 'amount.mode'],
];

jest.setTimeout(240_000);

describe(`bad input at the doors of transfers on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let desk: TransferDesk;
  let url: string;
  /** Somebody whose roles allow both halves of what takes two persons. */
  let both: string;
  let before: Record<string, number>;

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE);
    desk = new TransferDesk(world);
    url = world.stack.urls.gateway;
    both = await world.engage('duty-officer', ['operator', 'approver']);
    // The position of the payer has to be known, or nothing would be judged by it.
    await desk.untilObserved('fund-sales');
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  beforeEach(async () => {
    before = await world.books.counts(UNTOUCHED);
  });

  const anOrder = (changes: Changes = {}): Changes => 
    ({ ...pair('fund-sales', 'reserve')(world), purpose: 'SWEEP_UP', amount: '100.00', reference: 'SCN-BAD', reason: 'A scenario', ...changes });
  const aRule = (changes: Changes = {}): Changes => ({
    ...{ ...pair('fund-sales', 'reserve')(world), name: '基金销售归集', purpose: 'SWEEP_UP', reference: 'SCN-RULE' },
    ...{ ...above('2000000.00'), amount: { mode: 'ABOVE_RETAINED' }, retainAmount: '500000.00', roundingUnit: '10000.00', effectiveFrom: BUSINESS_DATE },
    ...changes,
  });

  async function expectNothingDone(): Promise<void> {
    expect(await world.books.counts(UNTOUCHED)).toEqual(before);
  }

  test('an order that breaks one rule is a problem document with its code, field and rule, and nothing is done', async () => {
    await expectRefusals(BAD_ORDERS, ORDERS, (changes) => anOrder(changes), '');
  });

  test('a rule that contradicts itself or the matrix is a problem document with its code, field and rule, and nothing is done', async () => {
    await expectRefusals(BAD_RULES, RULES, (changes) => ({ content: aRule(changes), reason: 'A scenario' }), 'content.');
  });

  test('the dry run refuses the contents that a proposal refuses by their fields, and days that have not begun', async () => {
    const days = { from: BUSINESS_DATE, to: BUSINESS_DATE };
    const byField = BAD_RULES.filter(([, , code]) => code === 'INVALID_REQUEST');
    await expectRefusals(byField, `${RULES}/dry-run`, (changes) => ({ content: aRule(changes), ...days }), 'content.');

    expect(problemIn(await world.knock('operator', { path: `${RULES}/dry-run`, body: { content: aRule(), ...days, to: '2026-11-24' } }))).toEqual(problem({ status: 422, code: 'DRY_RUN_TOO_LONG', field: 'to' }));
    await expectNothingDone();
  });

  test.each<[string, RawRequest, Expected]>([
    ['malformed JSON', { path: ORDERS, body: '{"amount": ' }, { status: 400, code: 'MALFORMED_JSON', field: 'body' }],
    ['an array', { path: ORDERS, body: [] }, { status: 400, code: 'INVALID_REQUEST', field: 'body' }],
    ['another type than JSON', { path: RULES, body: '<rule/>', headers: { 'content-type': 'text/xml' } }, { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' }],
    ['a write without an idempotency key', { path: ORDERS, body: {}, headers: { 'idempotency-key': '' } }, { status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' }],
    ['a rule without content', { path: RULES, body: { reason: 'x' } }, { status: 400, code: 'INVALID_REQUEST', field: 'content' }],
    ['a state that does not exist', { method: 'GET', path: `${ORDERS}?state=LOST` }, { status: 400, code: 'INVALID_REQUEST', field: 'state' }],
    ['a page size of letters', { method: 'GET', path: `${ORDERS}?limit=all` }, { status: 400, code: 'INVALID_REQUEST', field: 'limit' }],
    ['a filter that does not exist', { method: 'GET', path: `${RULES}?colour=red` }, { status: 400, code: 'INVALID_REQUEST', field: 'colour' }],
    ['an order id that is none', { method: 'GET', path: `${ORDERS}/1` }, { status: 400, code: 'INVALID_REQUEST', field: 'id' }],
    ['an order that does not exist', { method: 'GET', path: `${ORDERS}/${NOBODYS}` }, { status: 404, code: 'TRANSFER_NOT_FOUND' }],
    ['an act on an order that does not exist', { path: `${ORDERS}/${NOBODYS}/cancel`, body: { reason: 'x' } }, { status: 404, code: 'TRANSFER_NOT_FOUND' }],
    ['a rule that does not exist', { method: 'GET', path: `${RULES}/${NOBODYS}` }, { status: 404, code: 'RULE_NOT_FOUND' }],
  ])('the doors answer %s with a problem document', async (_, request, expected) => {
    expect(problemIn(await world.knock('operator', request))).toEqual(problem(expected));
    await expectNothingDone();
  });

  test('nobody orders, proposes or decides without the role for it', async () => {
    const refusals: [Person | 'settlement' | 'nobody', string, Changes][] = [
      ...(['approver', 'auditor', 'second-admin', 'settlement', 'nobody'] as const).flatMap((who): [typeof who, string, Changes][] => [
        [who, ORDERS, anOrder()],
        [who, RULES, { content: aRule(), reason: 'x' }],
      ]),
      ...(['operator', 'auditor', 'second-admin', 'settlement', 'nobody'] as const).flatMap((who): [typeof who, string, Changes][] => [
        [who, `${ORDERS}/${NOBODYS}/approve`, { reason: 'x' }],
        [who, `${RULES}/proposals/${NOBODYS}/approve`, { reason: 'x' }],
      ]),
    ];
    const answers = [];
    for (const [who, path, body] of refusals) answers.push(problemIn(await knock(url, { path, body, token: await tokenOf(who) })));

    expect(answers).toEqual(
      refusals.map(([who]) => problem(who === 'nobody' ? { status: 401, code: 'UNAUTHENTICATED' } : { status: 403, code: 'FORBIDDEN' })),
    );
    await expectNothingDone();
  });

  test('an order by somebody with both roles is approved by another person only, and each wrong word about it changes nothing', async () => {
    const placed = await knock(url, { path: ORDERS, token: both, body: anOrder({ amount: '1000000.01' }) });
    const id = placed.body['id'] as string;
    before = await world.books.counts(UNTOUCHED);
    const wrong: [string, RawRequest, Expected][] = [
      ['the maker approves', { path: `${ORDERS}/${id}/approve`, token: both }, { status: 403, code: 'MAKER_CANNOT_CHECK' }],
      ['the maker rejects', { path: `${ORDERS}/${id}/reject`, token: both }, { status: 403, code: 'MAKER_CANNOT_CHECK' }],
      ['another takes it back', { path: `${ORDERS}/${id}/withdraw` }, { status: 403, code: 'ONLY_MAKER_WITHDRAWS' }],
      ['it is resumed', { path: `${ORDERS}/${id}/resume` }, { status: 409, code: 'TRANSFER_STATE_FORBIDS' }],
      ['it is cancelled', { path: `${ORDERS}/${id}/cancel` }, { status: 409, code: 'TRANSFER_STATE_FORBIDS' }],
      ['it is approved as a rule', { path: `${RULES}/proposals/${id}/approve`, token: world.tokenOf('approver') }, { status: 404, code: 'RULE_PROPOSAL_NOT_FOUND' }],
      ['no reason is given', { path: `${ORDERS}/${id}/approve`, token: world.tokenOf('approver'), body: {} }, { status: 400, code: 'INVALID_REQUEST', field: 'reason' }],
      ['another amount is approved', { path: `${ORDERS}/${id}/approve`, token: world.tokenOf('approver'), body: { reason: 'x', amount: '1.00' } }, { status: 400, code: 'INVALID_REQUEST', field: 'amount' }],
    ];
    const answers = new Map<string, unknown>();
    for (const [what, request] of wrong) answers.set(what, problemIn(await knock(url, { token: world.tokenOf('operator'), body: { reason: 'x' }, ...request })));

    expect(placed).toMatchObject({ status: 202, body: { state: 'PROPOSED' } });
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(wrong.map(([what, , expected]) => [what, problem(expected)])));
    await expectNothingDone();
    expect(await desk.act('approver', 'reject', id)).toEqual({ status: 200 });
    expect(await desk.act('second-approver', 'approve', id)).toEqual({ status: 409, code: 'ALREADY_DECIDED' });
    expect(await desk.fateOf(id)).toMatchObject({ state: 'REJECTED', numbers: 0, effects: [] });
  });

  test('a rule by somebody with both roles is approved by another person only, and no version is put in force over another', async () => {
    const proposed = await knock(url, { path: RULES, token: both, body: { content: aRule(), reason: 'A scenario' } });
    const { id, ruleId } = proposed.body as { id: string; ruleId: string };
    const approve = `${RULES}/proposals/${id}/approve`;
    const alone = await knock(url, { path: approve, token: both, body: { reason: 'x' } });
    const asOrder = await world.knock('approver', { path: `${ORDERS}/${id}/approve`, body: { reason: 'x' } });
    const notInForce = await world.knock('operator', { method: 'GET', path: `${RULES}/${ruleId}` });
    await world.as('approver', { method: 'POST', path: approve, body: { reason: 'Checked' } });
    before = await world.books.counts(UNTOUCHED);
    const again = await world.knock('second-approver', { path: approve, body: { reason: 'x' } });
    const stale = await world.knock('operator', { path: `${RULES}/${ruleId}/versions`, body: { basedOn: 2, content: aRule(), reason: 'x' } });

    expect(problemIn(alone)).toEqual(problem({ status: 403, code: 'MAKER_CANNOT_CHECK' }));
    expect(problemIn(asOrder)).toEqual(problem({ status: 404, code: 'TRANSFER_NOT_FOUND' }));
    expect(problemIn(notInForce)).toEqual(problem({ status: 404, code: 'RULE_NOT_FOUND' }));
    expect(problemIn(again)).toEqual(problem({ status: 409, code: 'ALREADY_DECIDED' }));
    expect(problemIn(stale)).toEqual(problem({ status: 409, code: 'RULE_CHANGED_MEANWHILE', field: 'basedOn' }));
    await expectNothingDone();
  });

  test('the same key with another order is refused, and with the same order it is the same order', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await world.knock('operator', { path: ORDERS, body: anOrder(), headers });
    const other = await world.knock('operator', { path: ORDERS, body: anOrder({ amount: '100.01' }), headers });
    const same = await world.knock('operator', { path: ORDERS, body: anOrder(), headers });
    await desk.untilState(first.body['id'] as string, 'COMPLETED');

    expect(problemIn(other)).toEqual(problem({ status: 409, code: 'IDEMPOTENCY_KEY_REUSED' }));
    expect(same).toEqual(first);
    expect((await world.books.counts(UNTOUCHED))['transfers.transfer_order']).toBe((before['transfers.transfer_order'] ?? 0) + 1);
    expect(await world.verdict()).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  async function expectRefusals(cases: readonly Bad[], path: string, bodyOf: (changes: Changes) => Changes, at: string): Promise<void> {
    const answers = new Map<string, unknown>();
    const expected = new Map<string, unknown>();
    for (const [what, changes, code, field] of cases) {
      answers.set(what, problemIn(await world.knock('operator', { path, body: bodyOf(changes(world)) })));
      expected.set(what, problem({ status: code === 'INVALID_REQUEST' ? 400 : 422, code, field: `${at}${field}` }));
    }

    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(expected));
    await expectNothingDone();
  }

  async function tokenOf(who: Person | 'settlement' | 'nobody'): Promise<string | undefined> {
    if (who === 'nobody') return undefined;
    return who === 'settlement' ? await world.client.accessToken() : world.tokenOf(who);
  }
});
