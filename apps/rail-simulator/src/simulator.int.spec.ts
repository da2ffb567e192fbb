import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { eventually } from '@jinku/testing';

import { aPayout, aTestHouse, TestInstitution, type TestHouse, type Told } from './simulator.builder.ts';
import { startSimulator, type RunningSimulator } from './simulator.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let house: TestHouse;
let simulator: RunningSimulator;
let institution: TestInstitution;

beforeAll(async () => {
  house = await aTestHouse();
  await open();
});

afterAll(async () => {
  await institution.close();
  await simulator.stop();
  await house.drop();
});

async function open(changes: Parameters<TestHouse['config']>[0] = {}): Promise<void> {
  simulator = await startSimulator(house.config(changes), () => undefined);
  institution = new TestInstitution(simulator.url, house.secret);
}

async function reopen(changes: Parameters<TestHouse['config']>[0] = {}): Promise<void> {
  await institution.close();
  await simulator.stop();
  await open(changes);
}

async function rowsOf(serialNumber: unknown): Promise<Record<string, unknown>[]> {
  return (await house.database.query('SELECT * FROM rails.payout_instruction WHERE serial_number = $1', [serialNumber])).rows;
}

test('a payout is executed, and its answer is signed for its request', async () => {
  const payout = aPayout({ amount: '1234.56' });

  const told = await institution.pay(payout);

  expect(told).toMatchObject({ httpStatus: 200, isSigned: true });
  expect(told.fields).toMatchObject({ serialNumber: payout['serialNumber'], status: 'SUCCEEDED', code: '0000', amount: '1234.56' });
  expect(told.fields['clearingDate']).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(await rowsOf(payout['serialNumber'])).toMatchObject([
    { amount_minor: '123456', status: 'SUCCEEDED', payee_name: '张伟', fault: null },
  ]);
  expect((await institution.inquire(payout['serialNumber'])).fields).toEqual(told.fields);
});

test('fifty repeats of a number at once execute it a single time', async () => {
  const payout = aPayout();

  const told = await Promise.all(Array.from({ length: 50 }, () => institution.pay(payout)));

  expect(told.filter(({ fields }) => fields['status'] === 'SUCCEEDED')).toHaveLength(1);
  expect(told.filter(({ fields }) => fields['code'] === '0201')).toHaveLength(49);
  expect(await rowsOf(payout['serialNumber'])).toHaveLength(1);
});

test('a repeat with another content is refused by its number', async () => {
  const payout = aPayout();
  await institution.pay(payout);

  expect((await institution.pay({ ...payout, amount: '99.00' })).fields).toMatchObject({ status: 'REJECTED', code: '0201' });
  expect(await rowsOf(payout['serialNumber'])).toMatchObject([{ amount_minor: '1234' }]);
});

test('a hundred payouts that race for the quota of ten take exactly that', async () => {
  await institution.admin('POST', '/admin/quota', { mapped: '105.00' });

  const told = await Promise.all(Array.from({ length: 100 }, () => institution.pay(aPayout({ amount: '10.00' }))));

  expect(told.filter(({ fields }) => fields['status'] === 'SUCCEEDED')).toHaveLength(10);
  expect(told.filter(({ fields }) => fields['code'] === '0301')).toHaveLength(90);
  expect((await institution.send({ method: 'GET', path: '/netsunion/v1/quota', body: '' })).fields).toMatchObject({
    mappedQuota: '105.00',
    availableQuota: '5.00',
  });
  await institution.admin('POST', '/admin/quota', { mapped: '1000000.00' });
});

test('a number that was refused for quota stays refused when there is quota again', async () => {
  await institution.admin('POST', '/admin/quota', { mapped: '1.00' });
  const payout = aPayout();
  await institution.pay(payout);
  await institution.admin('POST', '/admin/quota', { mapped: '1000000.00' });

  expect((await institution.pay(payout)).fields).toMatchObject({ status: 'REJECTED', code: '0201' });
  expect((await institution.inquire(payout['serialNumber'])).fields).toMatchObject({ status: 'NOT_FOUND', code: '0602' });
});

test('what comes after its validUntil is never executed', async () => {
  const payout = aPayout({ validUntil: Date.now() - 1 });

  expect((await institution.pay(payout)).fields).toMatchObject({ status: 'REJECTED', code: '0302' });
  expect((await institution.inquire(payout['serialNumber'])).fields).toMatchObject({ status: 'NOT_FOUND' });
});

test('a malformed payout is refused naming its field and takes no number', async () => {
  const payout = aPayout({ amount: '1.234' });

  expect(await institution.pay(payout)).toMatchObject({
    httpStatus: 400,
    isSigned: true,
    fields: { code: '0501', message: 'malformed: amount' },
  });
  expect((await institution.pay({ ...payout, amount: '1.23' })).fields).toMatchObject({ status: 'SUCCEEDED' });
});

test.each([
  ['a wrong signature', { 'x-signature': 'AAAA' }, 'SIGNATURE_WRONG'],
  ['an old timestamp', { 'x-timestamp': '1700000000000' }, 'SIGNATURE_STALE'],
  ['an unknown key', { 'x-key-id': 'somebody' }, 'SIGNATURE_UNKNOWN_KEY'],
])('%s is refused by a signed answer and executes nothing', async (_, changes, message) => {
  const payout = aPayout();

  const told = await institution.send({ method: 'POST', path: '/netsunion/v1/payouts', body: JSON.stringify(payout), changes });

  expect(told).toMatchObject({ httpStatus: 401, isSigned: true, fields: { serialNumber: payout['serialNumber'], code: '0502', message } });
  expect(await rowsOf(payout['serialNumber'])).toEqual([]);
});

test('an oversized body is not read', async () => {
  const told = await institution.send({ method: 'POST', path: '/netsunion/v1/payouts', body: 'x'.repeat(20_000) });

  expect(told.httpStatus).toBe(413);
});

test('inquiries above the budget are refused without a word on the payout', async () => {
  await reopen({ inquiriesPerSecond: 5 });

  const told = await Promise.all(Array.from({ length: 20 }, () => institution.inquire('UNKNOWN-1')));

  expect(told.filter(({ httpStatus }) => httpStatus === 429).length).toBeGreaterThanOrEqual(14);
  expect(told.filter(({ fields }) => fields['code'] === '0602').length).toBeGreaterThanOrEqual(5);
  await reopen();
});

test('the role of the house cannot change or delete what was executed', async () => {
  await expect(house.database.query("UPDATE rails.payout_instruction SET status = 'FAILED'")).rejects.toMatchObject({ code: '42501' });
  await expect(house.database.query('DELETE FROM rails.payout_instruction')).rejects.toMatchObject({ code: '42501' });
});

test('books, quota, plan and counted occurrences survive a restart', async () => {
  await institution.admin('PUT', '/admin/faults', {
    script: [{ payeeAccount: '6222000011', occurrence: 3, fault: 'BUSINESS_FAILURE', code: '0102' }],
  });
  await institution.pay(aPayout({ payeeAccount: '6222000011', amount: '7.00' }));
  await institution.pay(aPayout({ payeeAccount: '6222000011', amount: '7.00' }));
  const before = (await institution.admin('GET', '/admin/counters')).fields;

  await reopen();

  const after = (await institution.admin('GET', '/admin/counters')).fields;
  expect({ ...after, flushes: 0 }).toEqual({ ...before, flushes: 0 });
  expect((await institution.pay(aPayout({ payeeAccount: '6222000011', amount: '7.00' }))).fields).toMatchObject({
    status: 'FAILED',
    code: '0102',
  });
  expect((await institution.pay(aPayout({ payeeAccount: '6222000011', amount: '7.00' }))).fields).toMatchObject({ status: 'SUCCEEDED' });
  await institution.admin('PUT', '/admin/faults', {});
});

test('killed between execution and answer, the house knows its payout and never executes it again', async () => {
  const payout = aPayout({ payeeAccount: '6222000012' });
  const plan = { script: [{ payeeAccount: '6222000012', fault: 'SLOW_ANSWER', delayMs: 60_000 }] };
  const first = await startProcess();
  await first.client.admin('PUT', '/admin/faults', plan);
  const unanswered = first.client.pay(payout, { timeoutMs: 20_000 }).then(
    () => 'ANSWERED',
    () => 'LOST',
  );
  await eventually(async () => expect(await rowsOf(payout['serialNumber'])).toHaveLength(1));

  first.child.kill('SIGKILL');

  expect(await unanswered).toBe('LOST');
  const second = await startProcess();
  expect((await second.client.inquire(payout['serialNumber'])).fields).toMatchObject({ status: 'SUCCEEDED', code: '0000' });
  expect((await second.client.pay(payout)).fields).toMatchObject({ status: 'REJECTED', code: '0201' });
  expect(await rowsOf(payout['serialNumber'])).toHaveLength(1);
  await second.client.admin('PUT', '/admin/faults', {});
  await Promise.all([first.client.close(), second.client.close()]);
  const exited = once(second.child, 'exit');
  second.child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}, 30_000);

async function startProcess(): Promise<{ child: ChildProcess; client: TestInstitution }> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN], {
    env: { ...process.env, ...house.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return { child, client: new TestInstitution(url, house.secret) };
}

test('connections cut under load lose no answer: what was said to be executed is in the books once, and the house goes on', async () => {
  let isCutting = true;
  const cutting = (async () => {
    while (isCutting) {
      await house.owner.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rail-simulator' AND datname = current_database()",
      );
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  const told: Told[] = [];
  const payer = async (): Promise<void> => {
    for (let count = 0; count < 40; count += 1) told.push(await institution.pay(aPayout()));
  };

  await Promise.all(Array.from({ length: 8 }, payer));
  isCutting = false;
  await cutting;

  const succeeded = told.filter(({ fields }) => fields['status'] === 'SUCCEEDED').map(({ fields }) => fields['serialNumber']);
  const others = told.filter(({ fields }) => fields['status'] !== 'SUCCEEDED');
  expect(new Set(others.map(({ fields, httpStatus }) => `${httpStatus} ${String(fields['code'])}`)).size).toBeLessThanOrEqual(1);
  const found = await house.database.query('SELECT 1 FROM rails.executed_payout WHERE serial_number = ANY($1)', [succeeded]);
  expect(succeeded.length).toBeGreaterThan(0);
  expect(found.rowCount).toBe(succeeded.length);
  const sums = await house.database.query(
    `SELECT (SELECT coalesce(sum(p.amount_minor), 0) FROM rails.executed_payout AS p
              WHERE p.clearing_house = q.clearing_house AND p.executed_at >= q.consumed_since) = q.consumed_minor AS "isTrue"
       FROM rails.quota AS q`,
  );
  expect(sums.rows).toEqual([{ isTrue: true }, { isTrue: true }]);
  await eventually(async () => expect((await institution.pay(aPayout())).fields).toMatchObject({ status: 'SUCCEEDED' }));
}, 30_000);

test('the books are read page by page', async () => {
  const first = (await institution.admin('GET', '/admin/books/payouts?limit=2&status=SUCCEEDED')).fields as {
    items: { serialNumber: string }[];
    next: string;
  };
  const second = (await institution.admin('GET', `/admin/books/payouts?limit=2&status=SUCCEEDED&after=${first.next}`)).fields as {
    items: { serialNumber: string }[];
  };

  expect(first.items).toHaveLength(2);
  expect(second.items[0]?.serialNumber.localeCompare(first.next)).not.toBe(0);
  expect(first.items.map(({ serialNumber }) => serialNumber)).not.toContain(second.items[0]?.serialNumber);
  expect((await institution.admin('GET', '/admin/books/payouts?limit=0')).httpStatus).toBe(400);
});

test('the quota that is in use cannot be taken away without forgetting what was paid from it', async () => {
  await institution.pay(aPayout({ amount: '50.00' }));

  expect(await institution.admin('POST', '/admin/quota', { mapped: '0.01', resetConsumed: false })).toMatchObject({
    httpStatus: 409,
    fields: { error: 'QUOTA_IN_USE' },
  });
});
