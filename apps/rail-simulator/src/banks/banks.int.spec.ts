import { randomUUID } from 'node:crypto';

import { eventually } from '@jinku/testing';

import { aPayout, aTestHouse, TestInstitution, TestNoticeDoor, type TestHouse, type Told } from '../simulator.builder.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';

const ALPHA = '6214830100000001';
const ALPHA_TOO = '6214830100000002';
const BETA = '6214850100000001';
const RESERVE = '1000000000000001';
const OF_ALPHA = { accountNumber: ALPHA_TOO, accountName: '金库支付有限公司', bankCode: '102100099996' };
const OF_BETA = { accountNumber: BETA, accountName: '金库支付有限公司', bankCode: '308584000013' };
const OF_RESERVE = { accountNumber: RESERVE, accountName: '金库支付有限公司备付金', bankCode: '001100000008' };
const OUTSIDE = { accountNumber: '6222020200112233445', accountName: '张伟', bankCode: '105100000017' };

let house: TestHouse;
let door: TestNoticeDoor;
let noticeUrl: string;
let simulator: RunningSimulator;
let institution: TestInstitution;

beforeEach(async () => {
  house = await aTestHouse();
  door = new TestNoticeDoor(house.secret);
  noticeUrl = await door.listen();
  await open();
  await institution.admin('PUT', '/admin/hvps', { mode: 'OPEN' });
  for (const [bank, account] of [['alpha', ALPHA], ['alpha', ALPHA_TOO], ['beta', BETA]] as const) {
    await institution.admin('PUT', `/admin/banks/${bank}/accounts/${account}`, { accountName: '金库支付有限公司', openingBalance: '1000.00' });
  }
});

afterEach(async () => {
  await institution.close();
  await simulator.stop();
  await door.close();
  await house.drop();
});

async function open(changes: Parameters<TestHouse['config']>[0] = {}): Promise<void> {
  simulator = await startSimulator(house.config({ noticeUrl, arrivalMs: 200, ...changes }), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);
}

function transfer(changes: Record<string, unknown> = {}, bank = 'alpha'): Promise<Told> {
  const body = {
    serialNumber: randomUUID(),
    fromAccount: bank === 'alpha' ? ALPHA : BETA,
    amount: '100.00',
    currency: 'CNY',
    payee: OF_RESERVE,
    purpose: '上划',
    reference: 'T-1',
    validUntil: Date.now() + 60_000,
    ...changes,
  };
  return institution.send({ method: 'POST', path: `/banks/${bank}/v1/transfers`, body: JSON.stringify(body), timeoutMs: 2_000 });
}

async function read(path: string): Promise<Record<string, unknown>> {
  return (await institution.send({ method: 'GET', path, body: '' })).fields;
}

const inquire = (serialNumber: unknown, bank = 'alpha'): Promise<Record<string, unknown>> => read(`/banks/${bank}/v1/transfers/${String(serialNumber)}`);

async function balances(): Promise<Record<string, unknown>> {
  const { items } = (await institution.admin('GET', '/admin/banks/accounts')).fields as { items: { accountNumber: string; balance: string }[] };
  return Object.fromEntries(items.map(({ accountNumber, balance }) => [accountNumber, balance]));
}

async function reserveBalance(): Promise<unknown> {
  return (await institution.admin('GET', '/admin/central-bank/reserve')).fields['balance'];
}

async function play(faults: Record<string, unknown>): Promise<void> {
  expect((await institution.admin('PUT', '/admin/banks/faults', faults)).httpStatus).toBe(200);
}

/** What all accounts and what is on its way between them hold together, and whether each balance is what its entries add up to. */
async function moneyIsExact(): Promise<Record<string, unknown>> {
  const { rows } = await house.database.query<{ total: string; areChained: boolean }>(
    `SELECT (SELECT sum(balance_minor) FROM rails.bank_account) + (SELECT balance_minor FROM rails.reserve_account)
          + (SELECT coalesce(sum(amount_minor), 0) FROM rails.payment_in_flight WHERE arrived_at IS NULL) AS total,
            (SELECT bool_and(a.balance_minor = a.opening_minor
               + coalesce((SELECT sum(CASE direction WHEN 'CREDIT' THEN amount_minor ELSE -amount_minor END)
                             FROM rails.bank_entry AS e WHERE e.account_number = a.account_number), 0)
               AND a.balance_minor = coalesce((SELECT balance_after_minor FROM rails.bank_entry AS e
                     WHERE e.account_number = a.account_number ORDER BY entry_number DESC LIMIT 1), a.opening_minor))
             FROM rails.bank_account AS a) AS "areChained"`,
  );
  return { ...rows[0] };
}

const ALL_MONEY = { total: '300000300000', areChained: true };

test('a transfer to the reserve is debited at once, told by inquiry, and arrives later with its number, told by a notice', async () => {
  const told = await transfer();
  const { serialNumber } = told.fields;

  expect(told).toMatchObject({ isSigned: true, fields: { status: 'ACCEPTED', code: '0000', amount: '100.00' } });
  expect((await balances())[ALPHA]).toBe('900.00');
  expect(await inquire(serialNumber)).toMatchObject({ status: 'PROCESSING' });
  await eventually(async () => expect(await inquire(serialNumber)).toMatchObject({ status: 'SUCCEEDED', code: '0000', amount: '100.00' }));
  await eventually(async () => expect(await reserveBalance()).toBe('3000000100.00'));
  const { rows } = await house.database.query('SELECT direction, amount_minor, payer_reference, counterparty, purpose FROM rails.reserve_movement');
  expect(rows).toEqual([
    { direction: 'CREDIT', amount_minor: '10000', payer_reference: serialNumber, counterparty: '102100099996', purpose: 'TRANSFER' },
  ]);
  await eventually(() => expect(door.heard.map(({ fields }) => fields['kind'])).toEqual(['RESERVE_MOVED']));
  expect(await moneyIsExact()).toEqual(ALL_MONEY);
});

test('outside HVPS hours nothing goes to the reserve, its number is spent, and other payees are reached', async () => {
  await institution.admin('PUT', '/admin/hvps', { mode: 'CLOSED' });
  const refused = (await transfer()).fields;

  expect(refused).toMatchObject({ status: 'REJECTED', code: '0302' });
  await institution.admin('PUT', '/admin/hvps', { mode: 'OPEN' });
  expect((await transfer({ serialNumber: refused['serialNumber'] })).fields).toMatchObject({ status: 'REJECTED', code: '0201' });
  expect(await inquire(refused['serialNumber'])).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
  await institution.admin('PUT', '/admin/hvps', { mode: 'CLOSED' });
  expect((await transfer({ payee: OF_ALPHA })).fields).toMatchObject({ status: 'ACCEPTED' });
  expect(await balances()).toMatchObject({ [ALPHA]: '900.00', [ALPHA_TOO]: '1100.00' });
});

test('twenty repeats of a number at once move its money a single time, whatever they say', async () => {
  const serialNumber = randomUUID();

  const told = await Promise.all(
    Array.from({ length: 20 }, (_, index) => transfer({ serialNumber, amount: index % 2 === 0 ? '1.00' : '2.00', fromAccount: index % 3 === 0 ? ALPHA : ALPHA_TOO })),
  );

  expect(told.filter(({ fields }) => fields['status'] === 'ACCEPTED')).toHaveLength(1);
  expect(told.filter(({ fields }) => fields['code'] === '0201')).toHaveLength(19);
  expect((await house.database.query('SELECT 1 FROM rails.bank_entry')).rowCount).toBe(1);
});

test('transfers that race for a balance take what is there and no fen more, in both directions at once', async () => {
  const told = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0
        ? transfer({ amount: '150.00', payee: OUTSIDE })
        : transfer({ amount: '1.00', fromAccount: ALPHA_TOO, payee: { ...OF_ALPHA, accountNumber: ALPHA } }),
    ),
  );

  expect(told.every(({ fields }) => fields['status'] === 'ACCEPTED' || fields['code'] === '0301')).toBe(true);
  expect(told.filter(({ fields }, index) => index % 2 === 0 && fields['status'] === 'ACCEPTED')).toHaveLength(6);
  expect(await balances()).toMatchObject({ [ALPHA]: '120.00', [ALPHA_TOO]: '980.00' });
  expect(await moneyIsExact()).toEqual({ ...ALL_MONEY, total: (300_000_300_000n - 90_000n).toString() });
});

test('money between two banks is on its way, then there, also over a restart', async () => {
  await play({ transfers: [{ fault: 'LATE_ARRIVAL', delayMs: 1_500 }] });
  await transfer({ payee: OF_BETA });
  expect(await moneyIsExact()).toEqual(ALL_MONEY);
  expect((await institution.admin('GET', '/admin/banks/in-flight')).fields).toEqual({ count: 1, amount: '100.00' });

  await institution.close();
  await simulator.stop();
  await open();

  await eventually(async () => expect(await balances()).toMatchObject({ [ALPHA]: '900.00', [BETA]: '1100.00' }));
  expect(await moneyIsExact()).toEqual(ALL_MONEY);
});

test.each([
  ['after its validUntil', { validUntil: Date.now() - 1 }, { status: 'REJECTED', code: '0302' }],
  ['above the balance', { amount: '1000.01' }, { status: 'REJECTED', code: '0301' }],
  ['from an account of another bank', { fromAccount: BETA }, { status: 'REJECTED', code: '0401' }],
  ['from an account that nobody has', { fromAccount: '6214000000000009' }, { status: 'REJECTED', code: '0401' }],
  ['to the account it comes from', { payee: { ...OF_ALPHA, accountNumber: ALPHA } }, { status: 'REJECTED', code: '0401' }],
  ['of dollars', { currency: 'USD' }, { status: 'REJECTED', code: '0501', message: 'malformed: currency' }],
  ['of nothing', { amount: '0.00' }, { status: 'REJECTED', code: '0501', message: 'malformed: amount' }],
  ['with a field that nobody knows', { urgent: true }, { status: 'REJECTED', code: '0501', message: 'malformed: unknown field' }],
])('a transfer %s is refused and moves nothing', async (_, changes, expected) => {
  expect((await transfer(changes)).fields).toMatchObject(expected);
  expect(await balances()).toEqual({ [ALPHA]: '1000.00', [ALPHA_TOO]: '1000.00', [BETA]: '1000.00' });
});

test('a payee account that its bank does not have fails, and nothing is debited', async () => {
  for (const payee of [{ ...OF_ALPHA, accountNumber: '6214830100000009' }, { ...OF_RESERVE, accountNumber: '1000000000000002' }, { ...OF_BETA, bankCode: OF_ALPHA.bankCode }]) {
    const { serialNumber } = (await transfer({ payee })).fields;
    await eventually(async () => expect(await inquire(serialNumber)).toMatchObject({ status: 'FAILED', code: '0101' }));
  }
  expect((await balances())[ALPHA]).toBe('1000.00');
});

test('a lost answer is found by inquiry when the transfer was executed, and is not found when it was not', async () => {
  await play({ transfers: [{ occurrence: 1, fault: 'RESET_BEFORE_EXECUTION' }, { occurrence: 2, fault: 'TIMEOUT_AFTER_EXECUTION' }] });
  const [lost, executed] = [randomUUID(), randomUUID()];

  await expect(transfer({ serialNumber: lost })).rejects.toThrow();
  await expect(transfer({ serialNumber: executed })).rejects.toThrow();

  expect(await inquire(lost)).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
  expect(await inquire(executed)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await balances())[ALPHA]).toBe('900.00');
  expect((await transfer({ serialNumber: lost })).fields).toMatchObject({ status: 'ACCEPTED' });
});

test('a forged answer is not signed by the bank, and a busy bank has done nothing', async () => {
  await play({ transfers: [{ occurrence: 1, fault: 'WRONG_SIGNATURE' }, { occurrence: 2, fault: 'SYSTEM_BUSY' }, { occurrence: 3, fault: 'RISK_REFUSAL' }] });

  expect(await transfer()).toMatchObject({ isSigned: false, fields: { status: 'ACCEPTED' } });
  expect((await transfer()).fields).toMatchObject({ status: 'UNKNOWN', code: '9999' });
  expect((await transfer()).fields).toMatchObject({ status: 'REJECTED', code: '0401' });
  expect((await balances())[ALPHA]).toBe('900.00');
});

test('a transfer that the bank fails later was never debited', async () => {
  await play({ transfers: [{ fault: 'BUSINESS_FAILURE', code: '0103' }] });
  const { serialNumber } = (await transfer()).fields;

  await eventually(async () => expect(await inquire(serialNumber)).toMatchObject({ status: 'FAILED', code: '0103' }));
  expect((await balances())[ALPHA]).toBe('1000.00');
});

test('money that comes back after a success is a new entry, and the transfer says so from then on', async () => {
  await play({ transfers: [{ fault: 'DEBITED_AND_RETURNED', delayMs: 1_200 }] });
  const { serialNumber } = (await transfer()).fields;

  await eventually(async () => expect(await inquire(serialNumber)).toMatchObject({ status: 'SUCCEEDED' }));
  expect((await balances())[ALPHA]).toBe('900.00');
  await eventually(async () => expect(await inquire(serialNumber)).toMatchObject({ status: 'RETURNED', code: '0000', amount: '100.00' }));
  expect((await balances())[ALPHA]).toBe('1000.00');
  const { rows } = await house.database.query('SELECT kind, direction, end_to_end FROM rails.bank_entry ORDER BY entry_number');
  expect(rows).toEqual([
    { kind: 'TRANSFER', direction: 'DEBIT', end_to_end: serialNumber },
    { kind: 'RETURN', direction: 'CREDIT', end_to_end: serialNumber },
  ]);
  expect(await reserveBalance()).toBe('3000000000.00');
});

test('a credit may arrive without the number that it was sent under', async () => {
  await play({ transfers: [{ fault: 'ARRIVAL_WITHOUT_REFERENCE' }] });
  await transfer();

  await eventually(async () => expect(await reserveBalance()).toBe('3000000100.00'));
  expect((await house.database.query('SELECT payer_reference FROM rails.reserve_movement')).rows).toEqual([{ payer_reference: null }]);
});

test('what a clearing house pays to an account at a bank arrives there once, and payouts to others leave no trace', async () => {
  const payout = aPayout({ payeeAccount: BETA, amount: '12.34' });
  await Promise.all([institution.pay(payout), institution.pay(payout), institution.pay(aPayout())]);

  await eventually(async () => expect((await balances())[BETA]).toBe('1012.34'));
  expect((await house.database.query('SELECT kind, end_to_end, counterparty_name FROM rails.bank_entry')).rows).toEqual([
    { kind: 'CREDIT', end_to_end: payout['serialNumber'], counterparty_name: 'NETSUNION' },
  ]);
});

test('third parties, interest and charges are entries; a charge stops at the balance where the bank forbids more', async () => {
  const entries = `/admin/banks/beta/accounts/${BETA}/entries`;
  const person = { counterpartyAccount: '6222020200112233445', counterpartyName: '张伟', reference: '货款' };

  expect((await institution.admin('POST', entries, { kind: 'CREDIT', amount: '50.00', ...person })).fields).toMatchObject({ balanceAfter: '1050.00' });
  expect((await institution.admin('POST', entries, { kind: 'INTEREST', amount: '0.01' })).fields).toMatchObject({ balanceAfter: '1050.01' });
  expect(await institution.admin('POST', entries, { kind: 'CHARGE', amount: '1050.02' })).toMatchObject({ httpStatus: 409, fields: { error: 'BALANCE_SHORT' } });
  expect((await institution.admin('POST', entries, { kind: 'CHARGE', amount: '1050.01' })).fields).toMatchObject({ balanceAfter: '0.00' });
  expect((await institution.admin('POST', '/admin/banks/beta/accounts/6214000000000009/entries', { kind: 'CHARGE', amount: '1.00' })).httpStatus).toBe(404);
});

test('an account with an overdraft goes below zero as far as that and no further', async () => {
  const account = `/admin/banks/alpha/accounts/6214830100000003`;
  await institution.admin('PUT', account, { accountName: '金库支付有限公司', openingBalance: '1.00', overdraft: '10.00' });

  expect((await institution.admin('POST', `${account}/entries`, { kind: 'CHARGE', amount: '11.00' })).fields).toMatchObject({ balanceAfter: '-10.00' });
  expect((await institution.admin('POST', `${account}/entries`, { kind: 'CHARGE', amount: '0.01' })).httpStatus).toBe(409);
  expect(await read('/banks/alpha/v1/accounts/6214830100000003/balance')).toMatchObject({ balance: '-10.00' });
});

test('an opening balance is history once there are entries, and a number belongs to one bank', async () => {
  const account = `/admin/banks/alpha/accounts/${ALPHA}`;
  await institution.admin('POST', `${account}/entries`, { kind: 'INTEREST', amount: '1.00' });

  expect((await institution.admin('PUT', account, { accountName: '新名', openingBalance: '5.00' })).httpStatus).toBe(409);
  expect((await institution.admin('PUT', account, { accountName: '新名', openingBalance: '1000.00' })).fields).toMatchObject({ balance: '1001.00' });
  expect((await institution.admin('PUT', `/admin/banks/beta/accounts/${ALPHA}`, { accountName: '新名', openingBalance: '5.00' })).httpStatus).toBe(409);
});

test('a request that nobody signed is refused by a signed answer', async () => {
  const told = await institution.send({ method: 'GET', path: `/banks/beta/v1/accounts/${BETA}/balance`, body: '', changes: { 'x-signature': 'AAAA' } });

  expect(told).toMatchObject({ httpStatus: 401, isSigned: true, fields: { code: '0502', message: 'SIGNATURE_WRONG' } });
});

test('what was booked cannot be changed or deleted by the house', async () => {
  for (const table of ['bank_entry', 'bank_transfer', 'forgotten_transfer', 'payment_in_flight']) {
    await expect(house.database.query(`DELETE FROM rails.${table}`)).rejects.toMatchObject({ code: '42501' });
  }
  await expect(house.database.query('UPDATE rails.payment_in_flight SET amount_minor = 1')).rejects.toMatchObject({ code: '42501' });
  await expect(house.database.query("UPDATE rails.bank_account SET balance_minor = -1")).rejects.toMatchObject({ code: '23514' });
});
