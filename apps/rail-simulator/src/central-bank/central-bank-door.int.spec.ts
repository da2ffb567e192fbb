import { aTestHouse, TestInstitution, type TestHouse, type Told } from '../simulator.builder.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';

const ACCOUNT = '1000000000000001';

let house: TestHouse;
let simulator: RunningSimulator;
let institution: TestInstitution;

beforeAll(async () => {
  house = await aTestHouse();
  simulator = await startSimulator(house.config(), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);
  const account = { accountNumber: ACCOUNT, accountName: '金库支付有限公司备付金', bankCode: '001100000008' };
  await institution.admin('PUT', '/admin/central-bank/reserve', { ...account, openingBalance: '500.00' });
  for (let count = 1; count <= 5; count += 1) await move({ amount: `${count}.00`, payerReference: `R-${count}` });
  await move({ direction: 'DEBIT', amount: '10.00', counterparty: 'NETSUNION', purpose: 'SETTLEMENT' });
});

afterAll(async () => {
  await institution.close();
  await simulator.stop();
  await house.drop();
});

function move(changes: Record<string, unknown>): Promise<{ httpStatus: number; fields: Record<string, unknown> }> {
  return institution.admin('POST', '/admin/central-bank/movements', { direction: 'CREDIT', ...changes });
}

function get(target: string, account = ACCOUNT): Promise<Told> {
  return institution.send({ method: 'GET', path: `/central-bank/v1/accounts/${account}/${target}`, body: '' });
}

async function bookedOn(): Promise<string> {
  const { rows } = await house.database.query<{ date: string }>('SELECT max(business_date)::text AS date FROM rails.reserve_movement');
  return rows[0]?.date ?? '';
}

test('the balance is read by a signed answer', async () => {
  expect(await get('balance')).toMatchObject({
    httpStatus: 200,
    isSigned: true,
    fields: { accountNumber: ACCOUNT, balance: '505.00', currency: 'CNY', asOf: expect.any(Number) },
  });
});

test("a date's movements come page by page, each once, with the totals of all of them on each page", async () => {
  const date = await bookedOn();
  const seen: Record<string, unknown>[] = [];
  let after = '0';
  for (let pages = 0; pages < 3; pages += 1) {
    const { fields } = await get(`movements?date=${date}&after=${after}&limit=2`);
    expect(fields).toMatchObject({ openingBalance: '500.00', closingBalance: '505.00', creditTotal: '15.00', debitTotal: '10.00', count: 6, isClosed: false });
    seen.push(...(fields['movements'] as Record<string, unknown>[]));
    expect(fields['next'] === null).toBe(pages === 2);
    after = String(fields['next']);
  }

  expect(seen.map((movement) => movement['balanceAfter'])).toEqual(['501.00', '503.00', '506.00', '510.00', '515.00', '505.00']);
  expect(seen.at(0)).toMatchObject({ direction: 'CREDIT', amount: '1.00', payerReference: 'R-1', counterparty: null, purpose: null });
  expect(seen.at(-1)).toMatchObject({ direction: 'DEBIT', amount: '10.00', counterparty: 'NETSUNION', purpose: 'SETTLEMENT' });
});

test('a date before the first movement opens and closes with the opening balance, and is over', async () => {
  expect((await get('movements?date=2026-01-05')).fields).toMatchObject({
    openingBalance: '500.00',
    closingBalance: '500.00',
    count: 0,
    isClosed: true,
    movements: [],
    next: null,
  });
});

test.each([
  ['balance', '9999999999999999', 404, '0602'],
  ['movements?date=2026-01-05', '9999999999999999', 404, '0602'],
  ['movements', ACCOUNT, 400, '0501'],
  ['movements?date=2026-02-30', ACCOUNT, 400, '0501'],
  ['movements?date=2026-01-05&limit=41', ACCOUNT, 400, '0501'],
  ['movements?date=2026-01-05&after=-1', ACCOUNT, 400, '0501'],
  ['statements', ACCOUNT, 404, '0603'],
])('%s of %s is refused with %i %s', async (target, account, httpStatus, code) => {
  expect(await get(target, account)).toMatchObject({ httpStatus, isSigned: true, fields: { code } });
});

test('the account takes no instruction, and nothing goes below zero', async () => {
  const posted = await institution.send({ method: 'POST', path: `/central-bank/v1/accounts/${ACCOUNT}/balance`, body: '{}' });

  expect(posted).toMatchObject({ httpStatus: 404, fields: { code: '0603' } });
  expect(await move({ direction: 'DEBIT', amount: '505.01' })).toMatchObject({ httpStatus: 409, fields: { error: 'RESERVE_SHORT' } });
  expect((await get('balance')).fields['balance']).toBe('505.00');
});

test('an opening balance cannot be set any more once the account has moved', async () => {
  const account = { accountNumber: ACCOUNT, accountName: '金库支付有限公司备付金', bankCode: '001100000008' };

  expect((await institution.admin('PUT', '/admin/central-bank/reserve', { ...account, openingBalance: '1.00' })).httpStatus).toBe(409);
  expect((await institution.admin('PUT', '/admin/central-bank/reserve', { ...account, openingBalance: '500.00' })).fields).toMatchObject({ balance: '505.00' });
});

test('the hours of HVPS are set by the calendar, or by hand, over a restart', async () => {
  await institution.admin('PUT', '/admin/hvps', { mode: 'CLOSED', holidays: ['2027-01-01'] });
  await institution.close();
  await simulator.stop();
  simulator = await startSimulator(house.config(), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);

  expect((await institution.admin('GET', '/admin/hvps')).fields).toEqual({ mode: 'CLOSED', holidays: ['2027-01-01'], makeUpDays: [], isOpen: false });
  expect((await institution.admin('PUT', '/admin/hvps', { mode: 'ALWAYS' })).httpStatus).toBe(400);
});
