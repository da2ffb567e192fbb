import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { businessDate } from '@jinku/calendar';
import type { PositionObservedV1 } from '@jinku/contracts';
import type { MessageBatch } from '@jinku/messaging';
import { PositionObservedConsumer } from '../account/messaging/position-observed.consumer.ts';
import { PositionRepository } from '../account/persistence/position.repository.ts';
import { DecideTransfer } from '../transfer-order/use-cases/decide-transfer.ts';
import { ListTransfers, type TransferView } from '../transfer-order/queries/list-transfers.ts';
import { FILED, LI_NA, PREPAID, RESERVE, transfersDatabase, TransfersWorld, WANG_WEI, type TransfersDatabase } from '../transfers-world.builder.ts';
import type { TransferRuleContent } from './domain/transfer-rule.ts';
import { RunDueRules } from './jobs/run-due-rules.ts';
import { DryRunRule } from './queries/dry-run-rule.ts';
import { ListTransferRules, type RuleRunView } from './queries/list-transfer-rules.ts';
import { aRuleContent } from './transfer-rule.builder.ts';
import { ChangeRule } from './use-cases/change-rule.ts';
import { JudgeRules } from './use-cases/judge-rules.ts';

let given: TransfersDatabase;
let world: TransfersWorld;

beforeAll(async () => {
  given = await transfersDatabase();
});
afterAll(() => given.test.drop());
/** It is 10:00 on a Friday in Shanghai, and the prepaid-card account holds 500.00: below the ceiling of the specs' rule. */
beforeEach(async () => {
  await given.empty();
  world = await TransfersWorld.on(given.database);
  await world.fill();
  await world.observe(50_000n);
});

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'ACCEPTED', (error: { code: string }) => error.code);
const propose = (content: Partial<TransferRuleContent> = {}, change: { ruleId?: string; basedOn?: number } = {}): Promise<{ id: string; ruleId: string }> =>
  given.database.transaction((tx) => world.get(ChangeRule).propose(tx, { ruleId: null, basedOn: 0, reason: 'spec', ...change, content: aRuleContent(content) }, LI_NA));
const decide = (verb: 'approve' | 'reject' | 'withdraw', id: string, actor = WANG_WEI): Promise<unknown> =>
  given.database.transaction((tx) => world.get(ChangeRule)[verb](tx, id, { actor, reason: 'spec' }));

/** By two persons. */
async function aRule(content: Partial<TransferRuleContent> = {}): Promise<string> {
  const { id, ruleId } = await propose(content);
  await decide('approve', id);
  return ruleId;
}

/** As the message comes: through the consumer, in its transaction. */
async function observed(balance: string, change: Partial<PositionObservedV1> = {}): Promise<void> {
  const at = world.clock.now().toISOString();
  const data: PositionObservedV1 = { observationId: crypto.randomUUID(), accountId: PREPAID.id, balance, source: 'QUERY', asOf: at, observedAt: at, ...change };
  const consumer = new PositionObservedConsumer(world.get(PositionRepository), world.get(JudgeRules));
  await given.database.transaction((tx) => consumer.handle({ tx, messages: [{ data }] } as unknown as MessageBatch<PositionObservedV1>));
}

const orders = (): Promise<TransferView[]> => world.get(ListTransfers).execute({ sort: 'requestedAt', limit: 50 });
const runs = (ruleId: string): Promise<RuleRunView[]> => world.get(ListTransferRules).runs(ruleId, { limit: 50 });
const sweep = (): Promise<void> => world.get(RunDueRules).run();

describe('a threshold rule', () => {
  test('orders in the transaction of the position that triggers it, everything above the retained amount, and needs no person', async () => {
    const ruleId = await aRule();
    await observed('999.99');
    expect(await orders()).toEqual([]);

    await observed('1250.00');

    expect(await orders()).toMatchObject([{ state: 'RUNNING', amount: '1050.00', ruleId, ruleVersion: 1, purpose: 'SWEEP_UP', reference: 'PREPAID-SWEEP', requestedBy: 'li.na' }]);
    expect(await runs(ruleId)).toMatchObject([{ decision: 'ORDERED', projected: '1250.00' }]);
  });

  test('never has two open orders, however often its position is told and swept, by two processes at once', async () => {
    await aRule();
    const other = await TransfersWorld.on(given.database, { clock: world.clock });

    await Promise.all([observed('1250.00'), observed('1250.00'), other.get(RunDueRules).run(), sweep()]);
    await sweep();

    expect(await orders()).toHaveLength(1);
  });

  test('is judged on the projected position: what is ordered and not contained in the observation is not there any more', async () => {
    await observed('1500.00');
    await world.place({ amountMinor: 60_000n });
    await aRule();
    await sweep();
    expect(await orders()).toHaveLength(1);

    await observed('1600.00');

    expect((await orders()).map(({ amount }) => amount)).toEqual(['600.00', '800.00']);
  });

  test('of two over one payer the second sees what the first has reserved', async () => {
    await aRule({ retainAmount: '900.00', trigger: { kind: 'THRESHOLD', payerCeiling: '1000.00' } });
    await aRule({ name: 'the other', reference: 'OTHER' });
    await observed('1250.00');

    expect((await orders()).map(({ amount }) => amount)).toEqual(['350.00']);
  });

  test('orders nothing on a position that is too old, and says so once', async () => {
    const ruleId = await aRule();
    const asOf = new Date(world.clock.now().getTime()).toISOString();
    world.clock.advance(900_001);
    await observed('1250.00', { asOf });
    await sweep();
    await sweep();

    expect(await orders()).toEqual([]);
    expect(await runs(ruleId)).toMatchObject([{ decision: 'NOT_ORDERED', code: 'POSITION_TOO_OLD' }]);
  });

  test('is not moved by an observation that comes late and is older than what is known', async () => {
    await aRule();
    const asOf = new Date(world.clock.now().getTime() - 1).toISOString();
    await observed('1250.00', { asOf });

    expect(await orders()).toEqual([]);
  });

  test('keeps its daily cap over several orders, which count until they are given up', async () => {
    const ruleId = await aRule({ dailyCap: '900.00', maximum: '500.00' });
    world.rail.outcome = 'SUCCEEDED';
    const settle = async (index: number): Promise<void> => {
      await world.advance();
      await world.word({ serialNumber: world.serialNumber(index), outcome: 'ARRIVED', amountMinor: world.rail.sent[index]!.amountMinor });
      world.clock.advance(1_000);
    };
    await observed('5000.00');
    await settle(0);
    await observed('4500.00');
    await settle(1);
    await observed('4100.00');

    expect((await orders()).map(({ amount }) => amount)).toEqual(['500.00', '400.00']);
    expect((await runs(ruleId))[0]).toMatchObject({ decision: 'NOT_ORDERED', code: 'DAILY_CAP' });
  });

  test('whose order a bank definitely refuses frees the position, cools down, and then orders again by itself', async () => {
    const ruleId = await aRule();
    world.rail.outcome = 'REJECTED_WINDOW';
    await observed('1250.00');
    await world.advance();
    await sweep();
    expect(await orders()).toMatchObject([{ state: 'FAILED', stoppedBecause: '0000' }]);
    expect((await runs(ruleId))[0]).toMatchObject({ code: 'COOLING_DOWN' });

    world.clock.advance(600_000);
    await sweep();

    expect((await orders()).map(({ state }) => state)).toEqual(['FAILED', 'RUNNING']);
  });

  test('whose payer is frozen orders nothing, and says why', async () => {
    const ruleId = await aRule();
    await given.test.admin.query('UPDATE known_account SET is_usable = false WHERE id = $1', [PREPAID.id]);
    await observed('1250.00');

    expect(await orders()).toEqual([]);
    expect(await runs(ruleId)).toMatchObject([{ code: 'ACCOUNT_NOT_USABLE' }]);
  });

  test('the table refuses a second open order of one rule', async () => {
    await aRule();
    await observed('1250.00');
    const again = given.test.admin.query(`INSERT INTO transfer_order SELECT gen_random_uuid(), state, means, purpose, reference, amount, payer_account_id, payee_account_id,
      payee_category, rule_id, rule_version, requested_by, reason, business_date, requested_at, approval_id, stopped_because, ended_at FROM transfer_order`);

    await expect(again).rejects.toMatchObject({ constraint: 'transfer_order_one_open_per_rule' });
  });
});

describe('a scheduled rule', () => {
  const daily = (times: string[]): Partial<TransferRuleContent> => ({ trigger: { kind: 'SCHEDULE', schedule: { every: 'DAY', times, onNonWorkingDay: 'KEEP' } } });

  test('is judged at its time, once, also by two processes', async () => {
    const ruleId = await aRule(daily(['10:05']));
    await sweep();
    expect(await orders()).toEqual([]);
    world.clock.advance(5 * 60_000);
    const other = await TransfersWorld.on(given.database, { clock: world.clock });

    await Promise.all([sweep(), other.get(RunDueRules).run()]);
    await sweep();

    expect(await orders()).toMatchObject([{ amount: '300.00' }]);
    expect(await runs(ruleId)).toMatchObject([{ decision: 'ORDERED', dueAt: '2026-11-20T02:05:00.000Z' }]);
    expect(await world.get(ListTransferRules).find(ruleId)).toMatchObject({ nextDueAt: '2026-11-21T02:05:00.000Z' });
  });

  test('is made up for when the service was away a while, and put on record as missed when it was away too long', async () => {
    const ruleId = await aRule(daily(['10:05', '16:00']));
    world.clock.advance(3 * 3_600_000);
    await observed('500.00');
    await sweep();
    world.clock.advance(24 * 3_600_000);
    await sweep();

    expect((await runs(ruleId)).map(({ decision, dueAt }) => [decision, dueAt])).toEqual([
      ['MISSED', '2026-11-20T08:00:00.000Z'],
      ['ORDERED', '2026-11-20T02:05:00.000Z'],
    ]);
  });

  test('of fee income to the filed account waits for a second person other than its maker, and goes no further than the accrued fees', async () => {
    const fees = { payerAccountId: RESERVE.id, payeeAccountId: FILED.id, purpose: 'FEE_INCOME_TRANSFER', retainAmount: '0.00' } as const;
    const ruleId = await aRule({ ...daily(['10:05', '11:05']), ...fees, amount: { mode: 'FIXED', fixed: '600.00' } });
    world.clock.advance(5 * 60_000);
    await sweep();
    const [order] = await orders();
    expect(order).toMatchObject({ state: 'PROPOSED', amount: '600.00', payeeCategory: 'FILED_OWN_FUND' });
    const approve = (actor: typeof LI_NA): Promise<string> =>
      codeOf(given.database.transaction((tx) => world.get(DecideTransfer).approve(tx, order?.id ?? '', { actor, reason: 'spec' })));
    expect(await approve(LI_NA)).toBe('MAKER_CANNOT_CHECK');
    expect(await approve(WANG_WEI)).toBe('ACCEPTED');
    await world.advance();
    await world.word({ outcome: 'SUCCEEDED', amountMinor: 60_000n });

    world.clock.advance(3_600_000);
    await sweep();

    expect(await orders()).toMatchObject([{ state: 'COMPLETED' }]);
    expect((await runs(ruleId))[0]).toMatchObject({ decision: 'NOT_ORDERED', code: 'FEE_INCOME_ABOVE_ACCRUED' });
  });
});

describe('changing a rule', () => {
  test('takes two persons, and the version in force stands until then', async () => {
    const ruleId = await aRule();
    const { id } = await propose({ retainAmount: '700.00' }, { ruleId, basedOn: 1 });
    expect(await codeOf(decide('approve', id, LI_NA))).toBe('MAKER_CANNOT_CHECK');
    expect(await world.get(ListTransferRules).find(ruleId)).toMatchObject({ version: 1, content: { retainAmount: '200.00' } });

    expect(await codeOf(decide('approve', id))).toBe('ACCEPTED');

    expect(await world.get(ListTransferRules).find(ruleId)).toMatchObject({ version: 2, content: { retainAmount: '700.00' }, versions: [{ version: 2 }, { version: 1, makerId: 'li.na', checkerId: 'wang.wei' }] });
  });

  test('from a version that is not in force any more is refused, when it is proposed and when it is approved', async () => {
    const ruleId = await aRule();
    const first = await propose({ retainAmount: '700.00' }, { ruleId, basedOn: 1 });
    const second = await propose({ retainAmount: '800.00' }, { ruleId, basedOn: 1 });
    await decide('approve', first.id);

    expect(await codeOf(decide('approve', second.id))).toBe('RULE_CHANGED_MEANWHILE');
    expect(await codeOf(propose({}, { ruleId, basedOn: 1 }))).toBe('RULE_CHANGED_MEANWHILE');
    expect(await codeOf(propose({}, { ruleId: crypto.randomUUID(), basedOn: 1 }))).toBe('RULE_NOT_FOUND');
  });

  test('switches it off', async () => {
    const ruleId = await aRule();
    await decide('approve', (await propose({ isOn: false }, { ruleId, basedOn: 1 })).id);
    await observed('1250.00');

    expect(await orders()).toEqual([]);
  });

  test.each<[string, Partial<TransferRuleContent>, string]>([
    ['over a pair that the matrix does not have', { payeeAccountId: FILED.id }, 'TRANSFER_NOT_ALLOWED'],
    ['over an account that nobody told of', { payeeAccountId: crypto.randomUUID() }, 'ACCOUNT_UNKNOWN'],
    ['by a means that is not built', { means: 'VIRTUAL_ACCOUNT' }, 'MEANS_NOT_BUILT'],
    ['that empties the reserve by a threshold', { payerAccountId: RESERVE.id, payeeAccountId: PREPAID.id, purpose: 'FUND_DOWN' }, 'RULE_OVER_RESERVE'],
  ])('into one %s is refused', async (_, content, code) => {
    expect(await codeOf(propose(content))).toBe(code);
  });

  test('is withdrawn by its maker, and decided once', async () => {
    const { id, ruleId } = await propose();
    await decide('withdraw', id, LI_NA);

    expect(await codeOf(decide('approve', id))).toBe('ALREADY_DECIDED');
    expect(await world.get(ListTransferRules).find(ruleId)).toBeNull();
    expect(await codeOf(decide('approve', crypto.randomUUID()))).toBe('RULE_PROPOSAL_NOT_FOUND');
  });
});

test('a dry run tells what a rule would have done on the positions of past days, and writes nothing', async () => {
  await given.test.admin.query('DELETE FROM position_observation');
  world.clock.advance(3_600_000);
  await observed('1250.00');
  world.clock.advance(24 * 3_600_000);
  await observed('2300.00');
  const before = await given.test.admin.query('SELECT (SELECT count(*) FROM transfer_order) + (SELECT count(*) FROM transfer_rule_run) AS written');
  const dates = { from: businessDate('2026-11-19'), to: businessDate('2026-11-21') };

  expect(await world.get(DryRunRule).execute(aRuleContent(), dates)).toMatchObject({
    orders: 2,
    ordered: '2100.00',
    isComplete: true,
    steps: [{ observed: '1250.00', amount: '1050.00' }, { observed: '2300.00', projected: '1250.00', amount: '1050.00' }],
  });
  expect((await given.test.admin.query('SELECT (SELECT count(*) FROM transfer_order) + (SELECT count(*) FROM transfer_rule_run) AS written')).rows).toEqual(before.rows);
  expect(await codeOf(world.get(DryRunRule).execute(aRuleContent(), { ...dates, to: businessDate('2026-12-21') }))).toBe('DRY_RUN_TOO_LONG');
});
