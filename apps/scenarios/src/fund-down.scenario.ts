import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '@jinku/cli';
import { formatAmount } from '@jinku/money';
import { ACCOUNTS, BUSINESS_DATE, type AccountKey } from './day-institution.ts';
import { DayWorld } from './day-world.ts';
import type { FaultPlan } from './installation.ts';
import { PROFILE } from './profile.ts';
import { TransferDesk, type Fate } from './transfer-desk.ts';

/** Two business minutes a second: an approval's hour passes within a scenario, and none of it reaches the day cut. */
const RATE = 120;
const STARTS_AT = '01:00';
const SCHEDULED_IN_MINUTES = 25;
const SEEN_FROM_OUTSIDE_MS = 2_000;
const FEE_ACCRUED = 20_000_000n;
const BECOMES_SO_WITHIN_MS = 60_000;
const SETTINGS = {
  JINKU_TRANSFER_CALL_TIMEOUT_MS: '700',
  JINKU_TRANSFER_VALIDITY_MS: '2400',
  JINKU_TRANSFER_APPROVAL_HOURS: '1',
  JINKU_TRANSFER_POSITION_AGE_MAX_MS: '86400000',
  JINKU_QUOTA_STALE_MS: '86400000',
  JINKU_RAILS_ARRIVAL_MS: '60000',
  // A standing balance is told again each business minute: asked for at the default rate, the books would never be at rest.
  JINKU_POSITION_POLL_MS: '8000',
};

type Fault = NonNullable<FaultPlan['script']>[number];
type Case = Omit<Fate, 'inTransit' | 'numbers'> & Pick<Fault, 'fault' | 'delayMs' | 'code'> & { readonly isPaid: boolean };

const paid = (fault: string | null, given: Partial<Case> = {}): Case => 
  ({ fault, state: 'COMPLETED', legState: 'SETTLED', stoppedBecause: null, effects: ['PAID_BY_HOUSE'], isPaid: true, ...given });
const stopped = (fault: string, stoppedBecause: string, given: Partial<Case> = {}): Case => paid(fault, { state: 'STOPPED', legState: 'NOT_MOVED', stoppedBecause, effects: [], isPaid: false, ...given });

const BY_HAND: readonly Case[] = [
  paid(null),
  stopped('BUSINESS_FAILURE', '0102', { code: '0102' }),
  stopped('RISK_REFUSAL', '0401'),
  stopped('LATE_NOTICE', '0103', { code: '0103', delayMs: 1_000 }),
  paid('LATE_NOTICE', { delayMs: 1_000 }),
  paid('LOST_NOTICE', { delayMs: 1_000 }),
  paid('FORGED_NOTICE', { delayMs: 1_000 }),
  paid('WRONG_AMOUNT_NOTICE', { delayMs: 1_000 }),
  paid('TIMEOUT_AFTER_EXECUTION'),
  paid('SERVER_ERROR_AFTER_EXECUTION'),
  paid('WRONG_SIGNATURE'),
  stopped('TIMEOUT_BEFORE_EXECUTION', '0602'),
  stopped('SYSTEM_BUSY', '0602'),
];

jest.setTimeout(240_000);

describe(`money of the central reserve goes down to a bank account (F3) on the ${PROFILE} profile`, () => {
  let world: DayWorld;
  let desk: TransferDesk;
  /** Somebody who may order and approve by their roles, and yet not both of one thing. */
  let both: string;

  beforeAll(async () => {
    world = await DayWorld.start(PROFILE, { startsAt: STARTS_AT, rate: RATE, settings: SETTINGS, feeAccrued: formatAmount(FEE_ACCRUED) });
    desk = new TransferDesk(world);
    both = await world.engage('duty-officer', ['operator', 'approver']);
  });

  afterAll(async () => {
    await (world as DayWorld | undefined)?.stop();
  });

  test('a scheduled fund-down of fee income waits for another person than the maker of its rule, then goes out and settles', async () => {
    const heldBefore = await desk.heldAtBank('filed-own-fund');
    const { ruleId, alone: ruleAlone } = await scheduled({ fixed: '86000.00', reference: 'FEE-INCOME-1' });
    const id = await desk.nextOf(ruleId, 0);
    await new Promise((resolve) => setTimeout(resolve, SEEN_FROM_OUTSIDE_MS));
    const waiting = await desk.read(id);
    const refused = [await approveAs(both, id), await desk.act('auditor', 'approve', id), await desk.act('operator', 'approve', id)];
    const paidBefore = await paidOut(world, 'filed-own-fund');
    const approved = await desk.act('approver', 'approve', id);
    await desk.untilState(id, 'COMPLETED');
    await waitFor('the bank credits the fund-down', BECOMES_SO_WITHIN_MS, async () => ((await desk.heldAtBank('filed-own-fund')) - heldBefore === 8_600_000n ? true : null));

    expect(ruleAlone).toEqual({ status: 403, code: 'MAKER_CANNOT_CHECK' });
    expect(waiting).toMatchObject({ state: 'PROPOSED', amount: '86000.00', instructions: [], movements: [] });
    expect(refused).toEqual([{ status: 403, code: 'MAKER_CANNOT_CHECK' }, { status: 403, code: 'FORBIDDEN' }, { status: 403, code: 'FORBIDDEN' }]);
    expect([paidBefore, approved]).toEqual([[], { status: 200 }]);
    expect(await desk.fateOf(id)).toEqual({ state: 'COMPLETED', legState: 'SETTLED', stoppedBecause: null, inTransit: '0.00', numbers: 1, effects: ['PAID_BY_HOUSE'] });
    expect(await paidOut(world, 'filed-own-fund')).toEqual([8_600_000n]);
    expect(await desk.ofRule(ruleId)).toHaveLength(1);
  });

  test('a scheduled fund-down that the house rejects has failed, and the rule does not order it again before its next time', async () => {
    await world.playFaults({ script: [{ amount: '41000.00', occurrence: 1, fault: 'BUSINESS_FAILURE', code: '0103' }] });
    const { ruleId } = await scheduled({ fixed: '41000.00', reference: 'FEE-INCOME-2' });
    const id = await desk.nextOf(ruleId, 0);
    await desk.act('second-approver', 'approve', id);
    await desk.untilState(id, 'FAILED');
    await new Promise((resolve) => setTimeout(resolve, SEEN_FROM_OUTSIDE_MS));

    expect(await desk.fateOf(id)).toEqual({ state: 'FAILED', legState: 'NOT_MOVED', stoppedBecause: '0103', inTransit: '0.00', numbers: 1, effects: [] });
    expect(await desk.ofRule(ruleId)).toHaveLength(1);
    expect(await paidOut(world, 'filed-own-fund')).not.toContain(4_100_000n);
  });

  test('reserve money goes to no payee that is not allowed, and fees neither elsewhere than to the filed account nor above what is accrued', async () => {
    const closing = await accountInClosure();
    const before = await world.books.counts(['transfers.transfer_order', 'transfers.approval', 'transfers.transfer_leg']);
    const elsewhere = await desk.ask('operator', { payer: 'reserve', payee: 'own-fund', purpose: 'FEE_INCOME_TRANSFER', amount: '1.00' });
    const noPurpose = await desk.ask('operator', { payer: 'reserve', payee: 'filed-own-fund', purpose: 'FUND_DOWN', amount: '1.00' });
    const notRetained = await known(closing);
    const tooMuch = await desk.ask('operator', fee(FEE_ACCRUED));

    expect(elsewhere).toMatchObject({ status: 422, body: { code: 'FEE_INCOME_NOT_TO_FILED', violations: [{ field: 'payeeAccountId' }] } });
    expect(noPurpose).toMatchObject({ status: 422, body: { code: 'TRANSFER_NOT_ALLOWED' } });
    expect(notRetained).toMatchObject({ status: 422, body: { code: 'PAYEE_NOT_ALLOWED', violations: [{ field: 'payeeAccountId' }] } });
    expect(tooMuch).toMatchObject({ status: 422, body: { code: 'FEE_INCOME_ABOVE_ACCRUED', violations: [{ field: 'amount' }] } });
    expect(await world.books.counts(['transfers.transfer_order', 'transfers.approval', 'transfers.transfer_leg'])).toEqual(before);
  });

  test('an order that is refused, taken back or not decided in time ends without a number and gives its accrued fees back', async () => {
    const ids = [await desk.order(fee(1_000_000n)), await desk.order(fee(1_000_100n)), await desk.order(fee(1_000_200n))];
    const [rejected = '', withdrawn = '', late = ''] = ids;
    const other = await desk.act('second-operator', 'withdraw', withdrawn);
    const decided = [await desk.act('approver', 'reject', rejected), await desk.act('operator', 'withdraw', withdrawn)];
    await desk.untilState(late, 'EXPIRED');
    const tooLate = [await desk.act('approver', 'approve', late), await desk.act('approver', 'approve', rejected)];
    const left = FEE_ACCRUED - 8_600_000n;
    const [above, all] = [await desk.ask('operator', fee(left + 1n)), await desk.order(fee(left))];
    await desk.act('operator', 'withdraw', all);

    expect(other).toEqual({ status: 403, code: 'ONLY_MAKER_WITHDRAWS' });
    expect(decided).toEqual([{ status: 200 }, { status: 200 }]);
    expect(tooLate).toEqual([{ status: 409, code: expect.stringMatching(/^(ALREADY_DECIDED|APPROVAL_EXPIRED)$/) }, { status: 409, code: 'ALREADY_DECIDED' }]);
    expect(await Promise.all(ids.map((id) => desk.fateOf(id)))).toEqual(
      ['REJECTED', 'WITHDRAWN', 'EXPIRED'].map((state) => ({ state, legState: 'CANCELLED', stoppedBecause: null, inTransit: '0.00', numbers: 0, effects: [] })),
    );
    expect(above).toMatchObject({ status: 422, body: { code: 'FEE_INCOME_ABOVE_ACCRUED' } });
  });

  test('each misbehaviour of the house leads to the one fate that is right for a fund-down, and the house pays once at most', async () => {
    const cases = BY_HAND.map((expected, row) => ({ expected, minor: 300_000n + BigInt(row) * 100n }));
    await world.playFaults({
      script: cases.map(({ expected: { fault, delayMs, code }, minor }) => ({
        ...{ amount: formatAmount(minor), fault },
        ...(delayMs === undefined ? {} : { delayMs }),
        ...(code === undefined ? {} : { code }),
      })),
    });
    const ids = await Promise.all(cases.map(({ minor }) => desk.order(down(minor))));
    await Promise.all(cases.map(({ expected }, nth) => desk.until(ids[nth] ?? '', expected.legState, ({ legState }) => legState === expected.legState)));
    await new Promise((resolve) => setTimeout(resolve, SEEN_FROM_OUTSIDE_MS));
    const fates = await Promise.all(ids.map(async (id, nth) => ({ fault: cases[nth]?.expected.fault, ...(await desk.fateOf(id)) })));

    expect(fates).toEqual(
      cases.map(({ expected: { fault, state, legState, stoppedBecause, effects } }) => ({ fault, state, legState, stoppedBecause, effects, inTransit: '0.00', numbers: 1 })),
    );
    expect(await paidOut(world, 'prepaid-card')).toEqual(cases.filter(({ expected }) => expected.isPaid).map(({ minor }) => minor));
  });

  test('what the house definitely did not pay is paid under another number when a person says so, or is cancelled', async () => {
    await world.playFaults({});
    const [again = '', ...dropped] = (await world.as<{ items: { id: string }[] }>('auditor', { path: '/v1/transfers?state=STOPPED&sort=amount' })).items.map(({ id }) => id);
    const done = [await desk.act('operator', 'resume', again), ...(await Promise.all(dropped.map((id) => desk.act('operator', 'cancel', id))))];
    await desk.untilState(again, 'COMPLETED');
    const [grant] = await world.books.ours<{ reserved: string }>(`SELECT reserved FROM transfers.quota_grant WHERE clearing_house = 'NETSUNION'`);

    expect(done.every(({ status }) => status === 200)).toBe(true);
    expect(await desk.fateOf(again)).toMatchObject({ legState: 'SETTLED', numbers: 2, effects: ['PAID_BY_HOUSE'] });
    expect(await Promise.all(dropped.map(async (id) => (await desk.fateOf(id)).legState))).toEqual(dropped.map(() => 'CANCELLED'));
    expect(grant?.reserved).toBe('0');
  });

  test('a fund-down that quota does not cover waits without a number, and goes out once more is mapped', async () => {
    const id = await desk.order(down(1_050_000_000n));
    await desk.act('approver', 'approve', id);
    await new Promise((resolve) => setTimeout(resolve, SEEN_FROM_OUTSIDE_MS));
    const short = await desk.fateOf(id);
    await world.as('operator', { method: 'POST', path: '/v1/quotas/adjustments', body: { clearingHouse: 'NETSUNION', direction: 'INCREASE', amount: '2000000.00', reason: 'A scenario' } });
    await desk.untilState(id, 'COMPLETED');

    expect(short).toMatchObject({ state: 'RUNNING', legState: 'PLANNED', numbers: 0, effects: [] });
    expect(await desk.fateOf(id)).toMatchObject({ legState: 'SETTLED', numbers: 1, effects: ['PAID_BY_HOUSE'] });
    expect((await paidOut(world, 'prepaid-card')).filter((minor) => minor === 1_050_000_000n)).toHaveLength(1);
  });

  test('both sets of books agree', async () => {
    expect(await world.verdict({ withinMs: 60_000 })).toEqual({ exitCode: 0, said: expect.stringContaining('checker: clean') });
  });

  /** A rule of the person who has both roles, due in some minutes; `alone` is what came of approving it oneself. */
  async function scheduled({ fixed, reference }: { fixed: string; reference: string }): Promise<{ ruleId: string; alone: unknown }> {
    const minute = world.clock.minute() + SCHEDULED_IN_MINUTES;
    const content = {
      ...{ name: reference, reference, payerAccountId: world.account('reserve').id, payeeAccountId: world.account('filed-own-fund').id, purpose: 'FEE_INCOME_TRANSFER' },
      trigger: { kind: 'SCHEDULE', schedule: { every: 'DAY', times: [`${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`], onNonWorkingDay: 'KEEP' } },
      ...{ amount: { mode: 'FIXED', fixed }, retainAmount: '0.00', effectiveFrom: BUSINESS_DATE },
    };
    const { id, ruleId } = await world.gateway.call<{ id: string; ruleId: string }>({ method: 'POST', path: '/v1/transfer-rules', token: both, body: { content, reason: 'A scenario' } });
    const approval = { method: 'POST', path: `/v1/transfer-rules/proposals/${id}/approve`, body: { reason: 'Checked' } } as const;
    const { status, body } = await world.gateway.ask({ ...approval, token: both });
    await world.as('approver', approval);
    return { ruleId, alone: { status, code: (body as { code: string }).code } };
  }

  async function approveAs(token: string, orderId: string): Promise<unknown> {
    const { status, body } = await world.gateway.ask({ method: 'POST', path: `/v1/transfers/${orderId}/approve`, token, body: { reason: 'Alone' } });
    return { status, code: (body as { code: string }).code };
  }

  /** A client-fund account that is no retained one: it has a date by which it is closed. */
  async function accountInClosure(): Promise<string> {
    const { bank, bankCode, connectorType } = ACCOUNTS['prepaid-card'];
    const opening = { accountClass: 'CLIENT_FUND', owner: 'CLIENT', name: '待销备付金账户', bank, bankCode, connectorType, accountNumber: '0200021409027306009', closeBy: '2027-03-31', reason: 'A scenario' };
    const { approvalId } = await world.as<{ approvalId: string }>('operator', { method: 'POST', path: '/v1/accounts', body: opening });
    return (await world.as<{ accountId: string }>('approver', { method: 'POST', path: `/v1/accounts/proposals/${approvalId}/approve`, body: { note: 'Checked' } })).accountId;
  }

  /** How a fund-down to the account is answered, once the transfers service knows the account as usable. */
  async function known(accountId: string): Promise<unknown> {
    const body = { payerAccountId: world.account('reserve').id, payeeAccountId: accountId, purpose: 'FUND_DOWN', amount: '1.00', reference: 'SCN-CLOSING', reason: 'A scenario' };
    return await waitFor('the account is known', BECOMES_SO_WITHIN_MS, async () => {
      const answer = await world.ask('operator', { method: 'POST', path: '/v1/transfers', body });
      return ['ACCOUNT_UNKNOWN', 'ACCOUNT_NOT_USABLE'].includes((answer.body as { code: string }).code) ? null : answer;
    });
  }
});

function fee(minor: bigint): Parameters<TransferDesk['order']>[0] {
  return { payer: 'reserve', payee: 'filed-own-fund', purpose: 'FEE_INCOME_TRANSFER', amount: formatAmount(minor) };
}

function down(minor: bigint): Parameters<TransferDesk['order']>[0] {
  return { payer: 'reserve', payee: 'prepaid-card', purpose: 'FUND_DOWN', amount: formatAmount(minor) };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** What the house has really paid to the account, the smallest first. */
async function paidOut({ books }: DayWorld, payee: AccountKey): Promise<bigint[]> {
  const rows = await books.rails<{ amount_minor: string }>('SELECT amount_minor FROM rails.executed_payout WHERE payee_account = $1 ORDER BY amount_minor', [ACCOUNTS[payee].accountNumber]);
  return rows.map((row) => BigInt(row.amount_minor));
}
