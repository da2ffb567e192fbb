import { hash } from 'node:crypto';

import { eventually } from '@jinku/testing';

import { aTestHouse, TestInstitution, type TestHouse } from '../simulator.builder.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';

const ACCOUNTS = { alpha: '6214830100000001', beta: '6214850100000001' } as const;
/** A day passes in about nine seconds. */
const CLOCK_RATE = 10_000;

let house: TestHouse;
let simulator: RunningSimulator;
let institution: TestInstitution;

beforeAll(async () => {
  house = await aTestHouse();
  simulator = await startSimulator(house.config({ clockRate: CLOCK_RATE }), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);
  for (const [bank, account] of Object.entries(ACCOUNTS)) {
    await institution.admin('PUT', `/admin/banks/${bank}/accounts/${account}`, { accountName: '金库支付有限公司', openingBalance: '1000.00' });
    for (const entry of [{ kind: 'CREDIT', amount: '250.00', counterpartyName: '张伟', reference: 'A & B' }, { kind: 'CHARGE', amount: '15.00', purpose: '手续费' }]) {
      await institution.admin('POST', `/admin/banks/${bank}/accounts/${account}/entries`, entry);
    }
  }
});

afterAll(async () => {
  await institution.close();
  await simulator.stop();
  await house.drop();
});

async function fetchStatement(bank: keyof typeof ACCOUNTS, date: string): Promise<Record<string, unknown>> {
  return (await institution.send({ method: 'GET', path: `/banks/${bank}/v1/accounts/${ACCOUNTS[bank]}/statements/${date}`, body: '' })).fields;
}

function textOf(bank: keyof typeof ACCOUNTS, { content, sha256 }: Record<string, unknown>): string {
  const bytes = Buffer.from(String(content), 'base64');
  expect(hash('sha256', bytes, 'hex')).toBe(sha256);
  return new TextDecoder(bank === 'alpha' ? 'utf-8' : 'gb18030', { fatal: true }).decode(bytes);
}

/** The dates on which the account has entries, and each date's closing balance and number of entries. */
async function bookedDates(account: string): Promise<{ date: string; closing: string; count: number }[]> {
  const { rows } = await house.database.query<{ date: string; closing: string; count: number }>(
    `SELECT business_date::text AS date, to_char((array_agg(balance_after_minor ORDER BY entry_number DESC))[1] / 100.0, 'FM9999990.00') AS closing,
            count(*)::int AS count
       FROM rails.bank_entry WHERE account_number = $1 GROUP BY business_date ORDER BY business_date`,
    [account],
  );
  return rows;
}

test.each(['alpha', 'beta'] as const)("bank %s gives a date's statement once the date is over, with every entry, and the next one opens where it closed", async (bank) => {
  const dates = await bookedDates(ACCOUNTS[bank]);
  for (const { date, closing, count } of dates) {
    await eventually(async () => expect(await fetchStatement(bank, date)).toMatchObject({ date, accountNumber: ACCOUNTS[bank] }), { withinMs: 25_000 });
    const text = textOf(bank, await fetchStatement(bank, date));

    expect(text.match(bank === 'alpha' ? /<Ntry>/g : /^\d{4}-\d\d-\d\d,\d/gm)).toHaveLength(count);
    expect(text).toContain(bank === 'alpha' ? `<Amt Ccy="CNY">${closing}</Amt>` : `期末余额,${closing}`);
  }
  const last = dates.at(-1)?.date ?? '';
  const next = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10);
  await eventually(async () => expect(await fetchStatement(bank, next)).toMatchObject({ date: next }), { withinMs: 25_000 });
  const quiet = textOf(bank, await fetchStatement(bank, next));
  expect(quiet).toContain(bank === 'alpha' ? '<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1235.00</Amt>' : '期初余额,1235.00');
}, 90_000);

test('nothing is booked any more on a date whose statement was given, and the statement stays the same', async () => {
  const [first] = await bookedDates(ACCOUNTS.beta);
  const date = first?.date ?? '';
  await eventually(async () => expect(await fetchStatement('beta', date)).toMatchObject({ date }), { withinMs: 25_000 });
  const before = await fetchStatement('beta', date);

  await institution.admin('POST', `/admin/banks/beta/accounts/${ACCOUNTS.beta}/entries`, { kind: 'INTEREST', amount: '1.00' });

  expect((await bookedDates(ACCOUNTS.beta)).at(-1)?.date.localeCompare(date)).toBe(1);
  expect(await fetchStatement('beta', date)).toEqual(before);
}, 60_000);

test('a date that is not over, one that is none, and an account that is not there have no statement', async () => {
  expect(await fetchStatement('alpha', '2099-01-01')).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
  expect(await fetchStatement('alpha', '2026-02-30')).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
  const { fields } = await institution.send({ method: 'GET', path: `/banks/beta/v1/accounts/${ACCOUNTS.alpha}/statements/2026-01-05`, body: '' });
  expect(fields).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
});

test('a scripted fault is in the file of its account and date alone, and its end gives the true file', async () => {
  const date = '2026-01-05';
  await institution.admin('PUT', '/admin/banks/faults', {
    statements: [{ bank: 'beta', businessDate: date, fault: 'TOTALS_WRONG' }, { bank: 'alpha', businessDate: date, fault: 'NOT_READY' }],
  });

  expect(textOf('beta', await fetchStatement('beta', date))).toContain('贷方合计,1.00');
  expect(textOf('beta', await fetchStatement('beta', '2026-01-06'))).toContain('贷方合计,0.00');
  expect(await fetchStatement('alpha', date)).toMatchObject({ status: 'NOT_FOUND' });
  await institution.admin('PUT', '/admin/banks/faults', {});
  expect(textOf('beta', await fetchStatement('beta', date))).toContain('贷方合计,0.00');
});

test('a repeated file is the one of the date before, byte by byte, and only while the fault lasts', async () => {
  await institution.admin('PUT', '/admin/banks/faults', { statements: [{ bank: 'beta', businessDate: '2026-01-06', fault: 'FILE_REPEATED' }] });
  const before = await fetchStatement('beta', '2026-01-05');

  const repeated = await fetchStatement('beta', '2026-01-06');
  await institution.admin('PUT', '/admin/banks/faults', {});

  expect(repeated).toMatchObject({ fileName: before['fileName'], sha256: before['sha256'], content: before['content'] });
  expect((await fetchStatement('beta', '2026-01-06'))['sha256']).not.toBe(before['sha256']);
});
