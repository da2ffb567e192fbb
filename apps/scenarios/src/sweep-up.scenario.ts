import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { formatAmount } from '@jinku/money';
import { ACCOUNTS } from './day-institution.ts';
import { DayWorld, type BankFaultPlan } from './day-world.ts';
import { PROFILE } from './profile.ts';
import { TransferDesk, type Fate } from './transfer-desk.ts';

const ORDERED_WITHIN_MS = 1_000;
const SEEN_FROM_OUTSIDE_MS = 2_000;
const RETAINED = 50_000_000n;
const ROUNDED_TO = 1_000_000n;
/** Longer than an arrival takes, so that money is seen on its way. */
const SEEN_ON_ITS_WAY_MS = 12_000;
const LATE_MS = 4_000;
const COOL_DOWN_MS = 2_000;

type Fault = NonNullable<BankFaultPlan['transfers']>[number];
type Case = Omit<Fate, 'inTransit' | 'numbers'> & Pick<Fault, 'fault' | 'delayMs' | 'code'> & { readonly inTransit?: 'ALL'; readonly executed: number };

const arrived = (fault: string | null, given: Partial<Case> = {}): Case => 
  ({ fault, state: 'COMPLETED', legState: 'SETTLED', stoppedBecause: null, effects: ['SENT', 'ARRIVED'], executed: 1, ...given });
/** Definitely not executed: a person has to say how it goes on. */
const stopped = (fault: string, stoppedBecause: string, given: Partial<Case> = {}): Case => arrived(fault, { state: 'STOPPED', legState: 'NOT_MOVED', stoppedBecause, effects: [], executed: 0, ...given });

const BY_HAND: readonly Case[] = [
  arrived(null),
  stopped('BUSINESS_FAILURE', '0103', { code: '0103' }),
  stopped('RISK_REFUSAL', '0401'),
  arrived('DEBITED_AND_RETURNED', { delayMs: 2_000, state: 'FAILED', legState: 'CAME_BACK', stoppedBecause: 'CAME_BACK', effects: ['SENT', 'CAME_BACK'] }),
  arrived('LATE_ARRIVAL', { delayMs: SEEN_ON_ITS_WAY_MS }),
  arrived('LATE_RESULT', { delayMs: 1_500 }),
  // What nobody can tell apart is not guessed at: it stays visible as money on its way.
  arrived('ARRIVAL_WITHOUT_REFERENCE', { state: 'RUNNING', legState: 'IN_TRANSIT', effects: ['SENT'], inTransit: 'ALL' }),
  arrived('TIMEOUT_AFTER_EXECUTION'),
  arrived('RESET_AFTER_EXECUTION'),
  arrived('WRONG_SIGNATURE'),
  stopped('TIMEOUT_BEFORE_EXECUTION', '0602'),
  stopped('RESET_BEFORE_EXECUTION', '0602'),
  stopped('SYSTEM_BUSY', '0602'),
];

jest.setTimeout(240_000);

describe(`money of a bank account goes up to the central reserve (F1) on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let desk: TransferDesk;
  let ruleId: string;
  /** The first order of each time that the account was above its ceiling. */
  const triggered: string[] = [];

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE, {
      settings: { JINKU_TRANSFER_CALL_TIMEOUT_MS: '700', JINKU_TRANSFER_VALIDITY_MS: '2400', JINKU_TRANSFER_RULE_COOL_DOWN_MS: String(COOL_DOWN_MS) },
    });
    desk = new TransferDesk(world);
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  test('an order by hand goes at once, one above the limit with its second person, and one above the position not at all', async () => {
    const [heldBefore, reserveBefore] = [await desk.heldAtBank('prepaid-card'), await desk.heldInReserve()];
    const small = await desk.order(sweep('prepaid-card', 10_000_000n));
    const large = await desk.order(sweep('prepaid-card', 100_000_001n));
    const tooMuch = await desk.ask('operator', sweep('prepaid-card', 50_000_000n));
    const waiting = await desk.read(large);
    const alone = await desk.act('second-operator', 'approve', large);
    const together = await desk.act('approver', 'approve', large);
    await Promise.all([small, large].map((id) => desk.untilState(id, 'COMPLETED')));

    expect(waiting).toMatchObject({ state: 'PROPOSED', instructions: [] });
    expect([alone, together]).toEqual([{ status: 403, code: 'FORBIDDEN' }, { status: 200 }]);
    expect(tooMuch).toMatchObject({ status: 422, body: { code: 'POSITION_SHORT', violations: [{ field: 'amount' }] } });
    expect(heldBefore - (await desk.heldAtBank('prepaid-card'))).toBe(110_000_001n);
    expect((await desk.heldInReserve()) - reserveBefore).toBe(110_000_001n);
    expect((await desk.read(small)).events.find(({ of, state }) => of === 'LEG' && state === 'SETTLED')).toBeDefined();
  });

  test('each misbehaviour of the bank leads to the one fate that is right for an order by hand, and nothing leaves under a second number', async () => {
    const cases = BY_HAND.map((expected, row) => ({ expected, minor: 1_000_000n + BigInt(row) * 100n }));
    const [heldBefore, reserveBefore] = [await desk.heldAtBank('fund-sales'), await desk.heldInReserve()];
    await world.playBankFaults({ transfers: cases.map(({ expected, minor }) => faultOf(expected, minor, 'fund-sales')) });
    const ids = await Promise.all(cases.map(({ minor }) => desk.order(sweep('fund-sales', minor))));
    const late = ids[BY_HAND.findIndex(({ fault }) => fault === 'LATE_ARRIVAL')] ?? '';
    const onItsWay = await desk.until(late, 'on its way', ({ legState }) => legState === 'IN_TRANSIT');
    const told = await world.as<{ items: { id: string }[] }>('auditor', { path: '/v1/transfers?isInTransit=true' });
    await Promise.all(cases.map(({ expected }, nth) => desk.until(ids[nth] ?? '', expected.legState, ({ legState }) => legState === expected.legState)));
    // What an order must not do, such as leaving again by itself, takes a while too.
    await new Promise((resolve) => setTimeout(resolve, SEEN_FROM_OUTSIDE_MS));
    const fates = await Promise.all(ids.map(async (id, nth) => ({ fault: cases[nth]?.expected.fault, ...(await desk.fateOf(id)) })));

    expect(onItsWay.inTransit).toBe(onItsWay.amount);
    expect(told.items.map(({ id }) => id)).toContain(late);
    expect(fates).toEqual(
      cases.map(({ expected: { fault, state, legState, stoppedBecause, effects, inTransit }, minor }) => {
        const onTheWay = inTransit === 'ALL' ? formatAmount(minor) : '0.00';
        return { fault, state, legState, stoppedBecause, effects, inTransit: onTheWay, numbers: 1 };
      }),
    );
    expect(await debited(world, 'fund-sales')).toEqual(cases.filter(({ expected }) => expected.executed > 0).map(({ minor }) => minor));
    const reached = total(cases.filter(({ expected }) => expected.executed > 0 && expected.legState !== 'CAME_BACK'));
    expect(heldBefore - (await desk.heldAtBank('fund-sales'))).toBe(reached);
    expect((await desk.heldInReserve()) - reserveBefore).toBe(reached);
  });

  test('what a bank definitely refused leaves again under another number when a person says so, or is cancelled and sets its amount free', async () => {
    await world.playBankFaults({});
    const stoppedOnes = (await world.as<{ items: { id: string; amount: string }[] }>('auditor', { path: '/v1/transfers?state=STOPPED&sort=amount' })).items;
    const [again, ...dropped] = stoppedOnes.map(({ id }) => id);
    const byNobody = await desk.act('approver', 'resume', again ?? '');
    await desk.act('operator', 'resume', again ?? '');
    const cancelled = await Promise.all(dropped.map((id) => desk.act('operator', 'cancel', id)));
    await desk.untilState(again ?? '', 'COMPLETED');

    expect(stoppedOnes).toHaveLength(BY_HAND.filter(({ state }) => state === 'STOPPED').length);
    expect(byNobody).toEqual({ status: 403, code: 'FORBIDDEN' });
    expect(cancelled.map(({ status }) => status)).toEqual(dropped.map(() => 200));
    expect(await desk.fateOf(again ?? '')).toMatchObject({ legState: 'SETTLED', numbers: 2, effects: ['SENT', 'ARRIVED'] });
    expect(await Promise.all(dropped.map(async (id) => (await desk.fateOf(id)).legState))).toEqual(dropped.map(() => 'CANCELLED'));
    expect(await world.books.ours('SELECT order_id FROM transfers.position_reservation WHERE order_id = ANY ($1) AND released_at IS NULL', [dropped])).toEqual([]);
  });

  test('outside HVPS hours the bank refuses, the order waits for a person, and goes when HVPS is open again', async () => {
    await world.setHvps('CLOSED');
    const id = await desk.order(sweep('fund-sales', 2_000_000n));
    const outside = await desk.untilState(id, 'STOPPED');
    await desk.act('operator', 'resume', id);
    await desk.until(id, 'refused again', ({ state, instructions }) => state === 'STOPPED' && instructions.length === 2);
    await world.setHvps('BY_CALENDAR');
    await desk.act('operator', 'resume', id);
    await desk.untilState(id, 'COMPLETED');

    expect(outside).toMatchObject({ legState: 'NOT_MOVED', stoppedBecause: '0302', movements: [] });
    expect(await desk.fateOf(id)).toMatchObject({ numbers: 3, effects: ['SENT', 'ARRIVED'], inTransit: '0.00' });
    expect((await debited(world, 'fund-sales')).filter((minor) => minor === 2_000_000n)).toHaveLength(1);
  });

  test('a threshold rule orders nothing below its ceiling, and above it everything but the retained amount', async () => {
    ruleId = await world.putInForce({
      name: '预付卡归集',
      payer: 'prepaid-card',
      payee: 'reserve',
      purpose: 'SWEEP_UP',
      reference: 'SWEEP-PREPAID',
      trigger: { kind: 'THRESHOLD', payerCeiling: '1000000.00' },
      amount: { mode: 'ABOVE_RETAINED' },
      retainAmount: '500000.00',
      roundingUnit: '10000.00',
    });
    await desk.untilObserved('prepaid-card');
    const below = await desk.ofRule(ruleId);
    const { amount, orders } = await aboveCeiling(1);
    await desk.untilState(orders[0] ?? '', 'COMPLETED');

    expect(below).toEqual([]);
    expect(await desk.fateOf(orders[0] ?? '')).toEqual({ state: 'COMPLETED', legState: 'SETTLED', stoppedBecause: null, inTransit: '0.00', numbers: 1, effects: ['SENT', 'ARRIVED'] });
    expect((await desk.read(orders[0] ?? '')).amount).toBe(formatAmount(amount));
    const kept = await desk.heldAtBank('prepaid-card');
    expect(kept >= RETAINED && kept < RETAINED + ROUNDED_TO).toBe(true);
  });

  test.each<[string, Pick<Fault, 'fault' | 'delayMs' | 'code'>, Pick<Fate, 'state' | 'effects'>]>([
    ['that is debited and whose answer is lost is inquired about', { fault: 'TIMEOUT_AFTER_EXECUTION' }, { state: 'COMPLETED', effects: ['SENT', 'ARRIVED'] }],
    ['whose credit comes late stays the only one', { fault: 'LATE_ARRIVAL', delayMs: LATE_MS }, { state: 'COMPLETED', effects: ['SENT', 'ARRIVED'] }],
    ['that the bank rejects has failed, and the rule orders again', { fault: 'BUSINESS_FAILURE', code: '0103' }, { state: 'FAILED', effects: [] }],
    ['that is debited and returned has failed, and the rule orders again', { fault: 'DEBITED_AND_RETURNED', delayMs: 1_500 }, { state: 'FAILED', effects: ['SENT', 'CAME_BACK'] }],
  ])('an order of the rule %s', async (_, fault, expected) => {
    const { orders, amount, before } = await aboveCeiling(triggered.length + 1, fault);
    const first = await desk.untilState(orders[0] ?? '', expected.state);
    const isAgain = expected.state === 'FAILED';
    if (isAgain) await desk.untilState(await desk.nextOf(ruleId, before + 1), 'COMPLETED');

    expect(first.movements.map(({ effect }) => effect)).toEqual(expected.effects);
    expect(first.instructions).toHaveLength(1);
    expect(await desk.ofRule(ruleId)).toHaveLength(before + (isAgain ? 2 : 1));
    expect((await debited(world, 'prepaid-card')).filter((minor) => minor === amount)).toHaveLength(fault.fault === 'DEBITED_AND_RETURNED' ? 2 : 1);
    expect((await desk.heldAtBank('prepaid-card')) - RETAINED < ROUNDED_TO).toBe(true);
  });

  test('outside HVPS hours the rule\'s order fails, and once HVPS is open the rule orders anew', async () => {
    await world.setHvps('CLOSED');
    const { orders, amount, before } = await aboveCeiling(triggered.length + 1);
    const refused = await desk.untilState(orders[0] ?? '', 'FAILED');
    await world.setHvps('BY_CALENDAR');
    const done = await completedAfter(before);
    const all = (await desk.ofRule(ruleId)).slice(before);

    expect(refused).toMatchObject({ legState: 'NOT_MOVED', stoppedBecause: '0302', movements: [] });
    expect(done.amount).toBe(formatAmount(amount));
    expect(all.filter(({ state }) => state !== 'FAILED')).toHaveLength(1);
    expect((await debited(world, 'prepaid-card')).filter((minor) => minor === amount)).toHaveLength(1);
  });

  test('the rule\'s order stands within a second of the position that triggers it', async () => {
    const rows = await world.books.ours<{ took_ms: number }>(
      `SELECT 1000 * extract(epoch FROM o.requested_at - p.recorded_at)::float8 AS took_ms
       FROM transfers.transfer_rule_run r JOIN transfers.transfer_order o ON o.id = r.order_id JOIN quotas.position_observation p ON p.id = r.observation_id
       WHERE o.id = ANY ($1) ORDER BY took_ms`,
      [triggered],
    );
    const tookMs = rows.map((row) => Math.round(row.took_ms));
    const median = ((tookMs[2] ?? Infinity) + (tookMs[3] ?? Infinity)) / 2;

    expect(tookMs).toHaveLength(6);
    expect({ tookMs, isSoonEnough: median <= ORDERED_WITHIN_MS }).toEqual({ tookMs, isSoonEnough: true });
  });

  test('both sets of books agree, and what came without our reference is explained by name', async () => {
    const verdict = await world.verdict();
    const open = (await world.as<{ items: { amount: string }[] }>('auditor', { path: '/v1/transfers?isInTransit=true' })).items;

    expect(verdict).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
    expect(open).toHaveLength(1);
    expect(verdict.said).toContain('in transit by order');
  });

  /** A fund-down brings the account above its ceiling; each time by another amount, so that each sweep has a fault of its own. */
  async function aboveCeiling(round: number, fault?: Pick<Fault, 'fault' | 'delayMs' | 'code'>): Promise<{ amount: bigint; orders: readonly string[]; before: number }> {
    await desk.untilObserved('prepaid-card');
    const credit = 60_000_000n + BigInt(round) * ROUNDED_TO;
    const above = (await desk.heldAtBank('prepaid-card')) + credit - RETAINED;
    const amount = above - (above % ROUNDED_TO);
    await world.playBankFaults({ transfers: fault === undefined ? [] : [{ ...faultOf({ ...fault }, amount, 'prepaid-card'), occurrence: 1 }] });
    const before = (await desk.ofRule(ruleId)).length;
    await desk.order({ payer: 'reserve', payee: 'prepaid-card', purpose: 'FUND_DOWN', amount: formatAmount(credit) });
    const first = await desk.nextOf(ruleId, before);
    triggered.push(first);
    return { amount, orders: [first], before };
  }

  async function completedAfter(before: number): Promise<{ amount: string }> {
    for (let nth = before; ; nth += 1) {
      const order = await desk.untilState(await desk.nextOf(ruleId, nth), 'COMPLETED', 'FAILED');
      if (order.state === 'COMPLETED') return order;
    }
  }
});

function sweep(payer: 'prepaid-card' | 'fund-sales', minor: bigint): Parameters<TransferDesk['order']>[0] {
  return { payer, payee: 'reserve', purpose: 'SWEEP_UP', amount: formatAmount(minor) };
}

function faultOf({ fault, delayMs, code }: Pick<Fault, 'fault' | 'delayMs' | 'code'>, minor: bigint, payer: 'prepaid-card' | 'fund-sales'): Fault {
  const when = { fromAccount: ACCOUNTS[payer].accountNumber, amount: formatAmount(minor) };
  return { ...when, fault, ...(delayMs === undefined ? {} : { delayMs }), ...(code === undefined ? {} : { code }) };
}

function total(cases: readonly { readonly minor: bigint }[]): bigint {
  return cases.reduce((sum, { minor }) => sum + minor, 0n);
}

/** What the bank has debited for transfers, the smallest first. */
async function debited({ books }: DayWorld, payer: 'prepaid-card' | 'fund-sales'): Promise<bigint[]> {
  const rows = await books.rails<{ amount_minor: string }>(`SELECT amount_minor FROM rails.bank_transfer WHERE from_account = $1 AND status = 'SUCCEEDED' ORDER BY amount_minor`, [
    ACCOUNTS[payer].accountNumber,
  ]);
  return rows.map((row) => BigInt(row.amount_minor));
}
